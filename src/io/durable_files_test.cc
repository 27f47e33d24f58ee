#include "io/durable_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "io/digest.h"
#include "io/random_bytes.h"
#include "io/test_folder.h"

namespace ironscribe::io {
namespace {

mode_t Permissions(const std::filesystem::path& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 0777;
}

TEST(SystemFiles, AFileIsItsOwnersOnlyAndReplacesTheOneBefore) {
  const TestFolder home;
  SystemFiles files;
  const auto folder = home.path() / "a" / "b";
  ASSERT_TRUE(files.CreateFolder(folder).ok());
  ASSERT_TRUE(files.CreateFolder(folder).ok());
  EXPECT_EQ(Permissions(folder), 0700u);
  ASSERT_TRUE(WriteDurably(files, folder / "result", "old").ok());
  ASSERT_TRUE(WriteDurably(files, folder / "result", "new").ok());
  EXPECT_EQ(Permissions(folder / "result"), 0600u);
  EXPECT_EQ(files.Read(folder / "result", 100).value(), "new");
  EXPECT_EQ(files.List(folder).value(), std::vector<std::string>{"result"});
}

TEST(SystemFiles, AnInterruptedAttemptDoesNotGetIntoTheNext) {
  const TestFolder home;
  SystemFiles files;
  home.Write("result.new", "half of an earl");
  ASSERT_TRUE(WriteDurably(files, home.path() / "result", "whole").ok());
  EXPECT_EQ(files.Read(home.path() / "result", 100).value(), "whole");
}

TEST(SystemFiles, RefusesAndNames) {
  const TestFolder home;
  SystemFiles files;
  EXPECT_EQ(files.Read(home.path() / "none", 10).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(files.List(home.path() / "none").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(files.Sync(home.path() / "none").code(), StatusCode::kNotFound);
  EXPECT_EQ(files.Rename(home.path() / "none", home.path() / "x").code(), StatusCode::kNotFound);
  EXPECT_TRUE(files.Remove(home.path() / "none").ok());
  home.Write("file", "12345");
  EXPECT_EQ(files.CreateFolder(home.path() / "file").code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(files.Read(home.path() / "file", 4).status().code(), StatusCode::kResourceExhausted);
  std::filesystem::create_symlink(home.path() / "file", home.path() / "link");
  EXPECT_FALSE(files.Append(home.path() / "link", "more").ok());
  EXPECT_EQ(files.Read(home.path() / "file", 100).value(), "12345");
}

TEST(RandomBytes, DifferEachTime) {
  const std::string first = RandomBytes(16).value();
  EXPECT_EQ(first.size(), 16u);
  EXPECT_NE(first, RandomBytes(16).value());
  const std::string hex = RandomHex(16).value();
  EXPECT_EQ(hex.size(), 32u);
  EXPECT_EQ(hex.find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(Digest, OfBytesAndComparison) {
  // FIPS 180-2, appendix B.1.
  EXPECT_EQ(Sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_TRUE(EqualInConstantTime("", ""));
  EXPECT_TRUE(EqualInConstantTime("secret", "secret"));
  EXPECT_FALSE(EqualInConstantTime("secret", "secreT"));
  EXPECT_FALSE(EqualInConstantTime("secret", "secret1"));
}

}  // namespace
}  // namespace ironscribe::io
