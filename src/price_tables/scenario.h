// What somebody transcribes and assumes, from a YAML file: volume, lengths, channels, features and
// any parameter of src/cost/parameters.h.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "cost/usage.h"

namespace ironscribe::price_tables {

// Bytes of a scenario or table; those of the project have a few thousand.
inline constexpr uint64_t kMaxScenarioBytes = 1 << 20;

// A name with its place in the file, for messages once it is known what names there are.
struct PlacedName {
  std::string name;
  std::string place;  // "scenario.yaml:12"
};

struct Scenario {
  cost::Usage usage;
  bool has_volume = false;
  std::map<std::string, double> parameters;  // Keys are known, values in range.
  std::vector<PlacedName> plans;             // Empty: all.
  std::vector<PlacedName> hardware;          // Empty: all.
  std::optional<PlacedName> against;
  std::optional<double> own_machines_per_year;
  std::map<std::string, double> exchange;             // Currency to its worth in the report's.
  std::optional<std::array<double, 24>> day_profile;  // Shares of the hours of a day.
};

// Errors: InvalidArgument with file and line: unknown keys, months without data, shares that do not
// sum to 1, numbers out of range.
Result<Scenario> ReadScenario(const std::string& text, const std::string& file);

// 24 shares of the hours of a day from a file of its own: a list.
Result<std::array<double, 24>> ReadDayProfile(const std::string& text, const std::string& file);

}  // namespace ironscribe::price_tables
