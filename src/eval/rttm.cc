#include "eval/rttm.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "eval/fields.h"
#include "eval/manifest_lines.h"

namespace ironscribe::eval {
namespace {

// SPEAKER <file> <channel> <start> <duration> <NA> <NA> <name>
constexpr size_t kSpeakerFields = 8;

Result<SpeakerTurn> ReadTurn(const std::vector<std::string_view>& fields) {
  if (fields.size() < kSpeakerFields) {
    return InvalidArgumentError(fmt::format("{} fields where a SPEAKER line has at least {}",
                                            fields.size(), kSpeakerFields));
  }
  const auto start = ParseDecimal(fields[3]);
  const auto duration = ParseDecimal(fields[4]);
  if (!start.has_value() || !duration.has_value() || *start < 0 || *duration < 0) {
    return InvalidArgumentError("start and duration are not times in seconds");
  }
  return SpeakerTurn{std::string(fields[7]), *start, *start + *duration};
}

}  // namespace

Result<Rttm> ReadRttm(std::string_view text, std::string_view name, std::string_view recording) {
  std::map<std::string, std::vector<SpeakerTurn>, std::less<>> turns;
  size_t first_line = 0;
  const auto read = [&](size_t number, std::string_view line) -> Status {
    RETURN_IF_ERROR(CheckLine(line));
    const auto fields = SplitFields(line);
    if (fields.empty() || fields[0] != "SPEAKER") return OkStatus();
    ASSIGN_OR_RETURN(SpeakerTurn turn, ReadTurn(fields));
    if (turns.empty()) first_line = number;
    turns[std::string(fields[1])].push_back(std::move(turn));
    return OkStatus();
  };
  RETURN_IF_ERROR(ForEachLine(text, [&](size_t number, std::string_view line) {
    return read(number, line).Annotate(fmt::format("{}:{}", name, number));
  }));
  auto found = turns.find(recording);
  std::string note;
  if (found == turns.end() && turns.size() == 1) {
    found = turns.begin();
    note = fmt::format(
        "{}:{}: its turns are of '{}', not of '{}'; taken nevertheless, as it names no other", name,
        first_line, found->first, recording);
  }
  if (found == turns.end()) {
    return InvalidArgumentError(turns.empty()
                                    ? fmt::format("{}: no speaker turns", name)
                                    : fmt::format("{}: has {} recordings, but none named '{}'",
                                                  name, turns.size(), recording));
  }
  std::stable_sort(
      found->second.begin(), found->second.end(),
      [](const SpeakerTurn& a, const SpeakerTurn& b) { return a.start_seconds < b.start_seconds; });
  return Rttm{std::move(found->second), std::move(note)};
}

}  // namespace ironscribe::eval
