#include "apps/cli/settings_digest.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace ironscribe::cli {
namespace {

const transcript::ModelInfo kModel = {"tiny", "whisper", "abc", "int8", ""};

// Each setting on its own changes the digest, and so does the model.
TEST(SettingsDigest, DependsOnEverySetting) {
  using Change = std::function<void(TranscribeOptions&)>;
  const std::vector<Change> changes = {
      [](auto&) {},
      [](auto& o) { o.decoding.language = "en"; },
      [](auto& o) { o.decoding.task = models::Task::kTranslate; },
      [](auto& o) { o.decoding.word_times = true; },
      [](auto& o) { o.decoding.initial_prompt = "p"; },
      [](auto& o) { o.decoding.carry_prompt = true; },
      [](auto& o) { o.decoding.condition_on_previous_text = false; },
      [](auto& o) { o.decoding.beam_size = 2; },
      [](auto& o) { o.decoding.best_of = 2; },
      [](auto& o) { o.decoding.patience = 2; },
      [](auto& o) { o.decoding.length_penalty = 1; },
      [](auto& o) { o.decoding.temperatures = {0}; },
      [](auto& o) { o.decoding.compression_ratio_threshold = 2; },
      [](auto& o) { o.decoding.log_probability_threshold = -2; },
      [](auto& o) { o.decoding.no_speech_threshold = 0.5f; },
      [](auto& o) { o.decoding.suppress_tokens = {}; },
      [](auto& o) { o.decoding.without_timestamps = true; },
      [](auto& o) {
        o.decoding.clips = {{0, 1}};
      },
      [](auto& o) {
        o.decoding.clips = {{1, 2}};
      },
      [](auto& o) { o.decoding.seed = 1; },
      [](auto& o) { o.decoding.reference = true; },
      [](auto& o) { o.decoding.segmentation = models::Segmentation::kFixed; },
      [](auto& o) { o.decoding.fit_windows = true; },
      [](auto& o) { o.decoding.guard = false; },
      [](auto& o) { o.decoding.language_per_segment = true; },
      [](auto& o) { o.decoding.languages = {"de"}; },
      [](auto& o) { o.decoding.speech.threshold = 0.6f; },
      [](auto& o) { o.decoding.speech.negative_threshold = 0.1f; },
      [](auto& o) { o.decoding.speech.min_speech_ms = 7; },
      [](auto& o) { o.decoding.speech.min_silence_ms = 7; },
      [](auto& o) { o.decoding.speech.padding_ms = 7; },
      [](auto& o) { o.decoding.speech.max_speech_ms = 7000; },
      [](auto& o) { o.recognizer.alignment_heads = "1:1"; },
      [](auto& o) { o.split_channels = true; },
      [](auto& o) {
        o.split_channels = true;
        o.channel_names = {"a", "b"};
      },
      [](auto& o) {
        o.split_channels = true;
        o.write.channel_labels = false;
      },
  };
  std::set<std::string> digests;
  for (size_t i = 0; i < changes.size(); ++i) {
    TranscribeOptions options;
    changes[i](options);
    EXPECT_TRUE(digests.insert(SettingsDigest(options, kModel)).second) << i;
  }
  transcript::ModelInfo other = kModel;
  other.digest = "abd";
  EXPECT_TRUE(digests.insert(SettingsDigest({}, other)).second);
  other = kModel;
  other.rules_digest = "abd";
  EXPECT_TRUE(digests.insert(SettingsDigest({}, other)).second);
  other = kModel;
  other.voice_activity = "silero_vad";
  EXPECT_TRUE(digests.insert(SettingsDigest({}, other)).second);
  other = kModel;
  other.compute_type = "float32";
  EXPECT_TRUE(digests.insert(SettingsDigest({}, other)).second);
}

TEST(SettingsDigest, DependsOnWhatIsMadeOfTheText) {
  const std::vector<std::function<void(TranscribeOptions&)>> changes = {
      [](auto& o) { o.finishing.redact = {text::PiiType::kEmail}; },
      [](auto& o) { o.finishing.redact = {text::PiiType::kSsn}; },
      [](auto& o) { o.finishing.redaction_list.text = "A = b"; },
      [](auto& o) { o.finishing.mask_profanity = true; },
      [](auto& o) { o.finishing.profanity_list.text = "b"; },
      [](auto& o) { o.finishing.numbers = finishing::Numbers::kDigits; },
      [](auto& o) { o.finishing.numbers = finishing::Numbers::kWords; },
      [](auto& o) { o.finishing.keeps_punctuation = false; },
      [](auto& o) { o.finishing.keeps_fillers = false; },
      [](auto& o) { o.redact_audio = true; },
  };
  std::set<std::string> digests = {SettingsDigest({}, kModel)};
  for (size_t i = 0; i < changes.size(); ++i) {
    TranscribeOptions options;
    changes[i](options);
    EXPECT_TRUE(digests.insert(SettingsDigest(options, kModel)).second) << i;
  }
}

// Each rule for subtitles counts where there are any, and nowhere else.
TEST(SettingsDigest, DependsOnTheCuesOfSubtitlesOnly) {
  using Change = std::function<void(transcript::WriteOptions&)>;
  const std::vector<Change> changes = {
      [](auto&) {},
      [](auto& w) { w.cues = transcript::CueStyle::kSegments; },
      [](auto& w) { w.cue_rules.max_line_columns = 30; },
      [](auto& w) { w.cue_rules.max_lines = 3; },
      [](auto& w) { w.cue_rules.max_columns_per_second = 15; },
      [](auto& w) { w.cue_rules.min_seconds = 0.5; },
      [](auto& w) { w.cue_rules.max_seconds = 6; },
      [](auto& w) { w.cue_rules.gap_ms = 0; },
      [](auto& w) { w.cue_rules.pause_seconds = 2; },
  };
  for (const bool has_cues : {true, false}) {
    std::set<std::string> digests;
    for (const Change& change : changes) {
      TranscribeOptions options;
      options.formats = {transcript::FindOutputFormat("txt")};
      if (has_cues) options.formats.push_back(transcript::FindOutputFormat("vtt"));
      change(options.write);
      digests.insert(SettingsDigest(options, kModel));
    }
    EXPECT_EQ(digests.size(), has_cues ? changes.size() : 1u);
  }
}

TEST(SettingsDigest, DoesNotDependOnWhatLeavesTheTextAlone) {
  TranscribeOptions options;
  options.recognizer.num_threads = 7;
  options.recognizer.batch_size = 1;
  options.quiet = true;
  EXPECT_EQ(SettingsDigest(options, kModel), SettingsDigest({}, kModel));
}

}  // namespace
}  // namespace ironscribe::cli
