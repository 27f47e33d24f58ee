#include "eval/html_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>
#include <vector>

#include "eval/result_json.h"
#include "eval/svg_plots.h"
#include "eval/units.h"
#include "html/html_parts.h"
#include "html/html_text.h"

namespace ironscribe::eval {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// A page stays below a few megabytes; the JSON result has everything.
constexpr size_t kMaxRows = 500;
constexpr size_t kMaxBars = 30;
constexpr size_t kMaxAlignments = 100;
constexpr size_t kMaxAlignedWords = 40'000;

std::string Percent(double rate) { return fmt::format("{:.2f}%", 100 * rate); }

std::string Share(int64_t errors, const EditCounts& counts) {
  return Percent(counts.share(errors));
}

std::string Between(const Interval& interval) {
  return fmt::format("95%: {:.2f} to {:.2f}", 100 * interval.low, 100 * interval.high);
}

std::string Tiles(const Evaluation& evaluation) {
  const EditCounts& words = evaluation.total.words;
  std::string html = "<div class=\"tiles\">\n";
  html +=
      html::HtmlTile("Word error rate", Percent(words.rate()), Between(evaluation.word_interval));
  html += html::HtmlTile("Character error rate", Percent(evaluation.total.characters.rate()),
                         Between(evaluation.character_interval));
  html += html::HtmlTile("Substitutions", Share(words.substitutions, words),
                         fmt::format("{} words", words.substitutions));
  html += html::HtmlTile("Deletions", Share(words.deletions, words),
                         fmt::format("{} words", words.deletions));
  html += html::HtmlTile("Insertions", Share(words.insertions, words),
                         fmt::format("{} words", words.insertions));
  if (evaluation.times.has_value()) {
    html +=
        html::HtmlTile("Word starts, median error",
                       fmt::format("{:.0f} ms", 1000 * evaluation.times->median_seconds),
                       fmt::format("p90 {:.0f} ms, {} words", 1000 * evaluation.times->p90_seconds,
                                   evaluation.times->words));
  }
  if (evaluation.calibration.has_value()) {
    html += html::HtmlTile("Calibration error",
                           fmt::format("{:.3f}", evaluation.calibration->expected_error),
                           fmt::format("{} words in {} bins", evaluation.calibration->words,
                                       evaluation.calibration->bins.size()));
  }
  if (evaluation.words_outside_turns >= 0) {
    html += html::HtmlTile("Words outside speech", std::to_string(evaluation.words_outside_turns),
                           "where no turn of the RTTM is");
  }
  if (evaluation.run_time.has_value()) {
    html += html::HtmlTile(
        "Speed", fmt::format("{:.1f}x", evaluation.run_time->factor()),
        fmt::format("{:.0f} s of audio in {:.1f} s", evaluation.run_time->audio_seconds,
                    evaluation.run_time->wall_seconds));
  }
  return html + "</div>\n";
}

// What the colours mean, in bars and alignments alike.
constexpr std::string_view kColorKey =
    "<span class=\"p s\">substituted</span><span class=\"p d\">deleted</span><span class=\"p i\">"
    "inserted</span>";

// Groups are worth a table when there is more than one.
bool IsGrouped(const std::vector<GroupScore>& groups) { return groups.size() > 1; }

std::string Plots(const Evaluation& evaluation) {
  std::string html = fmt::format("<p class=\"dim key\">{}</p>\n", kColorKey);
  html += "<div class=\"plots\">\n";
  if (IsGrouped(evaluation.speakers)) {
    html += html::HtmlFigure("Errors by speaker", ErrorBars(evaluation.speakers, kMaxBars));
  }
  if (IsGrouped(evaluation.languages)) {
    html += html::HtmlFigure("Errors by language", ErrorBars(evaluation.languages, kMaxBars));
  }
  html += html::HtmlFigure("Files by error rate", RateHistogram(evaluation.utterances));
  if (evaluation.calibration.has_value()) {
    html += html::HtmlFigure("Reliability of word probabilities",
                             ReliabilityPlot(*evaluation.calibration));
  }
  if (evaluation.times.has_value()) {
    html +=
        html::HtmlFigure("Word starts within", TimeErrorCurve(evaluation.times->errors_seconds));
  }
  return html + "</div>\n";
}

std::vector<std::string> RowOf(std::string name, int64_t files, const EditCounts& words,
                               const EditCounts& characters) {
  return {std::move(name),
          std::to_string(files),
          std::to_string(words.reference_length()),
          Percent(words.rate()),
          Percent(characters.rate()),
          std::to_string(words.substitutions),
          std::to_string(words.deletions),
          std::to_string(words.insertions)};
}

std::string GroupTable(std::string_view name, const std::vector<GroupScore>& groups) {
  if (!IsGrouped(groups)) return "";
  Rows rows = {{std::string(name), "Files", "Words", "WER", "CER", "Sub", "Del", "Ins"}};
  for (const GroupScore& group : groups) {
    rows.push_back(RowOf(group.name.empty() ? "(none)" : group.name, group.files, group.words,
                         group.characters));
  }
  return fmt::format("<h2>{}s</h2>\n{}", html::EscapeHtml(name), html::HtmlTable(rows, kMaxRows));
}

std::string FileTable(const Evaluation& evaluation, const std::vector<size_t>& order) {
  Rows rows = {{"File", "Words", "WER", "CER", "Sub", "Del", "Ins"}};
  for (const size_t position : order) {
    const ScoredUtterance& utterance = evaluation.utterances[position];
    std::vector<std::string> row = RowOf(utterance.id, 1, utterance.words, utterance.characters);
    row.erase(row.begin() + 1);
    rows.push_back(std::move(row));
  }
  return "<h2>Files with errors, worst first</h2>\n" + html::HtmlTable(rows, kMaxRows);
}

std::string_view StyleOf(EditKind kind) {
  switch (kind) {
    case EditKind::kHit:
      return "p";
    case EditKind::kSubstitution:
      return "p s";
    case EditKind::kDeletion:
      return "p d";
    case EditKind::kInsertion:
      return "p i";
  }
  return "p";
}

// What is right stands once, errors as reference above hypothesis.
std::string AlignedText(const ScoredUtterance& utterance) {
  const auto& words = utterance.reference.empty() ? utterance.hypothesis : utterance.reference;
  const bool is_right_to_left =
      std::any_of(words.begin(), words.end(), [](const auto& word) { return IsRightToLeft(word); });
  std::string html =
      fmt::format("<div class=\"text\" dir=\"{}\">", is_right_to_left ? "rtl" : "ltr");
  for (const Edit& edit : utterance.edits) {
    html += fmt::format("<span class=\"{}\">", StyleOf(edit.kind));
    const bool has_reference = edit.kind != EditKind::kInsertion;
    const bool has_hypothesis = edit.kind != EditKind::kDeletion && edit.kind != EditKind::kHit;
    html += fmt::format("<bdi>{}</bdi>",
                        has_reference ? html::EscapeHtml(utterance.reference[edit.reference]) : "");
    if (has_hypothesis) {
      html += fmt::format("<bdi>{}</bdi>", html::EscapeHtml(utterance.hypothesis[edit.hypothesis]));
    }
    html += "</span>";
  }
  return html + "</div>";
}

std::string Alignments(const Evaluation& evaluation, const std::vector<size_t>& order) {
  std::string html = fmt::format(
      "<h2>Alignments of the worst files</h2>\n<p class=\"dim key\">Reference above, hypothesis "
      "below: {}</p>\n",
      kColorKey);
  size_t words = 0;
  size_t shown = 0;
  for (const size_t position : order) {
    const ScoredUtterance& utterance = evaluation.utterances[position];
    words += utterance.edits.size();
    if (shown == kMaxAlignments || words > kMaxAlignedWords) break;
    html += fmt::format(
        "<details{}><summary><bdi>{}</bdi> <span class=\"dim\">{} of {} words "
        "wrong</span></summary>{}</details>\n",
        shown < 3 ? " open" : "", html::EscapeHtml(utterance.id), utterance.words.errors(),
        utterance.words.reference_length(), AlignedText(utterance));
    ++shown;
  }
  if (shown < order.size()) {
    html +=
        fmt::format("<p class=\"dim\">{} more are in the JSON result.</p>\n", order.size() - shown);
  }
  return html;
}

std::string Problems(const std::vector<Problem>& problems) {
  if (problems.empty()) return "";
  Rows rows = {{"Where", "What"}};
  for (const Problem& problem : problems) rows.push_back({problem.place, problem.message});
  return "<h2>Left out, and worth knowing</h2>\n" + html::HtmlTable(rows, kMaxRows);
}

std::string Head(const Evaluation& evaluation) {
  const EvaluationSettings& settings = evaluation.settings;
  return fmt::format(
      "<h1>{}</h1>\n<p class=\"dim\">{}: {} files, {} words, {} characters. Normalizer {}, "
      "alignment {}. Intervals: bootstrap over {} {}, {} replicates, seed {}.</p>\n",
      html::EscapeHtml(settings.system), html::EscapeHtml(settings.manifest),
      evaluation.total.files, evaluation.total.words.reference_length(),
      evaluation.total.characters.reference_length(), NormalizerName(settings.scoring.normalizer),
      AlignmentCostsName(settings.scoring.costs), evaluation.num_groups,
      evaluation.groups_are_speakers ? "speakers" : "files", settings.bootstrap.replicates,
      settings.bootstrap.seed);
}

}  // namespace

std::string WriteHtmlReport(const Evaluation& evaluation) {
  const std::vector<size_t> order = WorstUtterances(evaluation, evaluation.utterances.size());
  std::string body = Head(evaluation) + Tiles(evaluation) + Plots(evaluation);
  body += GroupTable("Language", evaluation.languages);
  body += GroupTable("Speaker", evaluation.speakers);
  if (!order.empty()) body += FileTable(evaluation, order) + Alignments(evaluation, order);
  body += Problems(evaluation.problems);
  return html::HtmlPage(evaluation.settings.system + " - word error rate", body);
}

}  // namespace ironscribe::eval
