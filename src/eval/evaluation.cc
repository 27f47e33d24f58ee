#include "eval/evaluation.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace ironscribe::eval {
namespace {

void Add(const ScoredUtterance& utterance, GroupScore& group) {
  ++group.files;
  group.words += utterance.words;
  group.characters += utterance.characters;
  group.audio_seconds += utterance.audio_seconds;
}

std::vector<GroupScore> GroupBy(const std::vector<ScoredUtterance>& utterances,
                                std::string ScoredUtterance::*name) {
  std::map<std::string, GroupScore> groups;
  for (const ScoredUtterance& utterance : utterances) {
    GroupScore& group = groups[utterance.*name];
    group.name = utterance.*name;
    Add(utterance, group);
  }
  std::vector<GroupScore> result;
  for (auto& entry : groups) result.push_back(std::move(entry.second));
  return result;
}

RateGroup RateOf(const EditCounts& counts) {
  return {static_cast<double>(counts.errors()), static_cast<double>(counts.reference_length())};
}

void AddIntervals(Evaluation& evaluation) {
  std::vector<RateGroup> words;
  std::vector<RateGroup> characters;
  if (evaluation.groups_are_speakers) {
    for (const GroupScore& speaker : evaluation.speakers) {
      words.push_back(RateOf(speaker.words));
      characters.push_back(RateOf(speaker.characters));
    }
  } else {
    for (const ScoredUtterance& utterance : evaluation.utterances) {
      words.push_back(RateOf(utterance.words));
      characters.push_back(RateOf(utterance.characters));
    }
  }
  evaluation.num_groups = words.size();
  evaluation.word_interval = BootstrapInterval(words, evaluation.settings.bootstrap);
  evaluation.character_interval = BootstrapInterval(characters, evaluation.settings.bootstrap);
}

void AddCalibration(Evaluation& evaluation) {
  std::vector<WordConfidence> confidences;
  for (const ScoredUtterance& utterance : evaluation.utterances) {
    confidences.insert(confidences.end(), utterance.confidences.begin(),
                       utterance.confidences.end());
  }
  if (!confidences.empty()) evaluation.calibration = Calibrate(confidences);
}

void AddTimes(Evaluation& evaluation) {
  constexpr double kNearSeconds = 0.2;  // The bound of word times that users see.
  TimePrecision times;
  int64_t near = 0;
  double sum = 0;
  for (const ScoredUtterance& utterance : evaluation.utterances) {
    for (const double error : utterance.start_errors_seconds) {
      times.errors_seconds.push_back(std::abs(error));
      sum += error;
      near += std::abs(error) <= kNearSeconds ? 1 : 0;
    }
  }
  if (times.errors_seconds.empty()) return;
  std::sort(times.errors_seconds.begin(), times.errors_seconds.end());
  const auto count = static_cast<double>(times.errors_seconds.size());
  times.words = static_cast<int64_t>(times.errors_seconds.size());
  times.median_seconds = Quantile(times.errors_seconds, 0.5);
  times.p90_seconds = Quantile(times.errors_seconds, 0.9);
  times.mean_offset_seconds = sum / count;
  times.share_within_200_ms = static_cast<double>(near) / count;
  evaluation.times = std::move(times);
}

}  // namespace

bool DrawsSpeakers(const std::vector<ScoredUtterance>& utterances) {
  std::set<std::string> speakers;
  for (const ScoredUtterance& utterance : utterances) speakers.insert(utterance.speaker);
  return speakers.size() >= 2 && !speakers.contains("");
}

Evaluation Summarize(std::vector<ScoredUtterance> utterances, EvaluationSettings settings) {
  Evaluation evaluation;
  evaluation.settings = std::move(settings);
  evaluation.utterances = std::move(utterances);
  for (const ScoredUtterance& utterance : evaluation.utterances) {
    Add(utterance, evaluation.total);
    if (utterance.words_outside_turns < 0) continue;
    evaluation.words_outside_turns =
        std::max<int64_t>(0, evaluation.words_outside_turns) + utterance.words_outside_turns;
  }
  evaluation.groups_are_speakers = DrawsSpeakers(evaluation.utterances);
  evaluation.speakers = GroupBy(evaluation.utterances, &ScoredUtterance::speaker);
  evaluation.languages = GroupBy(evaluation.utterances, &ScoredUtterance::language);
  AddIntervals(evaluation);
  AddCalibration(evaluation);
  AddTimes(evaluation);
  return evaluation;
}

std::vector<size_t> WorstUtterances(const Evaluation& evaluation, size_t count) {
  std::vector<size_t> positions;
  for (size_t i = 0; i < evaluation.utterances.size(); ++i) {
    if (evaluation.utterances[i].words.errors() > 0) positions.push_back(i);
  }
  std::stable_sort(positions.begin(), positions.end(), [&](size_t a, size_t b) {
    const EditCounts& first = evaluation.utterances[a].words;
    const EditCounts& second = evaluation.utterances[b].words;
    if (first.errors() != second.errors()) return first.errors() > second.errors();
    return first.rate() > second.rate();
  });
  positions.resize(std::min(count, positions.size()));
  return positions;
}

}  // namespace ironscribe::eval
