// One recording's hypothesis against its reference.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "eval/alignment.h"
#include "eval/calibration.h"
#include "eval/hypotheses.h"
#include "eval/manifest.h"
#include "eval/normalizer.h"

namespace ironscribe::eval {

struct ScoringOptions {
  NormalizerKind normalizer = NormalizerKind::kMarks;
  AlignmentCosts costs = AlignmentCosts::kUnit;
};

// What evaluation, comparison and reports work on.
struct ScoredUtterance {
  std::string id;
  std::string audio;
  std::string language;
  std::string speaker;
  bool has_hypothesis = true;          // Without one all words are missing.
  std::vector<std::string> reference;  // Words after normalisation.
  std::vector<std::string> hypothesis;
  std::vector<Edit> edits;  // Of words.
  EditCounts words;
  EditCounts characters;
  // Begin of a word in the hypothesis minus that in the reference, of words that are right and have
  // times on both sides.
  std::vector<double> start_errors_seconds;
  std::vector<WordConfidence> confidences;  // Of the words of the hypothesis that carry one.
  // Words of the hypothesis that lie outside all speaker turns; -1 without turns or times.
  int64_t words_outside_turns = -1;
  double audio_seconds = 0;  // 0 when not known.
};

// The texts as they are compared, and their alignment. Errors: ResourceExhausted for texts that are
// too long and too different.
Status AlignTexts(std::string_view reference, std::string_view hypothesis, AlignmentCosts costs,
                  ScoredUtterance& scored);

// Everything. `hypothesis` may be null. May be called from any thread; `normalizer` is
// MakeNormalizer(options.normalizer).
Result<ScoredUtterance> ScoreUtterance(const Utterance& utterance, const Hypothesis* hypothesis,
                                       const ScoringOptions& options, const Normalizer& normalizer);

}  // namespace ironscribe::eval
