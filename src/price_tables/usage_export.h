// What was transcribed, as a server's usage export tells it: CSV with a line for each month,
// product and model, or as `ironscribe serve` counts (accounts/usage_log.h): for each day, key and
// model. The product is whatever the server counts by, such as the name of an API key. Fields with
// commas or quotes stand in double quotes (RFC 4180).
#pragma once

#include <string>

#include "base/status.h"
#include "cost/usage.h"

namespace ironscribe::price_tables {

inline constexpr std::string_view kUsageHead = "month,product,model,audio_seconds,requests";
// Of `ironscribe serve`; keys are its products, and requests that failed count as requests.
inline constexpr std::string_view kServerUsageHead =
    "day,key_id,key_name,model,requests,audio_seconds,errors";
// Bytes of an export: some hundred thousand lines.
inline constexpr uint64_t kMaxUsageBytes = 64 << 20;

struct UsageExport {
  cost::Usage usage;  // The last twelve months; fewer are repeated by their mean.
  int months = 0;     // With data.
  std::string first;  // "2026-01"
  std::string last;
  double requests = 0;
  // Of an export by day, the first and last one of the months above: what lies before and behind
  // them in their months was perhaps not exported. Else empty.
  std::string first_day;
  std::string last_day;
};

// Errors: InvalidArgument with file and line: another head, no month, day or number, the same month
// (or day), product and model twice, a month without data between the first and the last, nothing
// at all.
Result<UsageExport> ReadUsageExport(const std::string& text, const std::string& file);

}  // namespace ironscribe::price_tables
