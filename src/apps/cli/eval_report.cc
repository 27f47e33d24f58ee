#include "apps/cli/eval_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "eval/result_json.h"
#include "eval/side_by_side.h"
#include "text/printable.h"
#include "text/terminal_lines.h"

namespace ironscribe::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string Percent(double rate) { return fmt::format("{:6.2f}", 100 * rate); }

std::string PercentOf(int64_t errors, const eval::EditCounts& counts) {
  return Percent(counts.share(errors));
}

std::string Count(int64_t count) { return fmt::format("{:>6}", count); }

std::vector<std::string> RateRow(std::string name, const eval::EditCounts& counts,
                                 const eval::Interval& interval) {
  return {std::move(name),
          Percent(counts.rate()),
          fmt::format("{:.2f} to {:.2f}", 100 * interval.low, 100 * interval.high),
          PercentOf(counts.substitutions, counts),
          PercentOf(counts.deletions, counts),
          PercentOf(counts.insertions, counts),
          Count(counts.errors()),
          Count(counts.reference_length())};
}

std::vector<std::string> GroupRow(std::string name, const eval::EditCounts& words,
                                  const eval::EditCounts& characters) {
  return {std::move(name),
          Percent(words.rate()),
          Percent(characters.rate()),
          Count(words.substitutions),
          Count(words.deletions),
          Count(words.insertions),
          Count(words.reference_length())};
}

std::vector<std::string> GroupHead(std::string name) {
  return {std::move(name), "   WER", "   CER", "   sub", "   del", "   ins", " words"};
}

void PrintGroups(std::string name, const std::vector<eval::GroupScore>& groups, std::ostream& out) {
  if (groups.size() < 2) return;
  Rows rows = {GroupHead(std::move(name))};
  for (const eval::GroupScore& group : groups) {
    rows.push_back(GroupRow(group.name.empty() ? "(none)" : text::Printable(group.name),
                            group.words, group.characters));
  }
  out << '\n';
  out << text::TextTable(rows);
}

void PrintWorst(const eval::Evaluation& evaluation, const EvalReportOptions& options,
                std::ostream& out) {
  const auto worst = eval::WorstUtterances(
      evaluation, static_cast<size_t>(std::max(options.worst, options.alignments)));
  if (worst.empty()) return;
  Rows rows = {GroupHead("worst files")};
  for (size_t i = 0; i < worst.size() && i < static_cast<size_t>(options.worst); ++i) {
    const eval::ScoredUtterance& utterance = evaluation.utterances[worst[i]];
    rows.push_back(GroupRow(text::Printable(utterance.id), utterance.words, utterance.characters));
  }
  if (rows.size() > 1) {
    out << '\n';
    out << text::TextTable(rows);
  }
  for (size_t i = 0; i < worst.size() && i < static_cast<size_t>(options.alignments); ++i) {
    const eval::ScoredUtterance& utterance = evaluation.utterances[worst[i]];
    out << '\n' << text::Printable(utterance.id) << '\n';
    out << eval::SideBySide(utterance, {.columns = options.columns, .color = options.color});
  }
}

void PrintExtras(const eval::Evaluation& evaluation, std::ostream& out) {
  if (evaluation.times.has_value()) {
    const eval::TimePrecision& times = *evaluation.times;
    out << fmt::format(
        "word starts: median error {:.0f} ms, p90 {:.0f} ms, {:.1f} % within 200 ms, mean offset "
        "{:+.0f} ms ({} words)\n",
        1000 * times.median_seconds, 1000 * times.p90_seconds, 100 * times.share_within_200_ms,
        1000 * times.mean_offset_seconds, times.words);
  }
  if (evaluation.words_outside_turns >= 0) {
    out << fmt::format("words outside the speaker turns: {}\n", evaluation.words_outside_turns);
  }
  if (evaluation.calibration.has_value()) {
    out << fmt::format("calibration of {} words: expected error {:.3f}\n",
                       evaluation.calibration->words, evaluation.calibration->expected_error);
    Rows rows = {{"  probability", " right", " words"}};
    for (const eval::CalibrationBin& bin : evaluation.calibration->bins) {
      rows.push_back({fmt::format("  {:11.3f}", bin.mean_probability),
                      fmt::format("{:6.3f}", bin.share_right), Count(bin.words)});
    }
    out << text::TextTable(rows);
  }
  if (evaluation.run_time.has_value()) {
    out << fmt::format("speed: {:.1f}x real time ({:.0f} s of audio in {:.1f} s)\n",
                       evaluation.run_time->factor(), evaluation.run_time->audio_seconds,
                       evaluation.run_time->wall_seconds);
  }
}

