// When an utterance has ended: Kaldi's five rules on the silence at its end, its length and how far
// the best path is from one that may end here (kaldi online2/online-endpoint.h).
#pragma once

#include <array>
#include <limits>
#include <vector>

#include "base/status.h"
#include "formats/kaldi/text_files.h"

namespace ironscribe::models::kaldi {

struct EndpointRule {
  bool must_contain_speech = true;
  double min_trailing_silence_seconds = 1;
  double max_relative_cost = std::numeric_limits<double>::infinity();
  double min_utterance_seconds = 0;
};

struct EndpointOptions {
  std::array<EndpointRule, 5> rules;
  std::vector<int32_t> silence_phones;
};

// "--endpoint.rule2.min-trailing-silence=0.5" and so on; what is not there is Kaldi's default.
Result<EndpointOptions> ReadEndpointOptions(const formats::kaldi::Options& options);

struct UtteranceState {
  double seconds = 0;
  double trailing_silence_seconds = 0;
  double final_relative_cost = std::numeric_limits<double>::infinity();
};
bool EndpointReached(const EndpointOptions& options, const UtteranceState& state);

}  // namespace ironscribe::models::kaldi
