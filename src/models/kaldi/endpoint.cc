#include "models/kaldi/endpoint.h"

#include <algorithm>

namespace ironscribe::models::kaldi {
namespace {

constexpr double kAnyCost = std::numeric_limits<double>::infinity();

// Silence alone; silence after words that may be all, that are likely all, that are not; length.
constexpr std::array<EndpointRule, 5> kDefaults = {{{false, 5, kAnyCost, 0},
                                                    {true, 0.5, 2, 0},
                                                    {true, 1, 8, 0},
                                                    {true, 2, kAnyCost, 0},
                                                    {false, 0, kAnyCost, 20}}};

}  // namespace

Result<EndpointOptions> ReadEndpointOptions(const formats::kaldi::Options& options) {
  EndpointOptions result{.rules = kDefaults, .silence_phones = {}};
  for (size_t i = 0; i < result.rules.size(); ++i) {
    EndpointRule& rule = result.rules[i];
    const std::string prefix = "endpoint.rule" + std::to_string(i + 1) + ".";
    ASSIGN_OR_RETURN(rule.must_contain_speech,
                     options.Bool(prefix + "must-contain-nonsilence", rule.must_contain_speech));
    ASSIGN_OR_RETURN(
        rule.min_trailing_silence_seconds,
        options.Number(prefix + "min-trailing-silence", rule.min_trailing_silence_seconds));
    if (options.Text(prefix + "max-relative-cost", "inf") != "inf") {
      ASSIGN_OR_RETURN(rule.max_relative_cost, options.Number(prefix + "max-relative-cost", 0));
    }
    ASSIGN_OR_RETURN(rule.min_utterance_seconds,
                     options.Number(prefix + "min-utterance-length", rule.min_utterance_seconds));
  }
  ASSIGN_OR_RETURN(result.silence_phones,
                   formats::kaldi::ParseIntegers(options.Text("endpoint.silence-phones", ""),
                                                 "endpoint.silence-phones", ":"));
  return result;
}

bool EndpointReached(const EndpointOptions& options, const UtteranceState& state) {
  const bool has_speech = state.seconds > state.trailing_silence_seconds;
  return std::any_of(options.rules.begin(), options.rules.end(), [&](const EndpointRule& rule) {
    return (has_speech || !rule.must_contain_speech) &&
           state.trailing_silence_seconds >= rule.min_trailing_silence_seconds &&
           state.final_relative_cost <= rule.max_relative_cost &&
           state.seconds >= rule.min_utterance_seconds;
  });
}

}  // namespace ironscribe::models::kaldi
