// What Whisper does with a recording beside its forward pass (openai/whisper's transcribe()):
// windows of 30 s moved by the times in the text, previous text as prompt, fallback to higher
// temperatures, silence left out, language detection, segments and word times.
//
// Goal: the text openai/whisper gives. Non-goals: batching, threads and the forward pass, which are
// the runner's.
//
// Thread rule: immutable; Transcribe may run on many threads at once, each with its own source.
#pragma once

#include <stop_token>
#include <vector>

#include "audio/pcm_source.h"
#include "base/status.h"
#include "dsp/log_mel.h"
#include "models/decoding_options.h"
#include "models/model.h"
#include "models/whisper/timestamp_rules.h"
#include "models/window_runner.h"
#include "text/tokenizer.h"
#include "transcript/transcript.h"

namespace ironscribe::models::whisper {

struct WindowPolicyConfig {
  // What -1 in DecodingOptions::suppress_tokens stands for; empty computes it from the vocabulary.
  std::vector<TokenId> suppress_tokens;
  // Not as the first token of a text; empty computes it from the vocabulary.
  std::vector<TokenId> begin_suppress_tokens;
  // The first time of a window is at most this (openai/whisper's default).
  double max_initial_timestamp_seconds = 1.0;
};

class WindowPolicy {
 public:
  // `tokenizer` and `log_mel` are not owned and outlive the policy.
  WindowPolicy(const text::Tokenizer& tokenizer, const dsp::LogMel& log_mel,
               WindowPolicyConfig config = {});

  // See models::Model::CheckOptions.
  Status CheckOptions(const DecodingOptions& options) const;

  // See models::Model::Transcribe. Leaves Transcript::model to the caller. Requires: the runner's
  // model has the tokenizer's vocabulary and the features' number of bands.
  Result<transcript::Transcript> Transcribe(audio::PcmSource& source,
                                            const DecodingOptions& options, WindowRunner& runner,
                                            const RecognitionCallbacks& callbacks,
                                            std::stop_token stop) const;

 private:
  TimestampRules RulesFor(const DecodingOptions& options) const;
  // The code of the language asked for; empty to detect it. Requires: CheckOptions is ok.
  std::string LanguageFor(const DecodingOptions& options) const;
  Status CheckLanguage(const DecodingOptions& options) const;
  Status CheckAllowedLanguages(const DecodingOptions& options) const;

  const text::Tokenizer& tokenizer_;
  const dsp::LogMel& log_mel_;
  WindowPolicyConfig config_;
};

}  // namespace ironscribe::models::whisper
