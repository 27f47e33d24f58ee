#include "io/input_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace ironscribe::io {
namespace {

std::filesystem::path WriteTemporary(const std::string& name, const std::string& bytes) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / name;
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

std::string ReadText(const InputFile& file, uint64_t offset, size_t size) {
  std::string text(size, '\0');
  auto count = file.ReadAt(offset, std::as_writable_bytes(std::span(text)));
  EXPECT_TRUE(count.ok());
  text.resize(*count);
  return text;
}

InputOptions TestOptions() {
  InputOptions options;
  options.temporary_folder = testing::TempDir();
  return options;
}

TEST(InputFileTest, ReadsAtAnyPositionAndStopsAtTheEnd) {
  auto file = InputFile::Open(WriteTemporary("input_file.bin", "0123456789"), TestOptions());
  ASSERT_TRUE(file.ok());
  EXPECT_EQ((*file)->size_bytes(), 10u);
  EXPECT_EQ(ReadText(**file, 7, 2), "78");
  EXPECT_EQ(ReadText(**file, 7, 20), "789");
  EXPECT_EQ(ReadText(**file, 10, 1), "");
  EXPECT_EQ(ReadText(**file, UINT64_MAX - 1, 1), "");
}

TEST(InputFileTest, MissingFileNamesItAndSaysWhatToDo) {
  auto file = InputFile::Open("/no/such/recording.wav", TestOptions());
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.status().code(), StatusCode::kNotFound);
  EXPECT_NE(file.status().message().find("/no/such/recording.wav"), std::string::npos);
  EXPECT_NE(file.status().message().find("check the path"), std::string::npos);
}

TEST(InputFileTest, DirectoryIsRefused) {
  auto file = InputFile::Open(testing::TempDir(), TestOptions());
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.status().code(), StatusCode::kInvalidArgument);
  EXPECT_NE(file.status().message().find("directory"), std::string::npos);
}

TEST(InputFileTest, UnreadableFileIsPermissionDenied) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read every file";
  const auto path = WriteTemporary("input_file_locked.bin", "x");
  ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  auto file = InputFile::Open(path, TestOptions());
  ::chmod(path.c_str(), 0600);
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.status().code(), StatusCode::kPermissionDenied);
}

TEST(InputFileTest, SizeLimit) {
  const auto path = WriteTemporary("input_file_large.bin", std::string(100, 'x'));
  InputOptions options = TestOptions();
  options.max_bytes = 100;
  EXPECT_TRUE(InputFile::Open(path, options).ok());
  options.max_bytes = 99;
  EXPECT_EQ(InputFile::Open(path, options).status().code(), StatusCode::kResourceExhausted);
}

class PipeTest : public testing::Test {
 protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    read_end_ = Descriptor(ends[0]);
    write_end_ = Descriptor(ends[1]);
  }
  Descriptor read_end_;
  Descriptor write_end_;
};

TEST_F(PipeTest, EndsWhenTheHeadIsRefused) {
  // The writing end stays open: without the check this would wait for ever.
  std::thread writer([&] {
    const std::string text(kHeadBytes, 'p');
    for (size_t done = 0; done < text.size();) {
      const ssize_t count = ::write(write_end_.get(), text.data() + done, text.size() - done);
      if (count <= 0) break;
      done += static_cast<size_t>(count);
    }
  });
  InputOptions options;
  size_t seen_bytes = 0;
  options.check_head = [&](std::span<const std::byte> head) {
    seen_bytes = head.size();
    return InvalidArgumentError("not wanted");
  };
  const auto file = InputFile::FromDescriptor(read_end_.get(), "pipe", options);
  writer.join();
  EXPECT_EQ(file.status().message(), "not wanted");
  EXPECT_EQ(seen_bytes, kHeadBytes);
}

TEST_F(PipeTest, IsCopiedWholeAndCanBeReadAnywhere) {
  const std::string text(300'000, 'p');
  std::thread writer([&] {
    for (size_t done = 0; done < text.size();) {
      const ssize_t count = ::write(write_end_.get(), text.data() + done, text.size() - done);
      if (count <= 0) break;
      done += static_cast<size_t>(count);
    }
    write_end_.Reset();
  });
  auto file = InputFile::FromDescriptor(read_end_.get(), "standard input", TestOptions());
  writer.join();
  ASSERT_TRUE(file.ok()) << file.status().ToString();
  EXPECT_EQ((*file)->size_bytes(), text.size());
  EXPECT_EQ(ReadText(**file, 299'998, 10), "pp");
  EXPECT_EQ(ReadText(**file, 0, 3), "ppp");
  // A child that gets the descriptor must not be able to write.
  EXPECT_EQ(::write((*file)->descriptor(), "x", 1), -1);
}

TEST_F(PipeTest, IsNotCopiedBeyondTheLimit) {
  ASSERT_EQ(::write(write_end_.get(), "12345", 5), 5);
  InputOptions options = TestOptions();
  options.max_bytes = 4;
  // The writer is still there: the limit alone must end the copy.
  auto file = InputFile::FromDescriptor(read_end_.get(), "standard input", options);
  EXPECT_EQ(file.status().code(), StatusCode::kResourceExhausted);
}

TEST_F(PipeTest, SilentPipeCanBeInterrupted) {
  std::stop_source source;
  InputOptions options = TestOptions();
  options.stop = source.get_token();
  std::thread stopper([&] { source.request_stop(); });
  auto file = InputFile::FromDescriptor(read_end_.get(), "standard input", options);
  stopper.join();
  EXPECT_EQ(file.status().code(), StatusCode::kCancelled);
}

TEST_F(PipeTest, MissingTemporaryFolderIsAnError) {
  write_end_.Reset();
  InputOptions options = TestOptions();
  options.temporary_folder = "/no/such/folder";
  auto file = InputFile::FromDescriptor(read_end_.get(), "standard input", options);
  ASSERT_FALSE(file.ok());
  EXPECT_NE(file.status().message().find("/no/such/folder"), std::string::npos);
}

TEST(InputFileTest, RedirectedRegularFileIsReadInPlaceFromItsStart) {
  const auto path = WriteTemporary("input_file_redirected.bin", "abcdef");
  const Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::lseek(descriptor.get(), 3, SEEK_SET), 3);
  InputOptions options = TestOptions();
  options.temporary_folder = "/no/such/folder";  // Not needed.
  auto file = InputFile::FromDescriptor(descriptor.get(), "standard input", options);
  ASSERT_TRUE(file.ok()) << file.status().ToString();
  EXPECT_EQ(ReadText(**file, 0, 6), "abcdef");
}

}  // namespace
}  // namespace ironscribe::io
