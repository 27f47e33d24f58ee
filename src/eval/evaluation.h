// The result of an evaluation: totals with intervals, tables, calibration, times. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "eval/calibration.h"
#include "eval/problem.h"
#include "eval/scoring.h"
#include "eval/statistics.h"

namespace ironscribe::eval {

// What was compared, for the reader and for whoever repeats it.
struct EvaluationSettings {
  std::string system;  // Model with compute type, or where the hypotheses came from.
  std::string manifest;
  ScoringOptions scoring;
  BootstrapOptions bootstrap;
};

// A speaker, a language, or all.
struct GroupScore {
  std::string name;  // Empty where the manifest names none.
  int64_t files = 0;
  EditCounts words;
  EditCounts characters;
  double audio_seconds = 0;
};

struct TimePrecision {
  int64_t words = 0;
  double median_seconds = 0;  // Of the absolute error of word starts.
  double p90_seconds = 0;
  double mean_offset_seconds = 0;  // Positive: words begin late.
  double share_within_200_ms = 0;
  std::vector<double> errors_seconds;  // Absolute, sorted; for the plot.
};

// What a run of the program itself took.
struct RunTime {
  double audio_seconds = 0;
  double wall_seconds = 0;
  // Times real time; 0 when nothing ran.
  double factor() const { return wall_seconds > 0 ? audio_seconds / wall_seconds : 0; }
};

struct Evaluation {
  EvaluationSettings settings;
  std::vector<ScoredUtterance> utterances;
  GroupScore total;
  bool groups_are_speakers = false;  // What the intervals draw; else files.
  size_t num_groups = 0;
  Interval word_interval;
  Interval character_interval;
  std::vector<GroupScore> speakers;   // By name; one group without name when none is known.
  std::vector<GroupScore> languages;  // The same.
  std::optional<Calibration> calibration;
  std::optional<TimePrecision> times;
  int64_t words_outside_turns = -1;  // -1 when no recording has turns and times.
  std::optional<RunTime> run_time;
  std::vector<Problem> problems;
};

// Requires: utterances is not empty.
Evaluation Summarize(std::vector<ScoredUtterance> utterances, EvaluationSettings settings);

// Positions of the utterances with errors, those with the most first, the higher rate on a tie.
std::vector<size_t> WorstUtterances(const Evaluation& evaluation, size_t count);

// Whether every utterance has a speaker, so that intervals draw speakers; with fewer than two
// speakers there would be nothing to draw.
bool DrawsSpeakers(const std::vector<ScoredUtterance>& utterances);

}  // namespace ironscribe::eval