void PrintWordChanges(std::string heading, const std::vector<eval::WordChange>& changes, int rows,
                      std::ostream& out) {
  if (changes.empty() || rows == 0) return;
  Rows table = {{std::move(heading), "change", "missed A", "missed B", "invented A", "invented B",
                 "in references"}};
  for (const eval::WordChange& change : changes) {
    if (static_cast<int>(table.size()) > rows) break;
    table.push_back({text::Printable(change.word), fmt::format("{:+6}", change.change()),
                     fmt::format("{:8}", change.missed_a), fmt::format("{:8}", change.missed_b),
                     fmt::format("{:10}", change.invented_a),
                     fmt::format("{:10}", change.invented_b), Count(change.in_reference)});
  }
  out << '\n';
  out << text::TextTable(table);
}

}  // namespace

void PrintEvaluation(const eval::Evaluation& evaluation, const EvalReportOptions& options,
                     std::ostream& out) {
  const eval::EvaluationSettings& settings = evaluation.settings;
  out << fmt::format("{}: {} files of {}, normalizer {}, alignment {}\n\n",
                     text::Printable(settings.system), evaluation.total.files,
                     text::Printable(settings.manifest),
                     eval::NormalizerName(settings.scoring.normalizer),
                     eval::AlignmentCostsName(settings.scoring.costs));
  out << text::TextTable(
      {{"percent", "  rate", "95 % interval", "   sub", "   del", "   ins", "errors", "    of"},
       RateRow("words", evaluation.total.words, evaluation.word_interval),
       RateRow("characters", evaluation.total.characters, evaluation.character_interval)});
  out << fmt::format("intervals: bootstrap over {} {}, {} replicates, seed {}\n",
                     evaluation.num_groups, evaluation.groups_are_speakers ? "speakers" : "files",
                     settings.bootstrap.replicates, settings.bootstrap.seed);
  PrintExtras(evaluation, out);
  PrintGroups("language", evaluation.languages, out);
  PrintGroups("speaker", evaluation.speakers, out);
  PrintWorst(evaluation, options, out);
}

void PrintComparison(const eval::Comparison& comparison, int rows, std::ostream& out) {
  const eval::PairedBootstrap& bootstrap = comparison.bootstrap;
  out << "A: " << text::Printable(comparison.system_a)
      << "\nB: " << text::Printable(comparison.system_b) << "\n\n";
  out << text::TextTable({{"", "   WER", "   CER", "   sub", "   del", "   ins", " words"},
                          GroupRow("A", comparison.words_a, comparison.characters_a),
                          GroupRow("B", comparison.words_b, comparison.characters_b)});
  out << fmt::format(
      "\nB minus A: {:+.2f} points of word error rate, 95 % interval {:+.2f} to {:+.2f}\n",
      100 * bootstrap.difference, 100 * bootstrap.interval.low, 100 * bootstrap.interval.high);
  out << fmt::format("matched pairs (MAPSSWE): p = {:.4f}, z = {:.2f}, {} segments\n",
                     comparison.matched_pairs.p_value, comparison.matched_pairs.z,
                     comparison.matched_pairs.segments);
  out << fmt::format(
      "paired bootstrap over {}: p = {:.4f}, B better with {:.1f} %, {} replicates, seed {}\n",
      comparison.groups_are_speakers ? "speakers" : "files", bootstrap.p_value,
      100 * bootstrap.probability_better, comparison.bootstrap_options.replicates,
      comparison.bootstrap_options.seed);
  out << eval::Verdict(comparison) << '\n';
  out << fmt::format("{} files: {} better in B, {} worse\n", comparison.files,
                     comparison.files_better, comparison.files_worse);
  for (const std::string& note : comparison.notes) out << "note: " << text::Printable(note) << '\n';
  PrintWordChanges("better in B", comparison.better, rows, out);
  PrintWordChanges("worse in B", comparison.worse, rows, out);
  if (comparison.changes.empty() || rows == 0) return;
  Rows table = {{"files that changed", "change", "errors A", "errors B", " words"}};
  for (const eval::FileChange& change : comparison.changes) {
    if (static_cast<int>(table.size()) > rows) break;
    table.push_back({text::Printable(change.id),
                     fmt::format("{:+6}", change.errors_b - change.errors_a),
                     fmt::format("{:8}", change.errors_a), fmt::format("{:8}", change.errors_b),
                     Count(change.reference_words)});
  }
  out << '\n';
  out << text::TextTable(table);
}

}  // namespace ironscribe::cli
