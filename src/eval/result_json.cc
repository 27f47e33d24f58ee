#include "eval/result_json.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

namespace ironscribe::eval {
namespace {

using Json = nlohmann::ordered_json;

double Rounded(double value, int decimals) {
  if (!std::isfinite(value)) return 0;
  const double scale = std::pow(10.0, decimals);
  return std::round(value * scale) / scale;
}

double Percent(double rate) { return Rounded(100 * rate, 2); }

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string Joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

Json CountsJson(const EditCounts& counts) {
  return {{"rate", Percent(counts.rate())},        {"hits", counts.hits},
          {"substitutions", counts.substitutions}, {"deletions", counts.deletions},
          {"insertions", counts.insertions},       {"reference", counts.reference_length()}};
}

Json TotalJson(const EditCounts& counts, const Interval& interval) {
  Json json = CountsJson(counts);
  json["interval_95"] = {Percent(interval.low), Percent(interval.high)};
  return json;
}

Json ToJson(const GroupScore& group) {
  return {{"name", group.name},
          {"files", group.files},
          {"audio_seconds", Rounded(group.audio_seconds, 3)},
          {"words", CountsJson(group.words)},
          {"characters", CountsJson(group.characters)}};
}

// "=" hit, "S" substitution, "D" deletion, "I" insertion.
std::string Operations(const std::vector<Edit>& edits) {
  constexpr std::string_view kLetters = "=SDI";
  std::string letters;
  for (const Edit& edit : edits) letters += kLetters[static_cast<size_t>(edit.kind)];
  return letters;
}

Json ToJson(const ScoredUtterance& utterance) {
  return {{"id", utterance.id},
          {"audio", utterance.audio},
          {"language", utterance.language},
          {"speaker", utterance.speaker},
          {"audio_seconds", Rounded(utterance.audio_seconds, 3)},
          {"has_hypothesis", utterance.has_hypothesis},
          {"reference", Joined(utterance.reference)},
          {"hypothesis", Joined(utterance.hypothesis)},
          {"operations", Operations(utterance.edits)},
          {"words", CountsJson(utterance.words)},
          {"characters", CountsJson(utterance.characters)}};
}

Json ToJson(const Problem& problem) {
  return {{"place", problem.place}, {"message", problem.message}, {"is_error", problem.is_error}};
}

Json ToJson(const Calibration& calibration) {
  Json bins = Json::array();
  for (const CalibrationBin& bin : calibration.bins) {
    bins.push_back({{"words", bin.words},
                    {"mean_probability", Rounded(bin.mean_probability, 4)},
                    {"share_right", Rounded(bin.share_right, 4)}});
  }
  return {{"words", calibration.words},
          {"expected_error", Rounded(calibration.expected_error, 4)},
          {"bins", std::move(bins)}};
}

Json ToJson(const TimePrecision& times) {
  return {{"words", times.words},
          {"median_seconds", Rounded(times.median_seconds, 3)},
          {"p90_seconds", Rounded(times.p90_seconds, 3)},
          {"mean_offset_seconds", Rounded(times.mean_offset_seconds, 3)},
          {"share_within_200_ms", Rounded(times.share_within_200_ms, 4)}};
}

Json ToJson(const RunTime& run_time) {
  return {{"audio_seconds", Rounded(run_time.audio_seconds, 3)},
          {"wall_seconds", Rounded(run_time.wall_seconds, 3)},
          {"rtfx", Rounded(run_time.factor(), 2)}};
}

// The outer object member by member, with one line for each item of a list.
class ObjectLines {
 public:
  void Add(std::string_view key, const Json& value) {
    text_ += fmt::format("{}\"{}\": {}", text_.size() == 1 ? "\n" : ",\n", key, Dump(value));
  }

  template <typename Item>
  void AddList(std::string_view key, const std::vector<Item>& items) {
    text_ += fmt::format(",\n\"{}\": [", key);
    for (size_t i = 0; i < items.size(); ++i) {
      text_ += i == 0 ? "\n" : ",\n";
      text_ += Dump(ToJson(items[i]));
    }
    text_ += ']';
  }

  std::string Finish() && { return std::move(text_) + "\n}\n"; }

 private:
  std::string text_ = "{";
};

}  // namespace

std::string WriteResultJson(const Evaluation& evaluation) {
  const EvaluationSettings& settings = evaluation.settings;
  ObjectLines object;
  object.Add("format", kResultFormat);
  object.Add("format_version", kResultVersion);
  object.Add("system", settings.system);
  object.Add("manifest", settings.manifest);
  object.Add("normalizer", NormalizerName(settings.scoring.normalizer));
  object.Add("align", AlignmentCostsName(settings.scoring.costs));
  object.Add("bootstrap", {{"over", evaluation.groups_are_speakers ? "speakers" : "files"},
                           {"groups", evaluation.num_groups},
                           {"replicates", settings.bootstrap.replicates},
                           {"seed", settings.bootstrap.seed}});
  object.Add("words", TotalJson(evaluation.total.words, evaluation.word_interval));
  object.Add("characters", TotalJson(evaluation.total.characters, evaluation.character_interval));
  if (evaluation.run_time.has_value()) object.Add("run", ToJson(*evaluation.run_time));
  if (evaluation.calibration.has_value()) {
    object.Add("calibration", ToJson(*evaluation.calibration));
  }
  if (evaluation.times.has_value()) object.Add("word_times", ToJson(*evaluation.times));
  if (evaluation.words_outside_turns >= 0) {
    object.Add("words_outside_turns", evaluation.words_outside_turns);
  }
  object.AddList("speakers", evaluation.speakers);
  object.AddList("languages", evaluation.languages);
  object.AddList("utterances", evaluation.utterances);
  object.AddList("problems", evaluation.problems);
  return std::move(object).Finish();
}

}  // namespace ironscribe::eval
