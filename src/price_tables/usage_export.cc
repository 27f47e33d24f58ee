#include "price_tables/usage_export.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "price_tables/price_tables.h"

namespace ironscribe::price_tables {
namespace {

constexpr double kMaxSeconds = cost::kMaxHoursPerYear.value() * 3600;
constexpr double kMaxRequests = 1e15;

struct Month {
  double seconds = 0;
  double requests = 0;
  int line = 0;
  std::string first_day = {};  // Of an export by day.
  std::string last_day = {};
};

// Where the fields of a line stand.
struct Columns {
  std::string_view head;
  size_t count;
  size_t product;
  size_t model;
  size_t seconds;
  size_t requests;
  bool by_day;
};
constexpr Columns kColumns[] = {
    {kUsageHead, 5, 1, 2, 3, 4, false},
    {kServerUsageHead, 7, 1, 3, 5, 4, true},
};

struct Lines {
  const Columns* columns = nullptr;
  std::map<int, Month> months = {};
  std::map<std::tuple<std::string, std::string, std::string>, int> seen = {};  // To their line.
};

// Nothing when a quote has no end.
std::optional<std::vector<std::string>> SplitCsv(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += line[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  if (quoted) return std::nullopt;
  return fields;
}

// Months since the year 0.
std::optional<int> ParseMonth(std::string_view text) {
  int year = 0;
  int month = 0;
  const auto part = [](std::string_view digits, int& value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size();
  };
  if (text.size() != 7 || text[4] != '-' || !part(text.substr(0, 4), year) ||
      !part(text.substr(5), month) || month < 1 || month > 12 || year < 1) {
    return std::nullopt;
  }
  return year * 12 + month - 1;
}

std::string MonthName(int month) { return fmt::format("{:04}-{:02}", month / 12, month % 12 + 1); }

std::optional<double> ParseAmount(std::string_view text, double max) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= 0) || value > max) {
    return std::nullopt;
  }
  return value;
}

// Month of the first field; nothing when it is none.
std::optional<int> MonthOf(const std::string& field, const Columns& columns) {
  if (!columns.by_day) return ParseMonth(field);
  if (field.size() != 10 || !DayNumber(field).ok()) return std::nullopt;
  return ParseMonth(std::string_view(field).substr(0, 7));
}

void Sum(const std::string& day, double seconds, double requests, int number, Month& month) {
  month.seconds += seconds;
  month.requests += requests;
  month.line = number;
  if (month.first_day.empty() || day < month.first_day) month.first_day = day;
  month.last_day = std::max(month.last_day, day);
}

Status ReadLine(std::string_view line, int number, const std::string& file, Lines& lines) {
  const auto fail = [&](std::string_view what) {
    return InvalidArgumentError(fmt::format("{}:{}: {}", file, number, what));
  };
  const Columns& columns = *lines.columns;
  const auto fields = SplitCsv(line);
  if (!fields.has_value()) return fail("a quote without end");
  if (fields->size() != columns.count) {
    return fail(fmt::format("{} fields; expected {}", fields->size(), columns.head));
  }
  const std::string& when = (*fields)[0];
  const auto month = MonthOf(when, columns);
  if (!month.has_value()) {
    return fail(columns.by_day ? "the first field is no day; write YYYY-MM-DD"
                               : "the first field is no month; write YYYY-MM");
  }
  const auto seconds = ParseAmount((*fields)[columns.seconds], kMaxSeconds);
  if (!seconds.has_value()) return fail("audio_seconds must be a number of at least 0");
  const auto requests = ParseAmount((*fields)[columns.requests], kMaxRequests);
  if (!requests.has_value()) return fail("requests must be a number of at least 0");
  if (*seconds > 0 && *requests == 0) return fail("audio without a request");
  const std::string& product = (*fields)[columns.product];
  const std::string& model = (*fields)[columns.model];
  const auto [place, is_new] = lines.seen.try_emplace({when, product, model}, number);
  if (!is_new) {
    return fail(
        fmt::format("{} of '{}' and '{}' stands in line {} already; its audio would count "
                    "twice",
                    when, product, model, place->second));
  }
  Sum(columns.by_day ? when : "", *seconds, *requests, number, lines.months[*month]);
  return OkStatus();
}

const Columns* FindColumns(std::string_view head) {
  for (const Columns& columns : kColumns) {
    if (columns.head == head) return &columns;
  }
  return nullptr;
}

Result<std::map<int, Month>> ReadMonths(std::string_view text, const std::string& file) {
  Lines lines;
  int number = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (number == 1) {
      if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
      lines.columns = FindColumns(line);
      if (lines.columns != nullptr) continue;
      return InvalidArgumentError(fmt::format("{}:1: the head must be {}, or that of a server: {}",
                                              file, kUsageHead, kServerUsageHead));
    }
    if (line.empty()) continue;
    RETURN_IF_ERROR(ReadLine(line, number, file, lines));
  }
  return std::move(lines.months);
}

}  // namespace

Result<UsageExport> ReadUsageExport(const std::string& text, const std::string& file) {
  ASSIGN_OR_RETURN(const auto months, ReadMonths(text, file));
  if (months.empty()) return InvalidArgumentError(fmt::format("{}:1: no usage at all", file));
  UsageExport result;
  double seconds = 0;
  int before = months.begin()->first - 1;
  const int first = std::max(months.begin()->first, months.rbegin()->first - 11);
  std::vector<cost::AudioHours> hours;
  for (const auto& [month, sum] : months) {
    if (month != before + 1) {
      return InvalidArgumentError(
          fmt::format("{}:{}: {} is without data; a month with nothing needs a line with 0 seconds",
                      file, sum.line, MonthName(before + 1)));
    }
    before = month;
    if (month < first) continue;
    hours.push_back(cost::HoursOf(cost::AudioSeconds(sum.seconds)));
    seconds += sum.seconds;
    result.requests += sum.requests;
  }
  result.months = static_cast<int>(hours.size());
  result.first = MonthName(first);
  result.last = MonthName(before);
  result.first_day = months.at(first).first_day;
  result.last_day = months.rbegin()->second.last_day;
  const cost::AudioHours mean =
      cost::HoursOf(cost::AudioSeconds(seconds)) / static_cast<double>(hours.size());
  for (size_t i = 0; i < result.usage.months.size(); ++i) {
    result.usage.months[i] = i < hours.size() ? hours[i] : mean;
  }
  if (result.requests > 0 && seconds > 0) {
    result.usage.clips = {{cost::AudioSeconds(seconds / result.requests), 1}};
  }
  if (const Status status = cost::CheckUsage(result.usage); !status.ok()) {
    return status.Annotate(file);
  }
  return result;
}

}  // namespace ironscribe::price_tables
