#include "io/file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <vector>

#include "io/watched_system.h"

namespace ironscribe::io {
namespace {

namespace fs = std::filesystem;

class FileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              ("file_test_" + std::to_string(::getpid()) + "_" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  size_t CountFiles() const {
    size_t count = 0;
    for ([[maybe_unused]] const auto& entry : fs::recursive_directory_iterator(folder_)) ++count;
    return count;
  }

  fs::path folder_;
};

TEST_F(FileTest, CommittedFileHasTheContent) {
  auto file = AtomicFile::Create(folder_ / "a");
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->Write(std::string_view("hello ")).ok());
  EXPECT_FALSE(fs::exists(folder_ / "a"));
  ASSERT_TRUE((*file)->Write(std::string_view("world")).ok());
  EXPECT_EQ((*file)->size_bytes(), 11u);
  ASSERT_TRUE((*file)->Commit().ok());
  EXPECT_EQ(*ReadFile(folder_ / "a", 100), "hello world");
  file->reset();
  EXPECT_EQ(CountFiles(), 1u);
}

TEST_F(FileTest, AbandonedFileLeavesNothingAndKeepsTheOldOne) {
  ASSERT_TRUE(WriteFileAtomically(folder_ / "a", "old").ok());
  {
    auto file = AtomicFile::Create(folder_ / "a");
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE((*file)->Write(std::string(3 << 20, 'x')).ok());
  }
  EXPECT_EQ(*ReadFile(folder_ / "a", 100), "old");
  EXPECT_EQ(CountFiles(), 1u);
}

TEST_F(FileTest, ADirectoryIsNotOverwritten) {
  fs::create_directory(folder_ / "dir");
  EXPECT_EQ(AtomicFile::Create(folder_ / "dir").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(CountFiles(), 1u);
}

TEST_F(FileTest, MissingFoldersAreMadeAndFilesInTheWayAreNamed) {
  ASSERT_TRUE(WriteFileAtomically(folder_ / "x" / "y" / "a", "deep").ok());
  EXPECT_EQ(*ReadFile(folder_ / "x" / "y" / "a", 100), "deep");
  const Status status = WriteFileAtomically(folder_ / "x" / "y" / "a" / "b", "under a file");
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.message().find("/x/y/a"), std::string::npos);
}

// Its content, then its name: whoever removes something else in reliance on it loses nothing.
TEST_F(FileTest, WhatIsCommittedIsOnTheDisk) {
  auto file = AtomicFile::Create(folder_ / "a");
  ASSERT_TRUE(file.ok());
  TheWatchedSystem().synced.clear();
  ASSERT_TRUE((*file)->Commit().ok());
  const std::vector<fs::path>& synced = TheWatchedSystem().synced;
  ASSERT_EQ(synced.size(), 2u);
  EXPECT_EQ(synced[0].parent_path(), folder_);
  EXPECT_EQ(synced[1], folder_);
}

TEST_F(FileTest, FoldersAreSynced) {
  TheWatchedSystem().synced.clear();
  EXPECT_TRUE(SyncFolder("").ok());
  EXPECT_EQ(TheWatchedSystem().synced, std::vector<fs::path>{fs::current_path()});
  EXPECT_EQ(SyncFolder(folder_ / "missing").code(), StatusCode::kNotFound);
  EXPECT_FALSE(SyncFolder("/proc/self/status").ok()) << "no folder";
}

TEST_F(FileTest, AlignWritesZerosAndWriteAtKeepsTheEnd) {
  auto file = AtomicFile::Create(folder_ / "a");
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->Write(std::string_view("head")).ok());
  ASSERT_TRUE((*file)->Align(8).ok());
  ASSERT_TRUE((*file)->Align(8).ok());
  ASSERT_TRUE((*file)->Write(std::string_view("tail")).ok());
  const std::string better = "HEAD";
  ASSERT_TRUE((*file)->WriteAt(0, std::as_bytes(std::span(better))).ok());
  ASSERT_TRUE((*file)->Write(std::string_view("!")).ok());
  ASSERT_TRUE((*file)->Commit().ok());
  EXPECT_EQ(*ReadFile(folder_ / "a", 100), std::string("HEAD\0\0\0\0tail!", 13));
}

