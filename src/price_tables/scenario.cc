#include "price_tables/scenario.h"

#include <fmt/format.h>

#include <cmath>

#include "base/nearest_names.h"
#include "cost/currency.h"
#include "cost/parameters.h"
#include "price_tables/table_readers.h"
#include "price_tables/yaml_node.h"

namespace ironscribe::price_tables {
namespace {

using cost::AudioHours;
using cost::AudioSeconds;

constexpr double kMaxHours = cost::kMaxHoursPerYear.value();

Status ReadMonths(const YamlNode& node, cost::Usage& usage) {
  ASSIGN_OR_RETURN(const std::vector<YamlNode> items, node.Items());
  for (size_t month = 0; month < items.size() && month < usage.months.size(); ++month) {
    if (items[month].IsNull()) {
      return node.Error(
          fmt::format("month {} is without data; 0 says that there is none", month + 1));
    }
    ASSIGN_OR_RETURN(const double hours, items[month].Number(0, kMaxHours));
    usage.months[month] = AudioHours(hours);
  }
  if (items.size() != usage.months.size()) {
    return node.Error(
        fmt::format("{} months; a year has 12, and months without data are not "
                    "guessed",
                    items.size()));
  }
  return OkStatus();
}

Status ReadClips(const YamlNode& node, cost::Usage& usage) {
  ASSIGN_OR_RETURN(const std::vector<YamlNode> items, node.Items());
  for (const YamlNode& item : items) {
    RETURN_IF_ERROR(item.CheckKeys({"seconds", "share"}));
    ASSIGN_OR_RETURN(const double seconds, item.GetNumber("seconds", 0, 1e9));
    ASSIGN_OR_RETURN(const double share, item.GetNumber("share", 0, 1));
    usage.clips.push_back({AudioSeconds(seconds), share});
  }
  if (const Status status = cost::CheckClips(usage.clips); !status.ok()) {
    return node.Error(status.message());
  }
  return OkStatus();
}

Status ReadVolume(const YamlNode& node, Scenario& scenario) {
  RETURN_IF_ERROR(
      node.CheckKeys({"hours_per_year", "months", "growth_per_year", "clips", "channels"}));
  cost::Usage& usage = scenario.usage;
  const auto year = node.Find("hours_per_year");
  const auto months = node.Find("months");
  if (year.has_value() && months.has_value()) {
    return months->Error("'hours_per_year' and 'months' exclude each other");
  }
  if (year.has_value()) {
    ASSIGN_OR_RETURN(const double hours, year->Number(0, kMaxHours));
    usage.months.fill(AudioHours(hours / cost::kMonthsPerYear));
  }
  if (months.has_value()) RETURN_IF_ERROR(ReadMonths(*months, usage));
  scenario.has_volume = year.has_value() || months.has_value();
  ASSIGN_OR_RETURN(usage.growth_per_year, node.NumberOr("growth_per_year", 0, -0.99, 100));
  ASSIGN_OR_RETURN(usage.channels, node.NumberOr("channels", 1, 1, 64));
  if (const auto clips = node.Find("clips"); clips.has_value()) {
    RETURN_IF_ERROR(ReadClips(*clips, usage));
  }
  if (const Status status = cost::CheckUsage(usage); !status.ok()) {
    return node.Error(status.message());
  }
  return OkStatus();
}

Status ReadParameters(const YamlNode& node, Scenario& scenario) {
  std::vector<std::string> known;
  for (const cost::Parameter& parameter : cost::Parameters()) known.emplace_back(parameter.key);
  ASSIGN_OR_RETURN(const auto entries, node.UniqueEntries());
  for (const auto& [key, value] : entries) {
    const cost::Parameter* parameter = cost::FindParameter(key);
    if (parameter == nullptr) {
      const auto nearest = NearestNames(key, known, 1);
      return value.Error(fmt::format("unknown parameter '{}'{}", key,
                                     nearest.empty()
                                         ? std::string("; `ironscribe cost --help` lists them")
                                         : fmt::format("; did you mean '{}'?", nearest[0])));
    }
    ASSIGN_OR_RETURN(scenario.parameters[key], value.Number(parameter->min, parameter->max));
  }
  return OkStatus();
}

Status ReadNames(const YamlNode& root, const std::string& key, std::vector<PlacedName>& names) {
  const auto node = root.Find(key);
  if (!node.has_value()) return OkStatus();
  ASSIGN_OR_RETURN(const std::vector<YamlNode> items, node->Items());
  for (const YamlNode& item : items) {
    ASSIGN_OR_RETURN(std::string name, item.Text());
    names.push_back({std::move(name), item.Place()});
  }
  return OkStatus();
}

Status ReadExchange(const YamlNode& node, Scenario& scenario) {
  ASSIGN_OR_RETURN(const auto entries, node.UniqueEntries());
  for (const auto& [currency, value] : entries) {
    if (!cost::IsCurrency(currency)) return value.Error("'" + currency + "' is no currency");
    ASSIGN_OR_RETURN(scenario.exchange[currency], value.Number(1e-9, 1e9));
  }
  return OkStatus();
}

Result<std::array<double, 24>> ReadProfile(const YamlNode& node) {
  ASSIGN_OR_RETURN(const std::vector<YamlNode> items, node.Items());
  std::array<double, 24> profile = {};
  if (items.size() != profile.size()) {
    return node.Error(fmt::format("{} hours; a day has 24", items.size()));
  }
  double sum = 0;
  for (size_t hour = 0; hour < profile.size(); ++hour) {
    ASSIGN_OR_RETURN(profile[hour], items[hour].Number(0, 1));
    sum += profile[hour];
  }
  if (std::abs(sum - 1) > cost::kShareTolerance) {
    return node.Error(
        fmt::format("the shares of the hours of the day sum to {:.4g}, not to 1", sum));
  }
  return profile;
}

}  // namespace

Result<Scenario> ReadScenario(const std::string& text, const std::string& file) {
  ASSIGN_OR_RETURN(const YamlNode root, YamlNode::Parse(text, file));
  RETURN_IF_ERROR(root.CheckKeys({"volume", "features", "parameters", "plans", "hardware",
                                  "against", "own_machines_per_year", "exchange", "day_profile"}));
  Scenario scenario;
  if (const auto volume = root.Find("volume"); volume.has_value()) {
    RETURN_IF_ERROR(ReadVolume(*volume, scenario));
  }
  if (const auto features = root.Find("features"); features.has_value()) {
    ASSIGN_OR_RETURN(scenario.usage.features, ReadFeatures(*features));
  }
  if (const auto parameters = root.Find("parameters"); parameters.has_value()) {
    RETURN_IF_ERROR(ReadParameters(*parameters, scenario));
  }
  RETURN_IF_ERROR(ReadNames(root, "plans", scenario.plans));
  RETURN_IF_ERROR(ReadNames(root, "hardware", scenario.hardware));
  if (const auto against = root.Find("against"); against.has_value()) {
    ASSIGN_OR_RETURN(std::string name, against->Text());
    scenario.against = PlacedName{std::move(name), against->Place()};
  }
  if (const auto stated = root.Find("own_machines_per_year"); stated.has_value()) {
    ASSIGN_OR_RETURN(scenario.own_machines_per_year, stated->Number(0, kMaxAmount));
  }
  if (const auto exchange = root.Find("exchange"); exchange.has_value()) {
    RETURN_IF_ERROR(ReadExchange(*exchange, scenario));
  }
  if (const auto profile = root.Find("day_profile"); profile.has_value()) {
    ASSIGN_OR_RETURN(scenario.day_profile, ReadProfile(*profile));
  }
  return scenario;
}

Result<std::array<double, 24>> ReadDayProfile(const std::string& text, const std::string& file) {
  ASSIGN_OR_RETURN(const YamlNode root, YamlNode::Parse(text, file));
  return ReadProfile(root);
}

}  // namespace ironscribe::price_tables
