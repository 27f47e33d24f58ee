#include "accounts/usage_log.h"

#include <chrono>
#include <cstdio>
#include <utility>

namespace ironscribe::accounts {
namespace {

std::string DayOf(int64_t wall_ms) {
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(wall_ms)};
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(time));
  char text[32];
  std::snprintf(text, sizeof(text), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

// "2026-11-23", and a day that there is.
bool IsDay(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int size = 0;
  if (text.size() != 10 ||
      std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &size) != 3 || size != 10) {
    return false;
  }
  return std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month),
                                     std::chrono::day(day))
      .ok();
}

std::string CsvField(const std::string& text) {
  std::string field = text;
  if (!field.empty() && std::string_view("=+-@\t\r").find(field[0]) != std::string_view::npos) {
    field.insert(0, "'");
  }
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char byte : field) {
    quoted += byte;
    if (byte == '"') quoted += byte;
  }
  return quoted + "\"";
}

}  // namespace

void UsageLog::Add(std::string_view key_id, std::string_view model, double audio_seconds,
                   bool is_error) {
  const std::string day = DayOf(database_.NowMs());
  const std::lock_guard lock(mutex_);
  Count& count = counts_[{day, std::string(key_id), std::string(model)}];
  ++count.requests;
  count.audio_seconds += audio_seconds;
  count.errors += is_error ? 1 : 0;
}

Status UsageLog::Flush() {
  const auto database = database_.Lock();
  std::map<std::tuple<std::string, std::string, std::string>, Count> counts;
  {
    const std::lock_guard lock(mutex_);
    counts.swap(counts_);
  }
  if (counts.empty()) return OkStatus();
  const Status status = [&]() -> Status {
    ASSIGN_OR_RETURN(auto transaction, sqlite::Transaction::Begin(*database));
    for (const auto& [place, count] : counts) {
      const auto& [day, key_id, model] = place;
      RETURN_IF_ERROR(database->Run(
          "INSERT INTO usage(day, key_id, model, requests, audio_seconds, errors) "
          "VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
          "requests = requests + excluded.requests, errors = errors + excluded.errors, "
          "audio_seconds = audio_seconds + excluded.audio_seconds",
          day, key_id, model, count.requests, count.audio_seconds, count.errors));
    }
    return transaction.Commit();
  }();
  if (!status.ok()) {
    const std::lock_guard lock(mutex_);
    for (const auto& [place, count] : counts) {
      Count& kept = counts_[place];
      kept.requests += count.requests;
      kept.audio_seconds += count.audio_seconds;
      kept.errors += count.errors;
    }
  }
  return status;
}

Result<std::vector<UsageRow>> UsageLog::Read(const UsageQuery& query) {
  for (const std::string* day : {&query.first_day, &query.last_day}) {
    if (!day->empty() && !IsDay(*day)) {
      return InvalidArgumentError("a day is written like 2026-11-23");
    }
  }
  RETURN_IF_ERROR(Flush());
  const auto database = database_.Lock();
  ASSIGN_OR_RETURN(
      sqlite::Statement row,
      database->Query("SELECT usage.key_id, keys.name, model, day, requests, audio_seconds, errors "
                      "FROM usage LEFT JOIN keys ON keys.id = usage.key_id "
                      "WHERE (?1 = '' OR usage.key_id = ?1) AND (?2 = '' OR day >= ?2) "
                      "AND (?3 = '' OR day <= ?3) ORDER BY day, usage.key_id, model",
                      query.key_id, query.first_day, query.last_day));
  std::vector<UsageRow> rows;
  while (true) {
    ASSIGN_OR_RETURN(const bool has_row, row.Step());
    if (!has_row) return rows;
    rows.push_back({.key_id = row.Text(0),
                    .key_name = row.Text(1),
                    .model = row.Text(2),
                    .day = row.Text(3),
                    .requests = row.Integer(4),
                    .audio_seconds = row.Real(5),
                    .errors = row.Integer(6)});
  }
}

Status UsageLog::RestoreToday(KeyQuotas& quotas) {
  const std::string today = DayOf(database_.NowMs());
  const auto database = database_.Lock();
  ASSIGN_OR_RETURN(
      sqlite::Statement row,
      database->Query("SELECT key_id, sum(audio_seconds) FROM usage WHERE day = ? GROUP BY key_id",
                      today));
  while (true) {
    ASSIGN_OR_RETURN(const bool has_row, row.Step());
    if (!has_row) return OkStatus();
    quotas.AddAudio(row.Text(0), row.Real(1));
  }
}

std::string UsageCsv(const std::vector<UsageRow>& rows) {
  std::string csv = "day,key_id,key_name,model,requests,audio_seconds,errors\r\n";
  for (const UsageRow& row : rows) {
    char numbers[96];
    std::snprintf(numbers, sizeof(numbers), "%lld,%.3f,%lld",
                  static_cast<long long>(row.requests),  // NOLINT: what printf knows
                  row.audio_seconds, static_cast<long long>(row.errors));  // NOLINT
    csv += row.day + "," + CsvField(row.key_id) + "," + CsvField(row.key_name) + "," +
           CsvField(row.model) + "," + numbers + "\r\n";
  }
  return csv;
}

}  // namespace ironscribe::accounts
