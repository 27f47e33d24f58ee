#include "engine/resume_journal.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

#include "base/random.h"
#include "io/file.h"

namespace ironscribe::engine {
namespace {

namespace fs = std::filesystem;

const ResumeScope kScope = {"1.0", "tiny int8", "options", "a recording"};

std::string Key(char digit) { return std::string(64, digit); }

class ResumeJournalTest : public testing::Test {
 protected:
  ResumeJournalTest() {
    std::string name = (fs::temp_directory_path() / "resume_journal_test-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_ = folder_ / "a.journal";
  }
  ~ResumeJournalTest() override { fs::remove_all(folder_); }

  std::unique_ptr<ResumeJournal> Open(const ResumeScope& scope = kScope) {
    auto journal = ResumeJournal::Open(path_, scope);
    EXPECT_TRUE(journal.ok()) << journal.status().ToString();
    return std::move(journal).value();
  }

  // Three results and two positions.
  void WriteSome() {
    const auto journal = Open();
    journal->Keep(Key('a'), "one");
    journal->Reached(30);
    journal->Keep(Key('b'), "");
    journal->Keep(Key('c'), std::string(500, 'x'));
    journal->Reached(61.5);
    EXPECT_TRUE(journal->status().ok());
  }

  // A journal that says what it likes behind its scope.
  void Forge(const std::vector<std::string>& records) {
    Open();
    auto journal = io::Journal::Open(path_, [](std::string_view) { return true; });
    ASSERT_TRUE(journal.ok());
    for (const std::string& record : records) ASSERT_TRUE((*journal)->Append(record).ok());
  }

  fs::path folder_;
  fs::path path_;
};

std::string PositionRecord(double seconds) {
  std::string record = "P";
  record.append(reinterpret_cast<const char*>(&seconds), sizeof(seconds));
  return record;
}

TEST_F(ResumeJournalTest, FindsWhatWasKept) {
  WriteSome();
  const auto journal = Open();
  EXPECT_FALSE(journal->is_empty());
  EXPECT_EQ(journal->mismatch(), "");
  EXPECT_EQ(journal->resumed_seconds(), 61.5);
  EXPECT_EQ(journal->Find(Key('a')), "one");
  EXPECT_EQ(journal->Find(Key('b')), "");
  EXPECT_EQ(journal->Find(Key('c')), std::string(500, 'x'));
  EXPECT_EQ(journal->Find(Key('d')), std::nullopt);
}

TEST_F(ResumeJournalTest, GoesOnWhereItStopped) {
  WriteSome();
  {
    const auto journal = Open();
    journal->Reached(40);  // On its way through what is done.
    EXPECT_EQ(journal->reached_seconds(), 61.5);
    journal->Keep(Key('d'), "four");
    journal->Reached(90);
  }
  const auto journal = Open();
  EXPECT_EQ(journal->resumed_seconds(), 90);
  EXPECT_EQ(journal->Find(Key('a')), "one");
  EXPECT_EQ(journal->Find(Key('d')), "four");
}

TEST_F(ResumeJournalTest, OfAnotherScopeIsOfNoUse) {
  const struct {
    ResumeScope scope;
    const char* mismatch;
  } kCases[] = {
      {{"1.1", "tiny int8", "options", "a recording"}, "it was another version of the program"},
      {{"1.0", "base int8", "options", "a recording"}, "it used another model"},
      {{"1.0", "tiny int8", "optionss", "a recording"}, "it had other options"},
      {{"1.0", "tiny int8", "options", "b recording"}, "the recording has changed since"},
  };
  for (const auto& test : kCases) {
    fs::remove(path_);
    WriteSome();
    {
      const auto journal = Open(test.scope);
      EXPECT_EQ(journal->mismatch(), test.mismatch);
      EXPECT_EQ(journal->resumed_seconds(), 0);
      EXPECT_EQ(journal->Find(Key('a')), std::nullopt);
      journal->Keep(Key('e'), "new");
    }
    const auto journal = Open(test.scope);
    EXPECT_EQ(journal->mismatch(), "");
    EXPECT_EQ(journal->Find(Key('e')), "new");
    EXPECT_EQ(journal->Find(Key('a')), std::nullopt);
  }
}

TEST_F(ResumeJournalTest, ScopesAreComparedFieldByField) {
  {
    const auto journal = Open({"a", "bc", "d", "e"});
    journal->Keep(Key('a'), "one");
  }
  EXPECT_EQ(Open({"ab", "c", "d", "e"})->Find(Key('a')), std::nullopt);
}

// Whatever happens to the file, what is found is what was kept, and a damaged one is used up to
// the damage.
TEST_F(ResumeJournalTest, DamageNeverGivesAnotherResult) {
  constexpr size_t kMagicBytes = 8;
  WriteSome();
  const std::string whole = *io::ReadFile(path_, 1 << 20);
  Random random(3);
  for (int round = 0; round < 300; ++round) {
    std::string bytes = whole;
    if (round % 2 == 0) bytes.resize(random.Next() % whole.size());
    for (int i = 0; i < round % 4 && !bytes.empty(); ++i) {
      // What begins otherwise is no journal and refused.
      const size_t at = random.Next() % bytes.size();
      if (at >= kMagicBytes) bytes[at] = static_cast<char>(random.Next());
    }
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
    const auto journal = Open();
    const auto one = journal->Find(Key('a'));
    EXPECT_TRUE(!one || *one == "one");
    const auto three = journal->Find(Key('c'));
    EXPECT_TRUE(!three || *three == std::string(500, 'x'));
    EXPECT_TRUE(!three || one);
    EXPECT_LE(journal->resumed_seconds(), 61.5);
  }
}

TEST_F(ResumeJournalTest, RecordsThatCannotBeAreIgnoredWithWhatFollows) {
  const std::string good = "R" + Key('a') + "one";
  const std::vector<std::string> kBad = {
      "",
      "Z",
      "R",
      "R" + std::string(63, 'a'),
      "P",
      "P1234567",
      PositionRecord(-1),
      PositionRecord(std::numeric_limits<double>::infinity()),
      PositionRecord(NAN),
      PositionRecord(1e300),
      "S1:a",
  };
  for (const std::string& bad : kBad) {
    fs::remove(path_);
    Forge({good, bad, "R" + Key('b') + "two", PositionRecord(50)});
    const auto journal = Open();
    EXPECT_EQ(journal->Find(Key('a')), "one");
    EXPECT_EQ(journal->Find(Key('b')), std::nullopt) << bad;
    EXPECT_EQ(journal->resumed_seconds(), 0);
  }
}

TEST_F(ResumeJournalTest, AResultThatIsTooLargeStopsNothing) {
  {
    const auto journal = Open();
    journal->Keep(Key('a'), std::string(io::Journal::kMaxRecordBytes, 'x'));
    EXPECT_TRUE(journal->is_empty());
    journal->Keep(Key('b'), "two");
    EXPECT_TRUE(journal->status().ok()) << journal->status().message();
  }
  const auto journal = Open();
  EXPECT_EQ(journal->Find(Key('a')), std::nullopt);
  EXPECT_EQ(journal->Find(Key('b')), "two");
}

TEST_F(ResumeJournalTest, AJournalThatBeginsOtherwiseIsEmpty) {
  {
    auto journal = io::Journal::Open(path_, [](std::string_view) { return true; });
    ASSERT_TRUE((*journal)->Append("R" + Key('a') + "one").ok());
  }
  EXPECT_EQ(Open()->Find(Key('a')), std::nullopt);
}

TEST_F(ResumeJournalTest, IsGoneAndSilentWhenRemoved) {
  const auto journal = Open();
  EXPECT_TRUE(journal->is_empty());
  EXPECT_TRUE(journal->Remove().ok());
  EXPECT_FALSE(fs::exists(path_));
  journal->Keep(Key('a'), "one");
  journal->Reached(5);
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(ResumeJournalTest, OneRunAtATime) {
  const auto journal = Open();
  EXPECT_EQ(ResumeJournal::Open(path_, kScope).status().code(), StatusCode::kUnavailable);
}

}  // namespace
}  // namespace ironscribe::engine
