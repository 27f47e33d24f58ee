// Subtitles of real speech, transcribed by the real tiny.en, against the rules they are made by.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <vector>

#include "audio/open_audio.h"
#include "engine/recognizer.h"
#include "golden/real_model.h"
#include "transcript/cue_check.h"
#include "transcript/cues.h"

namespace ironscribe::golden {
namespace {

namespace fs = std::filesystem;

// The recordings of pocketsphinx-testdata, and some of the shared ones where they are: read and
// spontaneous speech.
std::vector<fs::path> Recordings() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(*LibrivoxFolder())) {
    if (entry.path().extension() == ".wav") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  const fs::path shared = fs::path(IRONSCRIBE_SOURCE_DIR) / ".." / "shared" / "data";
  for (const char* name : {"conversation/dev00.flac", "telephone/audio.flac"}) {
    if (fs::exists(shared / name)) paths.push_back(shared / name);
  }
  return paths;
}

TEST(GoldenSubtitles, KeepTheRulesAsFarAsTheSpeechAllows) {
  if (const std::string missing = MissingForRealModel(); !missing.empty()) GTEST_SKIP() << missing;
  engine::RecognizerOptions options;
  options.num_threads = 2;
  const auto recognizer = engine::Recognizer::Open(*InstalledModel("tiny.en"), options);
  ASSERT_TRUE(recognizer.ok()) << recognizer.status().message();
  models::DecodingOptions decoding;
  decoding.language = "en";
  decoding.word_times = true;
  size_t num_cues = 0, num_violations = 0;
  for (const fs::path& path : Recordings()) {
    SCOPED_TRACE(path);
    const auto source = audio::OpenAudio(path, {});
    ASSERT_TRUE(source.ok()) << source.status().message();
    const auto transcript = (*recognizer)->Transcribe(**source, decoding, {}, {});
    ASSERT_TRUE(transcript.ok()) << transcript.status().message();
    const auto cues = MakeCues(*transcript, {}, /*channel_labels=*/true);
    num_cues += cues.size();
    for (const transcript::CueViolation& violation : CheckCues(cues, {})) {
      ++num_violations;
      std::cout << path.filename() << ": " << DescribeViolation(violation, cues) << '\n';
      EXPECT_TRUE(violation.fault == transcript::CueFault::kTooFast ||
                  violation.fault == transcript::CueFault::kTooShort)
          << DescribeViolation(violation, cues);
    }
  }
  std::cout << num_violations << " violations in " << num_cues << " cues\n";
  EXPECT_GT(num_cues, 0u);
  // Read speech leaves time to read nearly everywhere, meetings do not.
  EXPECT_LE(num_violations, num_cues / 5);
}

}  // namespace
}  // namespace ironscribe::golden
