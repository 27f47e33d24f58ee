#include <cmath>
#include <nlohmann/json.hpp>

#include "eval/result_json.h"

namespace ironscribe::eval {
namespace {

using Json = nlohmann::ordered_json;

double Rounded(double value, double scale) { return std::round(value * scale) / scale; }
double Percent(double rate) { return Rounded(100 * rate, 100); }
double Probability(double value) { return Rounded(value, 1e6); }

Json SideJson(const std::string& system, const EditCounts& words, const EditCounts& characters) {
  return {{"system", system},
          {"wer", Percent(words.rate())},
          {"cer", Percent(characters.rate())},
          {"substitutions", words.substitutions},
          {"deletions", words.deletions},
          {"insertions", words.insertions},
          {"reference", words.reference_length()}};
}

Json WordsJson(const std::vector<WordChange>& changes) {
  Json list = Json::array();
  for (const WordChange& change : changes) {
    list.push_back({{"word", change.word},
                    {"change", change.change()},
                    {"in_reference", change.in_reference},
                    {"missed_a", change.missed_a},
                    {"missed_b", change.missed_b},
                    {"invented_a", change.invented_a},
                    {"invented_b", change.invented_b}});
  }
  return list;
}

Json FilesJson(const std::vector<FileChange>& changes) {
  Json list = Json::array();
  for (const FileChange& change : changes) {
    list.push_back({{"id", change.id},
                    {"words", change.reference_words},
                    {"errors_a", change.errors_a},
                    {"errors_b", change.errors_b}});
  }
  return list;
}

}  // namespace

std::string WriteComparisonJson(const Comparison& comparison) {
  const PairedBootstrap& bootstrap = comparison.bootstrap;
  const Json json = {
      {"format", "ironscribe-eval-comparison"},
      {"format_version", kResultVersion},
      {"a", SideJson(comparison.system_a, comparison.words_a, comparison.characters_a)},
      {"b", SideJson(comparison.system_b, comparison.words_b, comparison.characters_b)},
      {"significant", IsSignificant(comparison)},
      {"verdict", Verdict(comparison)},
      {"matched_pairs",
       {{"p", Probability(comparison.matched_pairs.p_value)},
        {"z", Rounded(comparison.matched_pairs.z, 1e4)},
        {"segments", comparison.matched_pairs.segments}}},
      {"paired_bootstrap",
       {{"over", comparison.groups_are_speakers ? "speakers" : "files"},
        {"difference", Percent(bootstrap.difference)},
        {"interval_95", {Percent(bootstrap.interval.low), Percent(bootstrap.interval.high)}},
        {"probability_b_better", Probability(bootstrap.probability_better)},
        {"p", Probability(bootstrap.p_value)},
        {"replicates", comparison.bootstrap_options.replicates},
        {"seed", comparison.bootstrap_options.seed}}},
      {"files", comparison.files},
      {"files_better", comparison.files_better},
      {"files_worse", comparison.files_worse},
      {"words_better", WordsJson(comparison.better)},
      {"words_worse", WordsJson(comparison.worse)},
      {"files_changed", FilesJson(comparison.changes)},
      {"notes", comparison.notes}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ironscribe::eval
