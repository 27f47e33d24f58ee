#include "eval/hypothesis_formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "eval/fields.h"
#include "eval/manifest_lines.h"

namespace ironscribe::eval {
namespace {

// Calls line(content) for each line that is text; what it returns becomes a problem.
template <typename Line>
void ForEachTextLine(std::string_view text, std::string_view name, HypothesisSet& set,
                     const Line& line) {
  const Status status = ForEachLine(text, [&](size_t number, std::string_view content) {
    Status broken = CheckLine(content);
    if (broken.ok()) broken = line(content);
    if (!broken.ok()) {
      set.problems.push_back({fmt::format("{}:{}", name, number), broken.message()});
    }
    return OkStatus();
  });
  if (!status.ok()) set.problems.push_back({std::string(name), status.message()});
}

// A part of a text with the time that puts it into order.
struct TimedPart {
  double start_seconds = 0;
  std::string text;
};

using PartsByName = std::map<std::string, std::vector<TimedPart>, std::less<>>;

void Append(std::string_view part, std::string& text) {
  if (part.empty()) return;
  if (!text.empty()) text += ' ';
  text += part;
}

Result<HypothesisWord> ReadCtmWord(const std::vector<std::string_view>& fields) {
  if (fields.size() < 5) {
    return InvalidArgumentError("not 'NAME CHANNEL START DURATION WORD [CONFIDENCE]'");
  }
  const auto start = ParseDecimal(fields[2]);
  const auto duration = ParseDecimal(fields[3]);
  if (!start.has_value() || !duration.has_value() || *start < 0 || *duration < 0) {
    return InvalidArgumentError("start and duration are not times in seconds");
  }
  HypothesisWord word{
      .text = std::string(fields[4]), .start_seconds = *start, .end_seconds = *start + *duration};
  if (fields.size() > 5 && fields[5] != "NA") {
    const auto confidence = ParseDecimal(fields[5]);
    if (!confidence.has_value() || *confidence < 0 || *confidence > 1) {
      return InvalidArgumentError("the confidence is not from 0 to 1");
    }
    word.probability = static_cast<float>(*confidence);
  }
  return word;
}

// Labels such as <o,f0,male> before the text.
std::string_view WithoutLabels(std::string_view text) {
  if (!text.starts_with('<')) return text;
  const size_t end = text.find('>');
  if (end == std::string_view::npos || text.find(' ') < end) return text;
  text.remove_prefix(end + 1);
  const size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

// A new entry for the recording. Errors: it has a text already, and two would count as one.
Result<Hypothesis*> NewHypothesis(std::string_view recording, HypothesisSet& set) {
  const auto [entry, is_new] = set.by_name.try_emplace(std::string(recording));
  if (is_new) return &entry->second;
  return InvalidArgumentError(fmt::format("'{}' has a text already", recording));
}

}  // namespace

void ReadCtm(std::string_view text, std::string_view name, HypothesisSet& set) {
  std::map<std::string, std::vector<HypothesisWord>, std::less<>> words;
  ForEachTextLine(text, name, set, [&](std::string_view line) -> Status {
    const auto fields = SplitFields(line);
    if (fields.empty() || fields[0].starts_with(";;")) return OkStatus();
    if (fields.size() > 4 && fields[4].starts_with("<ALT")) {
      return InvalidArgumentError("alternatives are not supported; write one of them");
    }
    ASSIGN_OR_RETURN(HypothesisWord word, ReadCtmWord(fields));
    words[std::string(fields[0])].push_back(std::move(word));
    return OkStatus();
  });
  for (auto& [recording, list] : words) {
    std::stable_sort(list.begin(), list.end(),
                     [](const HypothesisWord& a, const HypothesisWord& b) {
                       return a.start_seconds < b.start_seconds;
                     });
    const auto hypothesis = NewHypothesis(recording, set);
    if (!hypothesis.ok()) {
      set.problems.push_back({std::string(name), hypothesis.status().message()});
      continue;
    }
    for (const HypothesisWord& word : list) Append(word.text, (*hypothesis)->text);
    (*hypothesis)->words = std::move(list);
  }
}

void ReadStm(std::string_view text, std::string_view name, HypothesisSet& set) {
  PartsByName parts;
  ForEachTextLine(text, name, set, [&](std::string_view line) -> Status {
    const auto fields = SplitFields(line, 6);
    if (fields.empty() || fields[0].starts_with(";;")) return OkStatus();
    const auto start = fields.size() >= 5 ? ParseDecimal(fields[3]) : std::nullopt;
    if (!start.has_value() || !ParseDecimal(fields[4]).has_value()) {
      return InvalidArgumentError("not 'NAME CHANNEL SPEAKER START END [LABELS] TEXT'");
    }
    const std::string_view said = fields.size() > 5 ? fields[5] : std::string_view();
    parts[std::string(fields[0])].push_back({*start, std::string(WithoutLabels(said))});
    return OkStatus();
  });
  for (auto& [recording, list] : parts) {
    std::stable_sort(list.begin(), list.end(), [](const TimedPart& a, const TimedPart& b) {
      return a.start_seconds < b.start_seconds;
    });
    const auto hypothesis = NewHypothesis(recording, set);
    if (!hypothesis.ok()) {
      set.problems.push_back({std::string(name), hypothesis.status().message()});
      continue;
    }
    for (const TimedPart& part : list) {
      if (part.text != "ignore_time_segment_in_scoring") Append(part.text, (*hypothesis)->text);
    }
  }
}

void ReadTrn(std::string_view text, std::string_view name, HypothesisSet& set) {
  ForEachTextLine(text, name, set, [&](std::string_view line) -> Status {
    const size_t end = line.find_last_not_of(" \t");
    const size_t open = line.rfind('(');
    if (end == std::string_view::npos) return OkStatus();
    if (line[end] != ')' || open == std::string_view::npos || open + 1 == end) {
      return InvalidArgumentError("not 'TEXT (NAME)'");
    }
    std::string_view said = line.substr(0, open);
    said = said.substr(0, said.find_last_not_of(" \t") + 1);
    ASSIGN_OR_RETURN(Hypothesis* const hypothesis,
                     NewHypothesis(line.substr(open + 1, end - open - 1), set));
    hypothesis->text = said;
    return OkStatus();
  });
}

void ReadNamedLines(std::string_view text, std::string_view name, HypothesisSet& set) {
  ForEachTextLine(text, name, set, [&](std::string_view line) -> Status {
    const auto fields = SplitFields(line, 2);
    if (fields.empty()) return OkStatus();
    ASSIGN_OR_RETURN(Hypothesis* const hypothesis, NewHypothesis(fields[0], set));
    hypothesis->text = fields.size() > 1 ? fields[1] : std::string_view();
    return OkStatus();
  });
}

}  // namespace ironscribe::eval
