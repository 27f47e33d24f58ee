#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "eval/html_report.h"
#include "html/html_parts.h"
#include "html/html_text.h"

namespace ironscribe::eval {
namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr size_t kMaxRows = 200;

std::string Percent(double rate) { return fmt::format("{:.2f}%", 100 * rate); }

std::string WordTable(std::string_view heading, const std::vector<WordChange>& changes) {
  if (changes.empty()) return "";
  Rows rows = {
      {"Word", "In references", "Missed A", "Missed B", "Invented A", "Invented B", "Change"}};
  for (const WordChange& change : changes) {
    rows.push_back({change.word, std::to_string(change.in_reference),
                    std::to_string(change.missed_a), std::to_string(change.missed_b),
                    std::to_string(change.invented_a), std::to_string(change.invented_b),
                    fmt::format("{:+}", change.change())});
  }
  return fmt::format("<h2>{}</h2>\n{}", heading, html::HtmlTable(rows, kMaxRows));
}

std::string FileTable(const std::vector<FileChange>& changes) {
  if (changes.empty()) return "";
  Rows rows = {{"File", "Words", "Errors A", "Errors B", "Change"}};
  for (const FileChange& change : changes) {
    rows.push_back({change.id, std::to_string(change.reference_words),
                    std::to_string(change.errors_a), std::to_string(change.errors_b),
                    fmt::format("{:+}", change.errors_b - change.errors_a)});
  }
  return "<h2>Files that changed, the largest changes first</h2>\n" +
         html::HtmlTable(rows, kMaxRows);
}

std::string Tiles(const Comparison& comparison) {
  const PairedBootstrap& bootstrap = comparison.bootstrap;
  std::string html = "<div class=\"tiles\">\n";
  html += html::HtmlTile("A: word errors", Percent(comparison.words_a.rate()), comparison.system_a);
  html += html::HtmlTile("B: word errors", Percent(comparison.words_b.rate()), comparison.system_b);
  html += html::HtmlTile("B minus A", fmt::format("{:+.2f}", 100 * bootstrap.difference),
                         fmt::format("95%: {:+.2f} to {:+.2f}", 100 * bootstrap.interval.low,
                                     100 * bootstrap.interval.high));
  html +=
      html::HtmlTile("Matched pairs", fmt::format("p = {:.4f}", comparison.matched_pairs.p_value),
                     fmt::format("{} segments, z = {:.2f}", comparison.matched_pairs.segments,
                                 comparison.matched_pairs.z));
  html += html::HtmlTile("Paired bootstrap", fmt::format("p = {:.4f}", bootstrap.p_value),
                         fmt::format("B better with {:.1f}%", 100 * bootstrap.probability_better));
  html += html::HtmlTile(
      "Files", std::to_string(comparison.files),
      fmt::format("{} better in B, {} worse", comparison.files_better, comparison.files_worse));
  return html + "</div>\n";
}

}  // namespace

std::string WriteHtmlComparison(const Comparison& comparison) {
  std::string body = fmt::format("<h1>{} against {}</h1>\n", html::EscapeHtml(comparison.system_b),
                                 html::EscapeHtml(comparison.system_a));
  body += fmt::format("<p>{}</p>\n", html::EscapeHtml(Verdict(comparison)));
  body += Tiles(comparison);
  for (const std::string& note : comparison.notes) {
    body += fmt::format("<p class=\"dim\">{}</p>\n", html::EscapeHtml(note));
  }
  body += WordTable("Words that became better", comparison.better);
  body += WordTable("Words that became worse", comparison.worse);
  body += FileTable(comparison.changes);
  return html::HtmlPage(comparison.system_b + " against " + comparison.system_a, body);
}

}  // namespace ironscribe::eval
