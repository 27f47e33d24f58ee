#include "io/beneath.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <string>

#include "io/test_folder.h"

namespace ironscribe::io {
namespace {

class BeneathTest : public testing::Test {
 protected:
  BeneathTest() {
    std::filesystem::create_directories(inside_ / "deep");
    std::ofstream(inside_ / "deep" / "a.wav") << "inside";
    std::ofstream(folder_.path() / "secret") << "outside";
  }

  // What is in it, or the name of the error.
  std::string Read(std::string_view name) const {
    const auto file = OpenBeneath(inside_, name);
    if (!file.ok()) return std::string(StatusCodeName(file.status().code()));
    std::array<char, 100> text{};
    const auto size = ::read(file->get(), text.data(), text.size());
    return {text.data(), static_cast<size_t>(size)};
  }

  TestFolder folder_;
  const std::filesystem::path inside_ = folder_.path() / "inside";
};

TEST_F(BeneathTest, OpensWhatIsInTheFolder) {
  EXPECT_EQ(Read("deep/a.wav"), "inside");
  EXPECT_EQ(Read("deep/../deep/./a.wav"), "inside");
  std::filesystem::create_symlink("deep/a.wav", inside_ / "link");
  EXPECT_EQ(Read("link"), "inside");
}

TEST_F(BeneathTest, NothingLeadsOut) {
  std::filesystem::create_symlink("../secret", inside_ / "link");
  std::filesystem::create_symlink(folder_.path() / "secret", inside_ / "absolute");
  std::filesystem::create_directory_symlink("..", inside_ / "up");
  for (const std::string name : {"../secret", "deep/../../secret", "link", "absolute", "up/secret",
                                 "/etc/passwd", "absent", "", "deep/a.wav/b"}) {
    EXPECT_EQ(Read(name), "NOT_FOUND") << name;
  }
  EXPECT_EQ(Read((folder_.path() / "secret").string()), "NOT_FOUND");
  EXPECT_EQ(Read(std::string_view("deep/a.wav\0x", 12)), "NOT_FOUND");
  EXPECT_EQ(Read(std::string(5000, 'a')), "NOT_FOUND");
}

TEST_F(BeneathTest, OnlyRegularFiles) {
  EXPECT_EQ(Read("deep"), "INVALID_ARGUMENT");
  ASSERT_EQ(::mkfifo((inside_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(Read("pipe"), "INVALID_ARGUMENT");
}

}  // namespace
}  // namespace ironscribe::io
