// Conditions on a result, so that a script can stop on them: "wer > 12", "ece >= 0.05".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "eval/evaluation.h"

namespace ironscribe::eval {

enum class GateMetric {
  kWer,  // In percent, as the next four.
  kCer,
  kSubstitutions,
  kDeletions,
  kInsertions,
  kEce,   // From 0 to 1.
  kRtfx,  // Times real time.
};

enum class GateComparison { kAbove, kAtLeast, kBelow, kAtMost };

struct Gate {
  GateMetric metric = GateMetric::kWer;
  GateComparison comparison = GateComparison::kAbove;
  double bound = 0;
  std::string text;  // As it is shown.
};

// "METRIC OP NUMBER" with wer, cer, sub, del, ins, ece or rtfx and >, >=, < or <=; several with
// commas. Errors: InvalidArgument with what is wrong.
Result<std::vector<Gate>> ParseGates(std::string_view text);

// The number a gate looks at; nothing when this result does not have it.
std::optional<double> MetricOf(const Evaluation& evaluation, GateMetric metric);

// A line for each gate that is met, or that cannot be told: a gate that checks nothing must not
// let pass.
std::vector<std::string> FailedGates(const std::vector<Gate>& gates, const Evaluation& evaluation);

}  // namespace ironscribe::eval