TEST_F(FileTest, ReadFileKeepsItsLimit) {
  ASSERT_TRUE(WriteFileAtomically(folder_ / "a", std::string(200'000, 'x')).ok());
  EXPECT_EQ(ReadFile(folder_ / "a", 200'000)->size(), 200'000u);
  EXPECT_EQ(ReadFile(folder_ / "a", 199'999).status().code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(ReadFile(folder_, 100).status().code(), StatusCode::kInvalidArgument);
  const Status missing = ReadFile(folder_ / "missing", 100).status();
  EXPECT_EQ(missing.code(), StatusCode::kNotFound);
  EXPECT_NE(missing.message().find("missing"), std::string::npos);
}

TEST_F(FileTest, APartialFileOfAKilledRunIsNoObstacle) {
  const std::filesystem::path target = folder_ / "out.txt";
  // What a process of the same id would have left, under many numbers.
  for (int i = 0; i < 200; ++i) {
    std::ofstream(folder_ /
                  ("out.txt.partial-" + std::to_string(::getpid()) + "-" + std::to_string(i)))
        << "half";
  }
  ASSERT_TRUE(WriteFileAtomically(target, "whole").ok());
  EXPECT_EQ(ReadFile(target, 100).value(), "whole");
  const auto hour_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    std::filesystem::last_write_time(entry.path(), hour_ago);
  }
  const auto held = AtomicFile::Create(target);
  ASSERT_TRUE(held.ok());
  RemoveStalePartials(target);
  size_t partials = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    partials += entry.path().string().find(".partial-") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(partials, 1u);  // The one that is being written.
  EXPECT_TRUE(std::filesystem::exists(target));
}

TEST_F(FileTest, WritesNamesThatLeaveNoRoomForATemporaryOne) {
  for (size_t size : {215u, 216u, 236u, 255u}) {
    const auto path = folder_ / ("a" + std::string(size - 1, 'n'));
    EXPECT_TRUE(WriteFileAtomically(path, "text").ok()) << size;
    EXPECT_EQ(*ReadFile(path, 10), "text");
  }
  const auto accents = folder_ / ("\xC3\xA9" + std::string(1, 'x') + [] {
                         std::string text;
                         for (int i = 0; i < 125; ++i) text += "\xC3\xA9";
                         return text;
                       }());
  EXPECT_TRUE(WriteFileAtomically(accents, "text").ok());
  const auto too_long = WriteFileAtomically(folder_ / std::string(256, 'n'), "text");
  EXPECT_EQ(too_long.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(too_long.message().find(".partial-"), std::string::npos);
}

TEST_F(FileTest, MappedBytesEqualTheFileAndSurviveEviction) {
  std::string content(100'000, '\0');
  for (size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 7);
  ASSERT_TRUE(WriteFileAtomically(folder_ / "a", content).ok());
  const auto map = MappedFile::Open(folder_ / "a");
  ASSERT_TRUE(map.ok());
  ASSERT_EQ((*map)->bytes().size(), content.size());
  EXPECT_EQ(std::memcmp((*map)->bytes().data(), content.data(), content.size()), 0);
  (*map)->Evict((*map)->bytes());
  (*map)->Evict((*map)->bytes().subspan(5000, 10));
  EXPECT_EQ(std::memcmp((*map)->bytes().data(), content.data(), content.size()), 0);
}

TEST_F(FileTest, AnEmptyFileMapsToNoBytes) {
  ASSERT_TRUE(WriteFileAtomically(folder_ / "empty", "").ok());
  const auto map = MappedFile::Open(folder_ / "empty");
  ASSERT_TRUE(map.ok());
  EXPECT_TRUE((*map)->bytes().empty());
  EXPECT_EQ(*ReadFile(folder_ / "empty", 0), "");
}

TEST_F(FileTest, MapsRefuseDirectoriesAndMissingFiles) {
  EXPECT_EQ(MappedFile::Open(folder_).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(MappedFile::Open(folder_ / "missing").status().code(), StatusCode::kNotFound);
}

TEST_F(FileTest, IdentityChangesWithTheFile) {
  ASSERT_TRUE(WriteFileAtomically(folder_ / "a", "one").ok());
  const auto first = IdentifyFile(folder_ / "a");
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->size_bytes, 3u);
  EXPECT_EQ(*IdentifyFile(folder_ / "a"), *first);
  ASSERT_TRUE(WriteFileAtomically(folder_ / "a", "two").ok());
  EXPECT_FALSE(*IdentifyFile(folder_ / "a") == *first);
  EXPECT_EQ(IdentifyFile(folder_ / "missing").status().code(), StatusCode::kNotFound);
}

// The code by which callers tell a full disk from other trouble.
TEST_F(FileTest, AFullDiskIsResourceExhausted) {
  EXPECT_EQ(ErrnoStatus(ENOSPC, "cannot write").code(), StatusCode::kResourceExhausted);
  EXPECT_NE(ErrnoStatus(ENOSPC, "cannot write 'x'").message().find("cannot write 'x'"),
            std::string::npos);
}

}  // namespace
}  // namespace ironscribe::io
