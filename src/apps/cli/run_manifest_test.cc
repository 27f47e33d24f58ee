#include "apps/cli/run_manifest.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "apps/cli/settings_digest.h"
#include "apps/cli/test_fakes.h"

namespace ironscribe::cli {
namespace {

const transcript::ModelInfo kModel = {"tiny", "whisper", "abc", "int8", ""};

// A folder with one recording that is finished and recorded.
class RunManifestTest : public testing::Test {
 protected:
  void SetUp() override {
    recording_ = folder_.Write("in/a.wav", "sound");
    output_ = folder_.Write("out/a.txt", "text");
    ASSERT_TRUE(Open()->Append(Describe("s")).ok());
  }

  std::unique_ptr<RunManifest> Open() {
    auto manifest = RunManifest::Open(folder_.path() / "out");
    EXPECT_TRUE(manifest.ok());
    return std::move(manifest).value();
  }

  FinishedRecording Describe(const std::string& settings) {
    return *DescribeRecording(recording_, folder_.path() / "out", {output_}, settings);
  }

  std::filesystem::path manifest_path() { return folder_.path() / "out" / kManifestName; }

  TestFolder folder_;
  std::filesystem::path recording_;
  std::filesystem::path output_;
};

TEST_F(RunManifestTest, KnowsWhatIsUnchanged) { EXPECT_TRUE(Open()->IsFinished(Describe("s"))); }

TEST_F(RunManifestTest, ForgetsAChangedRecording) {
  folder_.Write("in/a.wav", "sound, but longer");
  EXPECT_FALSE(Open()->IsFinished(Describe("s")));
}

TEST_F(RunManifestTest, ForgetsARecordingWithAnotherTime) {
  std::filesystem::last_write_time(
      recording_, std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_FALSE(Open()->IsFinished(Describe("s")));
}

TEST_F(RunManifestTest, ForgetsWhenAnOutputWasEmptied) {
  std::ofstream(output_, std::ios::trunc).close();
  EXPECT_FALSE(Open()->IsFinished(Describe("s")));
}

TEST_F(RunManifestTest, KeepsAnOutputThatSomebodyCorrected) {
  folder_.Write("out/a.txt", "a corrected text");
  EXPECT_TRUE(Open()->IsFinished(Describe("s")));
}

TEST_F(RunManifestTest, KeepsAnOutputThatWasEmptyFromTheStart) {
  folder_.Write("out/a.txt", "");
  ASSERT_TRUE(Open()->Append(Describe("s")).ok());
  EXPECT_TRUE(Open()->IsFinished(Describe("s")));
}

TEST_F(RunManifestTest, TakesLinesWithoutOutputSizes) {
  std::string line = ReadAll(manifest_path());
  const size_t sizes = line.find(",\"output_sizes_bytes\"");
  ASSERT_NE(sizes, std::string::npos);
  std::ofstream(manifest_path(), std::ios::trunc) << line.substr(0, sizes) << "}\n";
  EXPECT_TRUE(Open()->IsFinished(Describe("s")));
}

TEST_F(RunManifestTest, AnOutputBelongsToTheLastWriter) {
  const auto other = folder_.Write("other/a.wav", "noise");
  const auto record = *DescribeRecording(other, folder_.path() / "out", {output_}, "s");
  // Appended without TakeOver, as an older program did.
  ASSERT_TRUE(Open()->Append(record).ok());
  EXPECT_FALSE(Open()->IsFinished(Describe("s")));
  EXPECT_TRUE(Open()->IsFinished(record));
  ASSERT_TRUE(Open()->Append(Describe("s")).ok());
  EXPECT_TRUE(Open()->IsFinished(Describe("s")));
  EXPECT_FALSE(Open()->IsFinished(record));
}

// A run that is killed between writing the text and recording it.
TEST_F(RunManifestTest, TakingOverCountsBeforeTheOutputIsRecorded) {
  const auto other = folder_.Write("other/a.wav", "noise");
  const auto record = *DescribeRecording(other, folder_.path() / "out", {output_}, "s");
  const auto overwritten = Open()->TakeOver(record);
  ASSERT_TRUE(overwritten.ok());
  ASSERT_EQ(overwritten->size(), 1u);
  EXPECT_EQ((*overwritten)[0].output, output_);
  EXPECT_EQ((*overwritten)[0].owner, recording_);
  EXPECT_FALSE(Open()->IsFinished(Describe("s")));
  EXPECT_FALSE(Open()->IsFinished(record));
}

TEST_F(RunManifestTest, TakesNothingFromItself) {
  const auto overwritten = Open()->TakeOver(Describe("newer"));
  ASSERT_TRUE(overwritten.ok());
  EXPECT_TRUE(overwritten->empty());
  EXPECT_TRUE(Open()->IsFinished(Describe("s")));
}

TEST_F(RunManifestTest, ForgetsOtherSettings) {
  EXPECT_FALSE(Open()->IsFinished(Describe("other")));
}

TEST_F(RunManifestTest, ForgetsWhenAnOutputIsGone) {
  std::filesystem::remove(output_);
  EXPECT_FALSE(Open()->IsFinished(Describe("s")));
}

TEST_F(RunManifestTest, ForgetsWhenOutputsAreOthers) {
  const auto other = folder_.Write("out/a.srt", "text");
  const auto recording =
      *DescribeRecording(recording_, folder_.path() / "out", {output_, other}, "s");
  EXPECT_FALSE(Open()->IsFinished(recording));
}

TEST_F(RunManifestTest, TheLastLineOfARecordingCounts) {
  ASSERT_TRUE(Open()->Append(Describe("newer")).ok());
  EXPECT_TRUE(Open()->IsFinished(Describe("newer")));
  EXPECT_FALSE(Open()->IsFinished(Describe("s")));
}

TEST_F(RunManifestTest, SurvivesALineThatIsCutOff) {
  const std::string whole = ReadAll(manifest_path());
  // In steps, because every append waits for the disk.
  for (size_t size = whole.size() % 9; size + 1 < whole.size(); size += 9) {
    std::ofstream(manifest_path(), std::ios::trunc) << whole.substr(0, size);
    const auto manifest = Open();
    EXPECT_FALSE(manifest->IsFinished(Describe("s"))) << size;
    // What is appended after the torn line counts.
    ASSERT_TRUE(manifest->Append(Describe("s")).ok());
    EXPECT_TRUE(Open()->IsFinished(Describe("s"))) << size;
  }
}

TEST_F(RunManifestTest, IgnoresLinesItDoesNotUnderstand) {
  const std::string whole = ReadAll(manifest_path());
  std::ofstream(manifest_path(), std::ios::trunc)
      << "not json\n[]\n{}\n{\"version\":2}\n\n"
      << "{\"version\":1,\"input\":5,\"size_bytes\":1,\"modified_ns\":1,\"settings\":\"s\","
         "\"outputs\":[]}\n"
      << "{\"version\":1,\"input\":\"x\",\"size_bytes\":-1,\"modified_ns\":1,\"settings\":\"s\","
         "\"outputs\":[1]}\n"
      << whole << "\xFF\xFE\n";
  EXPECT_TRUE(Open()->IsFinished(Describe("s")));
}

TEST_F(RunManifestTest, HoldsNoSettingsInClearText) {
  TranscribeOptions options;
  options.decoding.initial_prompt = "confidential names";
  ASSERT_TRUE(Open()->Append(Describe(SettingsDigest(options, kModel))).ok());
  EXPECT_EQ(ReadAll(manifest_path()).find("confidential"), std::string::npos);
}

TEST(RunManifest, KeepsNamesApartThatAreNotUtf8) {
  const TestFolder folder;
  const auto first = folder.Write("a\xFF.wav", "x");
  const auto second = folder.Write("a\xFE.wav", "x");
  const auto a = DescribeRecording(first, folder.path(), {}, "s");
  const auto b = DescribeRecording(second, folder.path(), {}, "s");
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_NE(a->input, b->input);
}

TEST(RunManifest, KnowsNamesThatAreNotUtf8OrLookEncoded) {
  const TestFolder folder;
  for (const std::string name : {"a\xFF", "bytes:6", "bytes:61"}) {
    const auto input = folder.Write(name + ".wav", "x");
    const auto output = folder.Write("out/" + name + ".txt", "x");
    const auto record = DescribeRecording(input, folder.path() / "out", {output}, "s");
    ASSERT_TRUE(record.ok());
    auto manifest = RunManifest::Open(folder.path() / "out");
    ASSERT_TRUE(manifest.ok());
    ASSERT_TRUE((*manifest)->Append(*record).ok());
    manifest = RunManifest::Open(folder.path() / "out");
    ASSERT_TRUE(manifest.ok());
    EXPECT_TRUE((*manifest)->IsFinished(*record)) << name;
  }
}

TEST(RunManifest, ReportsAnOutputFolderThatCannotBeUsed) {
  const TestFolder folder;
  std::filesystem::create_directories(folder.path() / kManifestName);
  EXPECT_FALSE(RunManifest::Open(folder.path()).ok());
}

}  // namespace
}  // namespace ironscribe::cli
