#include "eval/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <utility>

#include "eval/result_json.h"

namespace ironscribe::eval {
namespace {

constexpr double kLevel = 0.05;

// The same recording of both.
struct Pair {
  const ScoredUtterance* a = nullptr;
  const ScoredUtterance* b = nullptr;
};

Result<std::vector<Pair>> PairsOf(const Evaluation& a, const Evaluation& b,
                                  std::vector<std::string>& notes) {
  std::map<std::string_view, const ScoredUtterance*> by_id;
  for (const ScoredUtterance& utterance : b.utterances) by_id.emplace(utterance.id, &utterance);
  std::vector<Pair> pairs;
  for (const ScoredUtterance& utterance : a.utterances) {
    const auto found = by_id.find(utterance.id);
    if (found == by_id.end()) continue;
    if (utterance.reference != found->second->reference) {
      return InvalidArgumentError(fmt::format(
          "the references of '{}' differ; compare results of the same manifest", utterance.id));
    }
    pairs.push_back({&utterance, found->second});
    by_id.erase(found);  // A result made by hand may name a recording twice.
  }
  if (pairs.empty()) {
    return InvalidArgumentError("no recording is in both; compare results of the same manifest");
  }
  const size_t left_out = a.utterances.size() + b.utterances.size() - 2 * pairs.size();
  if (left_out > 0) {
    notes.push_back(fmt::format("{} recordings are in one result only and left out", left_out));
  }
  return pairs;
}

using WordChanges = std::map<std::string, WordChange>;

void CountWords(const ScoredUtterance& utterance, int64_t WordChange::*missed,
                int64_t WordChange::*invented, WordChanges& changes) {
  for (const Edit& edit : utterance.edits) {
    if (edit.kind == EditKind::kSubstitution || edit.kind == EditKind::kDeletion) {
      ++(changes[utterance.reference[edit.reference]].*missed);
    }
    if (edit.kind == EditKind::kSubstitution || edit.kind == EditKind::kInsertion) {
      ++(changes[utterance.hypothesis[edit.hypothesis]].*invented);
    }
  }
}

void AddWords(const std::vector<Pair>& pairs, Comparison& comparison) {
  WordChanges changes;
  for (const Pair& pair : pairs) {
    CountWords(*pair.a, &WordChange::missed_a, &WordChange::invented_a, changes);
    CountWords(*pair.b, &WordChange::missed_b, &WordChange::invented_b, changes);
  }
  for (const Pair& pair : pairs) {
    for (const std::string& word : pair.a->reference) {
      if (const auto found = changes.find(word); found != changes.end()) {
        ++found->second.in_reference;
      }
    }
  }
  for (auto& [word, change] : changes) {
    change.word = word;
    if (change.change() < 0) comparison.better.push_back(change);
    if (change.change() > 0) comparison.worse.push_back(change);
  }
  const auto by_change = [](const WordChange& x, const WordChange& y) {
    return std::llabs(x.change()) > std::llabs(y.change());
  };
  std::stable_sort(comparison.better.begin(), comparison.better.end(), by_change);
  std::stable_sort(comparison.worse.begin(), comparison.worse.end(), by_change);
}

void AddFiles(const std::vector<Pair>& pairs, Comparison& comparison) {
  for (const Pair& pair : pairs) {
    comparison.words_a += pair.a->words;
    comparison.words_b += pair.b->words;
    comparison.characters_a += pair.a->characters;
    comparison.characters_b += pair.b->characters;
    const int64_t errors_a = pair.a->words.errors();
    const int64_t errors_b = pair.b->words.errors();
    ++comparison.files;
    comparison.files_better += errors_b < errors_a ? 1 : 0;
    comparison.files_worse += errors_b > errors_a ? 1 : 0;
    if (errors_a != errors_b) {
      comparison.changes.push_back(
          {pair.a->id, static_cast<int64_t>(pair.a->reference.size()), errors_a, errors_b});
    }
  }
  std::stable_sort(comparison.changes.begin(), comparison.changes.end(),
                   [](const FileChange& x, const FileChange& y) {
                     return std::llabs(x.errors_b - x.errors_a) >
                            std::llabs(y.errors_b - y.errors_a);
                   });
}

void AddTests(const std::vector<Pair>& pairs, Comparison& comparison) {
  std::vector<MatchedSegment> segments;
  std::map<std::string_view, PairedGroup> groups;
  for (const Pair& pair : pairs) {
    const auto more = MatchedSegments(pair.a->edits, pair.b->edits);
    segments.insert(segments.end(), more.begin(), more.end());
    PairedGroup& group = groups[comparison.groups_are_speakers ? pair.a->speaker : pair.a->id];
    group.errors_a += static_cast<double>(pair.a->words.errors());
    group.errors_b += static_cast<double>(pair.b->words.errors());
    group.length += static_cast<double>(pair.a->words.reference_length());
  }
  std::vector<PairedGroup> drawn;
  for (const auto& entry : groups) drawn.push_back(entry.second);
  comparison.matched_pairs = TestMatchedPairs(segments);
  comparison.bootstrap = ComparePaired(drawn, comparison.bootstrap_options);
}

Status CheckSettings(const ScoringOptions& a, const ScoringOptions& b) {
  if (a.normalizer != b.normalizer) {
    return InvalidArgumentError(
        fmt::format("one was made with --normalizer {}, the other with {}; evaluate one again",
                    NormalizerName(a.normalizer), NormalizerName(b.normalizer)));
  }
  if (a.costs != b.costs) {
    return InvalidArgumentError(
        fmt::format("one was made with --align {}, the other with {}; evaluate one again",
                    AlignmentCostsName(a.costs), AlignmentCostsName(b.costs)));
  }
  return OkStatus();
}

}  // namespace

bool IsSignificant(const Comparison& comparison) {
  return comparison.matched_pairs.p_value < kLevel && comparison.bootstrap.p_value < kLevel;
}

std::string Verdict(const Comparison& comparison) {
  const double points = 100 * comparison.bootstrap.difference;
  if (comparison.words_a.errors() == comparison.words_b.errors()) {
    return "Both have as many word errors; there is no difference to test.";
  }
  const std::string which = fmt::format("{} has a word error rate {:.2f} percentage points lower",
                                        points < 0 ? "B" : "A", std::abs(points));
  if (IsSignificant(comparison)) {
    return which + "; both tests say that this is more than chance (p < 0.05).";
  }
  const bool one =
      comparison.matched_pairs.p_value < kLevel || comparison.bootstrap.p_value < kLevel;
  return which +
         (one ? "; only one of the two tests calls it more than chance, so take it with care."
              : "; this may well be chance (p >= 0.05 in both tests).");
}

Result<Comparison> Compare(const Evaluation& a, const Evaluation& b) {
  RETURN_IF_ERROR(CheckSettings(a.settings.scoring, b.settings.scoring));
  Comparison comparison;
  comparison.system_a = a.settings.system;
  comparison.system_b = b.settings.system;
  comparison.bootstrap_options = a.settings.bootstrap;
  ASSIGN_OR_RETURN(const std::vector<Pair> pairs, PairsOf(a, b, comparison.notes));
  comparison.groups_are_speakers = DrawsSpeakers(a.utterances);
  AddFiles(pairs, comparison);
  AddWords(pairs, comparison);
  AddTests(pairs, comparison);
  return comparison;
}

}  // namespace ironscribe::eval
