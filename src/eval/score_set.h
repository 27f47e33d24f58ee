// All recordings of a manifest against the files of a system.
#pragma once

#include <vector>

#include "eval/hypotheses.h"
#include "eval/manifest.h"
#include "eval/scoring.h"

namespace ironscribe::eval {

struct ScoredSet {
  std::vector<ScoredUtterance> utterances;
  std::vector<Problem> problems;
};

// Recordings without a hypothesis count as wholly missing: a system must not gain by leaving out
// what is hard. Hypotheses that no recording asks for are told of, and do not count.
ScoredSet ScoreHypotheses(const Manifest& manifest, const HypothesisSet& hypotheses,
                          const ScoringOptions& options);

}  // namespace ironscribe::eval
