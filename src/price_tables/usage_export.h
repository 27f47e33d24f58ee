// What was transcribed, as a server's usage export tells it: CSV with the head
// month,product,model,audio_seconds,requests and a line for each month, product and model. Months
// are YYYY-MM; the product is whatever the server counts by, such as the name of an API key. Fields
// with commas or quotes stand in double quotes (RFC 4180).
#pragma once

#include <string>

#include "base/status.h"
#include "cost/usage.h"

namespace ironscribe::price_tables {

inline constexpr std::string_view kUsageHead = "month,product,model,audio_seconds,requests";
// Bytes of an export: some hundred thousand lines.
inline constexpr uint64_t kMaxUsageBytes = 64 << 20;

struct UsageExport {
  cost::Usage usage;  // The last twelve months; fewer are repeated by their mean.
  int months = 0;     // With data.
  std::string first;  // "2026-01"
  std::string last;
  double requests = 0;
};

// Errors: InvalidArgument with file and line: another head, no month or number, a month without
// data between the first and the last, nothing at all.
Result<UsageExport> ReadUsageExport(const std::string& text, const std::string& file);

}  // namespace ironscribe::price_tables
