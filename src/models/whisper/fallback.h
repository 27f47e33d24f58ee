// Decoding one window, again at higher temperatures when the text looks wrong (openai/whisper:
// decode_with_fallback): too repetitive, or too improbable unless the window is silent anyway.
// Where all attempts look wrong, the reference takes the last, a sample at the highest temperature;
// here it is the most probable, which in noise is more often what was said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/status.h"
#include "decoding/sequence_search.h"
#include "models/decoding_options.h"
#include "models/text_judge.h"
#include "models/whisper/prompt.h"
#include "models/whisper/window_policy_budget.h"
#include "models/window_runner.h"
#include "text/tokenizer.h"

namespace ironscribe::models::whisper {

// What one attempt gave.
struct DecodedWindow {
  std::vector<TokenId> tokens;  // Times included, end of text not.
  double average_log_probability = 0;
  float no_speech_probability = 0;
  float temperature = 0;
  float last_temperature = 0;  // That was tried.
  float compression_ratio = 0;
  bool ended = true;  // By the end of text, not because it became too long.
  int num_steps = 0;  // Of the decoder.
};

// True when the next temperature is to be tried. Thresholds that are NaN are off.
bool NeedsFallback(const DecodedWindow& decoded, const DecodingOptions& options);

// True when the text repeats itself or is improbable, whether or not that may be silence.
bool LooksWrong(const DecodedWindow& decoded, const DecodingOptions& options);

// True when the window holds no speech and its text is to be withheld.
bool IsSilent(const DecodedWindow& decoded, const DecodingOptions& options);

// One window to decode. What it refers to outlives it.
struct WindowToDecode {
  WindowRunner& runner;
  std::shared_ptr<const Encoding> encoding;
  const WindowPrompt& prompt;
  int64_t seek_frames = 0;  // Where the window starts; seeds its random numbers.
  int max_tokens = std::numeric_limits<int>::max();
  // What doubts a text: the next temperature is tried on kDoubt, none on kDrop. May be empty.
  std::function<Verdict(const DecodedWindow&)> judge = {};
  // Charged with every attempt; once it is spent for audio up to `end_frame`, there is no other.
  // May be null.
  StepBudget* budget = nullptr;
  int64_t end_frame = 0;
  std::stop_token stop = {};
};

// Decodes windows with one set of options. Its arguments outlive it. Not thread-safe.
class FallbackDecoder {
 public:
  FallbackDecoder(const text::Tokenizer& tokenizer, const DecodingOptions& options,
                  const decoding::TokenConstraint& rules)
      : tokenizer_(tokenizer), options_(options), rules_(rules) {}

  // The first of at most `max_attempts` attempts that is good enough, else the best: believed
  // rather than doubted, not repetitive, most probable (DecodingOptions::reference: the last). The
  // random numbers depend on the options' seed, the window's place and the number of the attempt.
  // Errors: those of the runner.
  Result<DecodedWindow> Decode(const WindowToDecode& window,
                               size_t max_attempts = std::numeric_limits<size_t>::max()) const;

 private:
  decoding::SequenceOptions SequenceFor(const WindowToDecode& window) const;
  std::unique_ptr<decoding::SequenceSearch> NewSearch(decoding::SequenceOptions sequence,
                                                      float temperature, uint64_t seed) const;
  // From what is kept of an earlier run, or decoded.
  Result<DecodedWindow> Attempt(const WindowToDecode& window,
                                const decoding::SequenceOptions& sequence, float temperature,
                                uint64_t seed) const;
  DecodedWindow Describe(const decoding::SequenceSearch& search, float temperature) const;

  const text::Tokenizer& tokenizer_;
  const DecodingOptions& options_;
  const decoding::TokenConstraint& rules_;
};

}  // namespace ironscribe::models::whisper
