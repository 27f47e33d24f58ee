// Two systems on the same recordings: what became better, what worse, and whether the difference
// is more than chance.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "eval/evaluation.h"
#include "eval/statistics.h"

namespace ironscribe::eval {

// How often a word of the reference was missed (substituted or deleted), and how often the word
// was written where it does not belong (substituted for another or inserted).
struct WordChange {
  std::string word;
  int64_t in_reference = 0;
  int64_t missed_a = 0;
  int64_t missed_b = 0;
  int64_t invented_a = 0;
  int64_t invented_b = 0;

  // Negative: better in B.
  int64_t change() const { return missed_b + invented_b - missed_a - invented_a; }
};

struct FileChange {
  std::string id;
  int64_t reference_words = 0;
  int64_t errors_a = 0;
  int64_t errors_b = 0;
};

struct Comparison {
  std::string system_a;
  std::string system_b;
  EditCounts words_a;
  EditCounts words_b;
  EditCounts characters_a;
  EditCounts characters_b;
  int64_t files = 0;
  int64_t files_better = 0;  // In B.
  int64_t files_worse = 0;
  bool groups_are_speakers = false;
  BootstrapOptions bootstrap_options;
  MatchedPairs matched_pairs;
  PairedBootstrap bootstrap;        // Of the word error rate.
  std::vector<FileChange> changes;  // Files that changed, the largest changes first.
  std::vector<WordChange> better;   // In B, the largest changes first.
  std::vector<WordChange> worse;
  std::vector<std::string> notes;
};

// Both tests say it, at the 5 % level.
bool IsSignificant(const Comparison& comparison);

// One sentence: which is better, by how much, and whether that is more than chance.
std::string Verdict(const Comparison& comparison);

// Compares recordings that both have, with the settings of `a`. Errors: InvalidArgument when none
// is in both, when normalisers or alignment differ, or when a reference does.
Result<Comparison> Compare(const Evaluation& a, const Evaluation& b);

}  // namespace ironscribe::eval
