#include "price_tables/usage_export.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

namespace ironscribe::price_tables {
namespace {

constexpr double kMaxSeconds = cost::kMaxHoursPerYear.value() * 3600;
constexpr double kMaxRequests = 1e15;

struct Month {
  double seconds = 0;
  double requests = 0;
  int line = 0;
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

Status ReadLine(std::string_view line, int number, const std::string& file,
                std::map<int, Month>& months) {
  const auto fail = [&](std::string_view what) {
    return InvalidArgumentError(fmt::format("{}:{}: {}", file, number, what));
  };
  const auto fields = SplitCsv(line);
  if (!fields.has_value()) return fail("a quote without end");
  if (fields->size() != 5) {
    return fail(fmt::format("{} fields; expected {}", fields->size(), kUsageHead));
  }
  const auto month = ParseMonth((*fields)[0]);
  if (!month.has_value()) return fail("the first field is no month; write YYYY-MM");
  const auto seconds = ParseAmount((*fields)[3], kMaxSeconds);
  if (!seconds.has_value()) return fail("audio_seconds must be a number of at least 0");
  const auto requests = ParseAmount((*fields)[4], kMaxRequests);
  if (!requests.has_value()) return fail("requests must be a number of at least 0");
  if (*seconds > 0 && *requests == 0) return fail("audio without a request");
  Month& sum = months[*month];
  sum.seconds += *seconds;
  sum.requests += *requests;
  sum.line = number;
  return OkStatus();
}

Result<std::map<int, Month>> ReadMonths(std::string_view text, const std::string& file) {
  std::map<int, Month> months;
  int number = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (number == 1) {
      if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
      if (line == kUsageHead) continue;
      return InvalidArgumentError(fmt::format("{}:1: the head must be {}", file, kUsageHead));
    }
    if (line.empty()) continue;
    RETURN_IF_ERROR(ReadLine(line, number, file, months));
  }
  return months;
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
