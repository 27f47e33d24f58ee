// Which language is spoken (openai/whisper: detect_language).
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "decoding/rows.h"
#include "models/decoding_options.h"
#include "models/window_runner.h"
#include "text/tokenizer.h"
#include "transcript/transcript.h"

namespace ironscribe::models::whisper {

// Decides which language is spoken, from what is detected in one place after the other. Not
// thread-safe.
class LanguageTracker {
 public:
  // `allowed`: codes that may be chosen; empty: all.
  explicit LanguageTracker(std::vector<std::string> allowed) : allowed_(std::move(allowed)) {}

  // Adds what was found in a window to what is known of the recording. Probabilities of languages
  // that are not allowed go to the others.
  void Add(std::vector<transcript::LanguageProbability> found);
  // The mean of all that was added, most probable first; empty at first.
  const std::vector<transcript::LanguageProbability>& mean() const { return mean_; }
  bool IsSure() const;

  // The language of the next place, where `found` was detected: another one than before only if it
  // is clearly more probable, so that no doubtful window is labelled by chance.
  std::string Follow(std::vector<transcript::LanguageProbability> found);

 private:
  void Restrict(std::vector<transcript::LanguageProbability>& found) const;

  std::vector<std::string> allowed_;
  std::vector<transcript::LanguageProbability> mean_;
  int count_ = 0;
  std::string current_;
};

// Who speaks what.
struct SpokenLanguage {
  std::string code;
  std::vector<decoding::TokenId> start_sequence;  // See StartSequence.
};

// The probability of each language of the vocabulary after start of transcript, most probable
// first. Requires: a multilingual tokenizer. Errors: those of the runner.
Result<std::vector<transcript::LanguageProbability>> DetectLanguage(
    const text::Tokenizer& tokenizer, WindowRunner& runner,
    const std::shared_ptr<const Encoding>& encoding, std::stop_token stop);

// Detects the language of one window after the other. Not thread-safe; what it refers to outlives
// it.
class LanguageFollower {
 public:
  LanguageFollower(const text::Tokenizer& tokenizer, WindowRunner& runner, Task task,
                   LanguageTracker& tracker)
      : tokenizer_(tokenizer), runner_(runner), task_(task), tracker_(tracker) {}

  // Errors: those of the runner.
  Result<SpokenLanguage> Follow(const std::shared_ptr<const Encoding>& encoding,
                                std::stop_token stop);

 private:
  const text::Tokenizer& tokenizer_;
  WindowRunner& runner_;
  Task task_;
  LanguageTracker& tracker_;
};

}  // namespace ironscribe::models::whisper
