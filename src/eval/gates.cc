#include "eval/gates.h"

#include <fmt/format.h>

#include <utility>

#include "eval/fields.h"

namespace ironscribe::eval {
namespace {

struct MetricName {
  std::string_view name;
  GateMetric metric;
};

constexpr MetricName kMetricNames[] = {
    {"wer", GateMetric::kWer},           {"cer", GateMetric::kCer},
    {"sub", GateMetric::kSubstitutions}, {"del", GateMetric::kDeletions},
    {"ins", GateMetric::kInsertions},    {"ece", GateMetric::kEce},
    {"rtfx", GateMetric::kRtfx},
};

struct ComparisonName {
  std::string_view name;
  GateComparison comparison;
};

// Longer ones first.
constexpr ComparisonName kComparisonNames[] = {
    {">=", GateComparison::kAtLeast},
    {"<=", GateComparison::kAtMost},
    {">", GateComparison::kAbove},
    {"<", GateComparison::kBelow},
};

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

Status Wrong(std::string_view text) {
  return InvalidArgumentError(fmt::format(
      "'{}' is not METRIC > NUMBER with wer, cer, sub, del, ins (percent), ece or rtfx and one of "
      "> >= < <=",
      text));
}

Result<Gate> ParseGate(std::string_view text) {
  const std::string_view whole = Trim(text);
  const size_t sign = whole.find_first_of("<>");
  if (sign == std::string_view::npos) return Wrong(text);
  Gate gate{.text = std::string(whole)};
  bool is_known = false;
  for (const MetricName& known : kMetricNames) {
    if (Trim(whole.substr(0, sign)) != known.name) continue;
    gate.metric = known.metric;
    is_known = true;
  }
  if (!is_known) return Wrong(text);
  for (const ComparisonName& known : kComparisonNames) {
    if (!whole.substr(sign).starts_with(known.name)) continue;
    gate.comparison = known.comparison;
    const auto bound = ParseDecimal(Trim(whole.substr(sign + known.name.size())));
    if (!bound.has_value()) return Wrong(text);
    gate.bound = *bound;
    return gate;
  }
  return Wrong(text);
}

bool IsMet(const Gate& gate, double value) {
  switch (gate.comparison) {
    case GateComparison::kAbove:
      return value > gate.bound;
    case GateComparison::kAtLeast:
      return value >= gate.bound;
    case GateComparison::kBelow:
      return value < gate.bound;
    case GateComparison::kAtMost:
      return value <= gate.bound;
  }
  return true;
}

double PercentOf(int64_t errors, const EditCounts& counts) {
  const int64_t length = counts.reference_length() > 0 ? counts.reference_length() : 1;
  return 100.0 * static_cast<double>(errors) / static_cast<double>(length);
}

}  // namespace

Result<std::vector<Gate>> ParseGates(std::string_view text) {
  std::vector<Gate> gates;
  while (true) {
    const size_t end = text.find(',');
    ASSIGN_OR_RETURN(Gate gate, ParseGate(text.substr(0, end)));
    gates.push_back(std::move(gate));
    if (end == std::string_view::npos) return gates;
    text.remove_prefix(end + 1);
  }
}

std::optional<double> MetricOf(const Evaluation& evaluation, GateMetric metric) {
  const EditCounts& words = evaluation.total.words;
  switch (metric) {
    case GateMetric::kWer:
      return 100 * words.rate();
    case GateMetric::kCer:
      return 100 * evaluation.total.characters.rate();
    case GateMetric::kSubstitutions:
      return PercentOf(words.substitutions, words);
    case GateMetric::kDeletions:
      return PercentOf(words.deletions, words);
    case GateMetric::kInsertions:
      return PercentOf(words.insertions, words);
    case GateMetric::kEce:
      if (!evaluation.calibration.has_value()) return std::nullopt;
      return evaluation.calibration->expected_error;
    case GateMetric::kRtfx:
      if (!evaluation.run_time.has_value()) return std::nullopt;
      return evaluation.run_time->factor();
  }
  return std::nullopt;
}

std::vector<std::string> FailedGates(const std::vector<Gate>& gates, const Evaluation& evaluation) {
  std::vector<std::string> lines;
  for (const Gate& gate : gates) {
    const auto value = MetricOf(evaluation, gate.metric);
    if (!value.has_value()) {
      lines.push_back(fmt::format("{}: cannot be told, {}", gate.text,
                                  gate.metric == GateMetric::kEce
                                      ? "the hypotheses carry no word probabilities"
                                      : "nothing was recognised in this run"));
    } else if (IsMet(gate, *value)) {
      lines.push_back(fmt::format("{}: it is {:.4g}", gate.text, *value));
    }
  }
  return lines;
}

}  // namespace ironscribe::eval
