#include "eval/score_set.h"

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

namespace ironscribe::eval {
namespace {

void NoteMissing(const Manifest& manifest, ScoredSet& set) {
  size_t count = 0;
  const ScoredUtterance* first = nullptr;
  for (const ScoredUtterance& utterance : set.utterances) {
    if (utterance.has_hypothesis) continue;
    if (count++ == 0) first = &utterance;
  }
  if (count == 0) return;
  set.problems.push_back(
      {first->id,
       fmt::format("{} of {} recordings have no hypothesis (this is the first); all their words "
                   "count as deletions",
                   count, manifest.utterances.size()),
       /*is_error=*/false});
}

// Whisper's rules drop the vowel signs of many scripts.
void NoteDroppedMarks(const Manifest& manifest, NormalizerKind kind, ScoredSet& set) {
  size_t count = 0;
  const Utterance* first = nullptr;
  for (const Utterance& utterance : manifest.utterances) {
    if (!DropsMarks(kind, utterance.text)) continue;
    if (count++ == 0) first = &utterance;
  }
  if (count == 0) return;
  set.problems.push_back(
      {first->place,
       fmt::format("{} reference{} vowel signs or other marks that the normalizer '{}' drops (this "
                   "is the first): wrong ones are forgiven and words are split; --normalizer marks "
                   "or none keeps them, and CER says more than WER",
                   count, count == 1 ? " has" : "s have", NormalizerName(kind)),
       /*is_error=*/false});
}

}  // namespace

ScoredSet ScoreHypotheses(const Manifest& manifest, const HypothesisSet& hypotheses,
                          const ScoringOptions& options) {
  ScoredSet set;
  set.problems = hypotheses.problems;
  const Normalizer normalizer = MakeNormalizer(options.normalizer);
  std::map<const Hypothesis*, std::string> users;
  for (const Utterance& utterance : manifest.utterances) {
    const Hypothesis* const hypothesis = FindHypothesis(hypotheses, utterance);
    if (hypothesis != nullptr) {
      const auto [user, is_first] = users.emplace(hypothesis, utterance.id);
      if (!is_first) {
        set.problems.push_back(
            {utterance.place, fmt::format("'{}' and '{}' find the same hypothesis; name hypotheses "
                                          "by the ids of the manifest",
                                          user->second, utterance.id)});
        continue;
      }
    }
    auto scored = ScoreUtterance(utterance, hypothesis, options, normalizer);
    if (scored.ok()) {
      set.utterances.push_back(std::move(scored).value());
    } else {
      set.problems.push_back({utterance.place, scored.status().message()});
    }
  }
  NoteMissing(manifest, set);
  NoteDroppedMarks(manifest, options.normalizer, set);
  if (users.size() < hypotheses.by_name.size()) {
    set.problems.push_back({"",
                            fmt::format("{} hypotheses belong to no recording of the manifest",
                                        hypotheses.by_name.size() - users.size()),
                            /*is_error=*/false});
  }
  return set;
}

}  // namespace ironscribe::eval
