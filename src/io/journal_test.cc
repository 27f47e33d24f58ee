#include "io/journal.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <vector>

#include "base/random.h"
#include "io/file.h"
#include "io/watched_system.h"

namespace ironscribe::io {
namespace {

namespace fs = std::filesystem;

class JournalTest : public testing::Test {
 protected:
  JournalTest() {
    std::string name = (fs::temp_directory_path() / "journal_test-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_ = folder_ / "a.journal";
  }
  ~JournalTest() override { fs::remove_all(folder_); }

  // Opens, remembers what was read.
  Result<std::unique_ptr<Journal>> Open() {
    seen_.clear();
    return Journal::Open(path_, [this](std::string_view record) {
      seen_.emplace_back(record);
      return seen_.size() <= wanted_;
    });
  }
  void Write(const std::vector<std::string>& records) {
    auto journal = Open();
    ASSERT_TRUE(journal.ok()) << journal.status().ToString();
    for (const std::string& record : records) ASSERT_TRUE((*journal)->Append(record).ok());
  }
  std::string Bytes() const { return *ReadFile(path_, 1 << 24); }
  void Replace(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
  }

  fs::path folder_;
  fs::path path_;
  std::vector<std::string> seen_;
  size_t wanted_ = 1000;
};

const std::vector<std::string> kRecords = {"one", "", std::string(300, 'x'), "four"};

TEST_F(JournalTest, GivesBackWhatWasAppended) {
  Write(kRecords);
  Write({"five"});
  EXPECT_EQ(seen_, kRecords);
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(seen_.size(), 5u);
  EXPECT_EQ(seen_.back(), "five");
}

TEST_F(JournalTest, IsItsOwnersOnly) {
  Write({"secret"});
  struct stat info = {};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ::chmod(path_.c_str(), 0644);
  ASSERT_TRUE(Open().ok());
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

// A writer may die inside any write.
TEST_F(JournalTest, ATailThatIsNotWholeIsCutOff) {
  Write(kRecords);
  const std::string whole = Bytes();
  for (size_t size = 0; size < whole.size(); ++size) {
    Replace(whole.substr(0, size));
    {
      const auto journal = Open();
      ASSERT_TRUE(journal.ok());
      ASSERT_LT(seen_.size(), kRecords.size());
      EXPECT_TRUE(std::equal(seen_.begin(), seen_.end(), kRecords.begin()));
      ASSERT_TRUE((*journal)->Append("after").ok());
    }
    const size_t kept = seen_.size();
    ASSERT_TRUE(Open().ok());
    ASSERT_EQ(seen_.size(), kept + 1) << size;
    EXPECT_EQ(seen_.back(), "after");
  }
}

TEST_F(JournalTest, WhatFollowsAChangedByteIsIgnored) {
  Write(kRecords);
  const std::string whole = Bytes();
  Random random(5);
  for (int round = 0; round < 300; ++round) {
    std::string changed = whole;
    const size_t at = random.Next() % whole.size();
    changed[at] = static_cast<char>(changed[at] ^ (1 + random.Next() % 255));
    Replace(changed);
    const auto journal = Open();
    constexpr size_t kMagicBytes = 8;
    if (at < kMagicBytes) {
      EXPECT_EQ(journal.status().code(), StatusCode::kFailedPrecondition);
      EXPECT_EQ(Bytes(), changed);
      continue;
    }
    ASSERT_TRUE(journal.ok());
    ASSERT_LT(seen_.size(), kRecords.size());
    EXPECT_TRUE(std::equal(seen_.begin(), seen_.end(), kRecords.begin())) << at;
    EXPECT_GT((*journal)->cut_bytes(), 0u);
  }
}

TEST_F(JournalTest, OtherFilesStayAsTheyAre) {
  Replace("minutes of the meeting");
  const fs::path other = folder_ / "other";
  EXPECT_EQ(Open().status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(Journal::Discard(path_).code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(Bytes(), "minutes of the meeting");
  fs::remove(path_);
  Write(kRecords);
  const std::string whole = Bytes();
  fs::create_hard_link(path_, other);
  EXPECT_EQ(Open().status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(Bytes(), whole);
}

TEST_F(JournalTest, IsDiscardedUnlessSomebodyHasItOpen) {
  EXPECT_TRUE(Journal::Discard(path_).ok()) << "there is none";
  Write(kRecords);
  {
    const auto journal = Open();
    EXPECT_EQ(Journal::Discard(path_).code(), StatusCode::kUnavailable);
  }
  EXPECT_TRUE(Journal::Discard(path_).ok());
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(JournalTest, RecordsThatWereMovedAreIgnored) {
  Write({"aaaa", "bbbb", "cccc"});
  std::string bytes = Bytes();
  constexpr size_t kMagicBytes = 8;
  constexpr size_t kRecordBytes = 4 + 16 + 4;
  const std::string second = bytes.substr(kMagicBytes + kRecordBytes, kRecordBytes);
  Replace(bytes.erase(kMagicBytes + kRecordBytes, kRecordBytes));
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(seen_, std::vector<std::string>({"aaaa"}));
  Replace(bytes + second);
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(seen_, std::vector<std::string>({"aaaa"}));
}

TEST_F(JournalTest, LiesAboutLengthsAreIgnored) {
  for (const uint32_t length : {5u, 1u << 20, (1u << 20) + 1, 0x7fffffffu, 0xffffffffu}) {
    std::string bytes = "IRSJRNL1";
    for (int i = 0; i < 4; ++i) bytes += static_cast<char>(length >> (8 * i));
    Replace(bytes + std::string(20, '0'));
    ASSERT_TRUE(Open().ok());
    EXPECT_TRUE(seen_.empty());
    EXPECT_EQ(Bytes(), "IRSJRNL1");
  }
}

TEST_F(JournalTest, WhatIsNotWantedIsCutOff) {
  Write(kRecords);
  wanted_ = 2;
  ASSERT_TRUE(Open().ok());
  wanted_ = 1000;
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(seen_, std::vector<std::string>({"one", ""}));
}

TEST_F(JournalTest, OneAtATime) {
  const auto first = Open();
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(Open().status().code(), StatusCode::kUnavailable);
}

TEST_F(JournalTest, OnlyALockThatSomebodyHasMeansThatItIsInUse) {
  Write(kRecords);
  TheWatchedSystem().flock_error = ENOLCK;
  EXPECT_EQ(Open().status().code(), ErrnoStatus(ENOLCK, "").code());
  TheWatchedSystem().flock_error = ENOLCK;
  const Status status = Journal::Discard(path_);
  EXPECT_NE(status.code(), StatusCode::kUnavailable);
  EXPECT_NE(status.message().find("cannot lock"), std::string::npos) << status.message();
  EXPECT_EQ(status.message().find("in use"), std::string::npos) << status.message();
  EXPECT_TRUE(fs::exists(path_));
}

// Else the death of the machine may take a whole journal with its name.
TEST_F(JournalTest, TheNameOfANewOneIsOnTheDisk) {
  path_ = folder_ / "new" / "folder" / "a.journal";
  TheWatchedSystem().synced.clear();
  Write({});
  EXPECT_EQ(TheWatchedSystem().synced,
            (std::vector<fs::path>{folder_ / "new", folder_, folder_ / "new" / "folder"}));
  TheWatchedSystem().synced.clear();
  Write({});
  EXPECT_EQ(TheWatchedSystem().synced, std::vector<fs::path>{}) << "it is there already";
}

TEST_F(JournalTest, IsGoneWhenRemoved) {
  {
    const auto journal = Open();
    ASSERT_TRUE(journal.ok());
    ASSERT_TRUE((*journal)->Append("x").ok());
    ASSERT_TRUE((*journal)->Sync().ok());
    ASSERT_TRUE((*journal)->Remove().ok());
    EXPECT_FALSE(fs::exists(path_));
  }
  ASSERT_TRUE(Open().ok());
  EXPECT_TRUE(seen_.empty());
}

TEST_F(JournalTest, FollowsNoLinkAndOpensNoPipe) {
  const fs::path target = folder_ / "precious";
  std::ofstream(target) << "precious";
  fs::create_symlink(target, path_);
  EXPECT_FALSE(Open().ok());
  EXPECT_EQ(*ReadFile(target, 100), "precious");
  fs::remove(path_);
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_FALSE(Open().ok());
  fs::remove(path_);
  fs::create_directory(path_);
  EXPECT_FALSE(Open().ok());
}

TEST_F(JournalTest, RefusesHugeRecords) {
  const auto journal = Open();
  ASSERT_TRUE(journal.ok());
  const std::string huge(Journal::kMaxRecordBytes + 1, 'x');
  EXPECT_EQ((*journal)->Append(huge).code(), StatusCode::kInvalidArgument);
  EXPECT_TRUE((*journal)->Append(huge.substr(1)).ok());
}

}  // namespace
}  // namespace ironscribe::io
