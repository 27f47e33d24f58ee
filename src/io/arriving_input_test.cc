#include "io/arriving_input.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>

#include "io/descriptor.h"
#include "io/test_folder.h"

namespace ironscribe::io {
namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends;
    EXPECT_EQ(::pipe(ends.data()), 0);
    reading = Descriptor(ends[0]);
    writing = Descriptor(ends[1]);
  }
  void Write(std::string_view text) const {
    EXPECT_EQ(::write(writing.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  Descriptor reading, writing;
};

std::string ReadOnce(ArrivingInput& input, size_t most = 100) {
  std::string text(most, '\0');
  const auto count = input.Read(std::as_writable_bytes(std::span(text)));
  EXPECT_TRUE(count.ok()) << count.status().ToString();
  text.resize(count.ok() ? *count : 0);
  return text;
}

TEST(ArrivingInputTest, GivesWhatIsThereWithoutWaitingForMore) {
  Pipe pipe;
  ArrivingInput input(pipe.reading.get(), {});
  pipe.Write("one");
  EXPECT_EQ(ReadOnce(input), "one");
  pipe.Write("two");
  EXPECT_EQ(ReadOnce(input, 2), "tw");
  pipe.writing.Reset();
  EXPECT_EQ(ReadOnce(input), "o");
  EXPECT_EQ(ReadOnce(input), "");
}

TEST(ArrivingInputTest, StopStillGivesWhatHadArrivedAndNoMore) {
  Pipe pipe;
  std::stop_source stop;
  ArrivingInput input(pipe.reading.get(), stop.get_token());
  pipe.Write("said");
  stop.request_stop();
  EXPECT_EQ(ReadOnce(input, 3), "sai");
  pipe.Write("later");
  EXPECT_EQ(ReadOnce(input), "d");
  EXPECT_EQ(ReadOnce(input), "");
}

TEST(ArrivingInputTest, StopEndsAWait) {
  Pipe pipe;
  std::stop_source stop;
  ArrivingInput input(pipe.reading.get(), stop.get_token());
  const std::jthread other([&] { stop.request_stop(); });
  EXPECT_EQ(ReadOnce(input), "");
}

TEST(ArrivingInputTest, AFileEndsAtOnceWhenStopped) {
  const TestFolder folder;
  folder.Write("recording", "long");
  const Descriptor file(::open((folder.path() / "recording").c_str(), O_RDONLY | O_CLOEXEC));
  std::stop_source stop;
  ArrivingInput input(file.get(), stop.get_token());
  EXPECT_EQ(ReadOnce(input, 2), "lo");
  stop.request_stop();
  EXPECT_EQ(ReadOnce(input), "");
}

TEST(ArrivingInputTest, WhatCannotBeReadIsAnError) {
  const Descriptor folder(::open("/", O_RDONLY | O_CLOEXEC | O_DIRECTORY));
  ArrivingInput input(folder.get(), {});
  std::array<std::byte, 4> bytes;
  EXPECT_FALSE(input.Read(bytes).ok());
}

}  // namespace
}  // namespace ironscribe::io
