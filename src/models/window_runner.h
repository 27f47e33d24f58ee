// What a family's window policy asks of the engine: blocking calls, safe from many threads, batched
// by the scheduler behind it with the calls of every other recording.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "decoding/search.h"
#include "models/result_store.h"
#include "models/text_judge.h"
#include "models/voice_activity.h"
#include "models/window_model.h"

namespace ironscribe::models {

// See WindowInput.
struct EncodeRequest {
  std::vector<float> features;
  std::optional<float> silence_level = std::nullopt;
};

class WindowRunner {
 public:
  virtual ~WindowRunner() = default;

  virtual const WindowModel& model() const = 0;

  // Takes what the policy's own stages cost; null when nobody asks.
  virtual Profile* profile() const { return nullptr; }

  // Tells speech from everything else; null where there is no such model.
  virtual std::shared_ptr<const VoiceActivityModel> voice_activity() const { return nullptr; }

  // Decides what text is believed; null: all of it.
  virtual const TextJudge* judge() const { return nullptr; }

  // Holds what an earlier, interrupted run of the same recognition found; null: nothing is kept.
  virtual ResultStore* results() const { return nullptr; }

  // With results(): what identifies the features that were encoded.
  virtual std::string_view FeaturesKey(const Encoding& encoding) const {
    (void)encoding;
    return {};
  }

  // Windows that are worked on together at most: more at a time from one caller gain nothing.
  virtual int batch_size() const = 0;

  // Errors: Cancelled.
  virtual Result<std::shared_ptr<const Encoding>> Encode(EncodeRequest request,
                                                         std::stop_token stop) = 0;

  // Drives the search to its end. Errors: Cancelled.
  virtual Status Run(const std::shared_ptr<const Encoding>& encoding, decoding::Search& search,
                     std::stop_token stop) = 0;

  // Feeds `tokens` from position 0 and returns the raw alignment scores
  // [tokens, num_alignment_heads, encoding frames] and, in `log_probabilities`, for each i > 0 the
  // log-probability of tokens[i] given those before it among the ids below `vocabulary_end`
  // (openai/ whisper's timing.py leaves special tokens out of the softmax; entry 0 is 0).
  struct Alignment {
    std::vector<float> scores;
    std::vector<float> log_probabilities;
  };
  virtual Result<Alignment> Align(const std::shared_ptr<const Encoding>& encoding,
                                  std::span<const decoding::TokenId> tokens,
                                  decoding::TokenId vocabulary_end, std::stop_token stop) = 0;
};

}  // namespace ironscribe::models
