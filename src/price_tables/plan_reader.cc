// A row of 'plans:'.

#include <fmt/format.h>

#include "price_tables/table_readers.h"

namespace ironscribe::price_tables {
namespace {

using cost::AudioMinutes;
using cost::AudioSeconds;
using cost::MinutePrice;
using cost::Money;

constexpr double kMaxMinutes = 1e15;
constexpr double kMaxSeconds = 86'400;

// Prices and volumes of a plan count by minute or by hour of audio.
struct Unit {
  double minutes = 1;
  double rate = 1;

  MinutePrice PriceOf(double amount) const { return MinutePrice(amount * rate / minutes); }
  AudioMinutes VolumeOf(double amount) const { return AudioMinutes(amount * minutes); }
};

Result<Unit> ReadUnit(const YamlNode& node, double rate) {
  ASSIGN_OR_RETURN(const YamlNode per, node.Get("per"));
  ASSIGN_OR_RETURN(const std::string name, per.Text());
  if (name == "minute") return Unit{1, rate};
  if (name == "hour") return Unit{60, rate};
  return per.Error(fmt::format("'{}'; prices are per minute or hour", name));
}

Result<cost::PriceTier> ReadTier(const YamlNode& node, const Unit& unit) {
  RETURN_IF_ERROR(node.CheckKeys({"from", "to", "price"}));
  cost::PriceTier tier;
  ASSIGN_OR_RETURN(const double from, node.GetNumber("from", 0, kMaxMinutes));
  tier.from = unit.VolumeOf(from);
  if (const auto to = node.Find("to"); to.has_value()) {
    ASSIGN_OR_RETURN(const double end, to->Number(0, kMaxMinutes));
    tier.to = unit.VolumeOf(end);
  }
  ASSIGN_OR_RETURN(const double price, node.GetNumber("price", 0, kMaxAmount));
  tier.price = unit.PriceOf(price);
  return tier;
}

Result<cost::CommitmentLevel> ReadLevel(const YamlNode& node, const Unit& unit) {
  RETURN_IF_ERROR(node.CheckKeys({"fee_per_month", "included", "overage"}));
  cost::CommitmentLevel level;
  ASSIGN_OR_RETURN(const double fee, node.GetNumber("fee_per_month", 0, kMaxAmount));
  level.fee_per_month = Money(fee * unit.rate);
  ASSIGN_OR_RETURN(const double included, node.GetNumber("included", 0, kMaxMinutes));
  level.included_per_month = unit.VolumeOf(included);
  ASSIGN_OR_RETURN(const double overage, node.GetNumber("overage", 0, kMaxAmount));
  level.overage = unit.PriceOf(overage);
  return level;
}

Result<cost::BillingRules> ReadBilling(const YamlNode& node) {
  cost::BillingRules billing;
  const auto found = node.Find("billing");
  if (!found.has_value()) return billing;
  RETURN_IF_ERROR(found->CheckKeys({"minimum_seconds", "rounding_seconds", "channels"}));
  ASSIGN_OR_RETURN(const double minimum, found->NumberOr("minimum_seconds", 0, 0, kMaxSeconds));
  billing.minimum_per_request = AudioSeconds(minimum);
  ASSIGN_OR_RETURN(const double rounding, found->NumberOr("rounding_seconds", 0, 0, kMaxSeconds));
  billing.rounding = AudioSeconds(rounding);
  if (const auto channels = found->Find("channels"); channels.has_value()) {
    ASSIGN_OR_RETURN(const size_t choice, channels->Choice({"once", "each"}));
    billing.every_channel = choice == 1;
    billing.channels_known = true;
  }
  return billing;
}

Status ReadAddOns(const YamlNode& node, const Unit& unit, std::vector<cost::AddOn>& add_ons) {
  const auto found = node.Find("add_ons");
  if (!found.has_value()) return OkStatus();
  ASSIGN_OR_RETURN(const std::vector<YamlNode> items, found->Items());
  for (const YamlNode& item : items) {
    RETURN_IF_ERROR(item.CheckKeys({"feature", "price"}));
    cost::AddOn add_on;
    ASSIGN_OR_RETURN(const YamlNode name, item.Get("feature"));
    ASSIGN_OR_RETURN(add_on.feature, ReadFeature(name));
    for (const cost::AddOn& before : add_ons) {
      if (before.feature != add_on.feature) continue;
      return name.Error(
          fmt::format("'{}' stands twice in the add-ons", cost::FeatureName(add_on.feature)));
    }
    ASSIGN_OR_RETURN(const double price, item.GetNumber("price", 0, kMaxAmount));
    add_on.price = unit.PriceOf(price);
    add_ons.push_back(add_on);
  }
  return OkStatus();
}

// The list of tiers or levels, whose positions FindProblem names.
Result<std::vector<YamlNode>> ReadSteps(const YamlNode& node, const Unit& unit,
                                        cost::PricePlan& plan) {
  ASSIGN_OR_RETURN(const YamlNode kind, node.Get("kind"));
  ASSIGN_OR_RETURN(const std::string name, kind.Text());
  if (name == "commitment") {
    plan.kind = cost::PlanKind::kCommitment;
  } else if (name == "graduated" || name == "volume") {
    plan.kind = name == "volume" ? cost::PlanKind::kVolume : cost::PlanKind::kGraduated;
  } else {
    return kind.Error(
        fmt::format("unknown kind '{}'; known are graduated, volume, commitment", name));
  }
  const bool has_levels = plan.kind == cost::PlanKind::kCommitment;
  if (const auto stray = node.Find(has_levels ? "tiers" : "levels"); stray.has_value()) {
    return stray->Error(
        fmt::format("a {} plan has no '{}'", name, has_levels ? "tiers" : "levels"));
  }
  ASSIGN_OR_RETURN(const YamlNode list, node.Get(has_levels ? "levels" : "tiers"));
  ASSIGN_OR_RETURN(std::vector<YamlNode> items, list.Items());
  for (const YamlNode& item : items) {
    if (has_levels) {
      ASSIGN_OR_RETURN(const cost::CommitmentLevel level, ReadLevel(item, unit));
      plan.levels.push_back(level);
    } else {
      ASSIGN_OR_RETURN(const cost::PriceTier tier, ReadTier(item, unit));
      plan.tiers.push_back(tier);
    }
  }
  return items;
}

}  // namespace

Result<cost::PricePlan> ReadPlan(const YamlNode& node, double rate) {
  RETURN_IF_ERROR(node.CheckKeys({"id", "name", "kind", "per", "tiers", "levels", "fixed_per_month",
                                  "billing", "add_ons", "wer", "source", "date", "note"}));
  cost::PricePlan plan;
  ASSIGN_OR_RETURN(plan.id, node.GetText("id"));
  ASSIGN_OR_RETURN(plan.name, node.GetText("name"));
  ASSIGN_OR_RETURN(plan.provenance, ReadProvenance(node));
  ASSIGN_OR_RETURN(const Unit unit, ReadUnit(node, rate));
  ASSIGN_OR_RETURN(const std::vector<YamlNode> steps, ReadSteps(node, unit, plan));
  ASSIGN_OR_RETURN(const double fixed, node.NumberOr("fixed_per_month", 0, 0, kMaxAmount));
  plan.fixed_per_month = Money(fixed * rate);
  ASSIGN_OR_RETURN(plan.billing, ReadBilling(node));
  RETURN_IF_ERROR(ReadAddOns(node, unit, plan.add_ons));
  ASSIGN_OR_RETURN(plan.words, ReadWordErrors(node));
  ASSIGN_OR_RETURN(plan.note, node.TextOr("note", ""));
  if (const auto problem = cost::FindProblem(plan); problem.has_value()) {
    const YamlNode& place =
        problem->position < 0 ? node : steps[static_cast<size_t>(problem->position)];
    return place.Error(fmt::format("{}: {}", plan.id, problem->message));
  }
  return plan;
}

}  // namespace ironscribe::price_tables
