#include "cost/price_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ironscribe::cost {
namespace {

bool IsAmount(double value) { return std::isfinite(value) && value >= 0; }

std::optional<PlanProblem> FindTierProblem(const std::vector<PriceTier>& tiers) {
  if (tiers.empty()) return PlanProblem{-1, "no tiers"};
  AudioMinutes end;
  for (size_t i = 0; i < tiers.size(); ++i) {
    const PriceTier& tier = tiers[i];
    const int position = static_cast<int>(i);
    if (!IsAmount(tier.price.value())) return PlanProblem{position, "a price below 0"};
    if (i > 0 && !tiers[i - 1].to.has_value()) {
      return PlanProblem{position, "this tier overlaps the one before, which has no end"};
    }
    if (tier.from < end) {
      return PlanProblem{position, fmt::format("this tier overlaps the one before: it begins at {} "
                                               "minutes, the other ends at {}",
                                               tier.from.value(), end.value())};
    }
    if (tier.from > end) {
      return PlanProblem{position, fmt::format("a gap: the tiers before end at {} minutes, this "
                                               "one begins at {}",
                                               end.value(), tier.from.value())};
    }
    if (tier.to.has_value() && !(*tier.to > tier.from)) {
      return PlanProblem{position, "a tier must end above its beginning"};
    }
    end = tier.to.value_or(end);
  }
  if (tiers.back().to.has_value()) {
    return PlanProblem{static_cast<int>(tiers.size()) - 1,
                       "the last tier ends; what is above has no price"};
  }
  return std::nullopt;
}

std::optional<PlanProblem> FindLevelProblem(const std::vector<CommitmentLevel>& levels) {
  if (levels.empty()) return PlanProblem{-1, "no commitment levels"};
  for (size_t i = 0; i < levels.size(); ++i) {
    const CommitmentLevel& level = levels[i];
    const int position = static_cast<int>(i);
    if (!IsAmount(level.fee_per_month.value()) || !IsAmount(level.overage.value()) ||
        !IsAmount(level.included_per_month.value())) {
      return PlanProblem{position, "fee, included audio and overage must not be below 0"};
    }
    if (i > 0 && !(level.included_per_month > levels[i - 1].included_per_month)) {
      return PlanProblem{position, "levels must include more and more audio"};
    }
  }
  return std::nullopt;
}

Money GraduatedBill(const std::vector<PriceTier>& tiers, AudioMinutes minutes) {
  Money bill;
  for (const PriceTier& tier : tiers) {
    if (minutes <= tier.from) break;
    const AudioMinutes end = tier.to.has_value() ? std::min(*tier.to, minutes) : minutes;
    bill += tier.price * (end - tier.from);
  }
  return bill;
}

Money VolumeBill(const std::vector<PriceTier>& tiers, AudioMinutes minutes) {
  for (const PriceTier& tier : tiers) {
    if (!tier.to.has_value() || minutes < *tier.to) return tier.price * minutes;
  }
  return Money();
}

Money LevelBill(const CommitmentLevel& level, AudioMinutes minutes) {
  const AudioMinutes above = std::max(AudioMinutes(), minutes - level.included_per_month);
  return level.fee_per_month + level.overage * above;
}

// From which volume on `next`, whose fee is higher, costs no more than `level`: where that one's
// overage has grown to the difference. Nothing when it never does.
std::optional<AudioMinutes> CrossingOf(const CommitmentLevel& level, const CommitmentLevel& next) {
  const Money extra = next.fee_per_month - level.fee_per_month;
  if (!(extra > Money()) || !(level.overage.value() > 0)) return std::nullopt;
  const AudioMinutes within =
      level.included_per_month + AudioMinutes(extra.value() / level.overage.value());
  if (within <= next.included_per_month) return within;
  // Both pay for what is above: two lines, which meet when the next one is the flatter.
  const double gain = level.overage.value() - next.overage.value();
  if (!(gain > 0)) return std::nullopt;
  const Money difference =
      extra + level.overage * level.included_per_month - next.overage * next.included_per_month;
  return AudioMinutes(difference.value() / gain);
}

void AddLevelJumps(const PricePlan& plan, std::vector<Jump>& jumps) {
  const CommitmentLevel& first = plan.levels[0];
  jumps.push_back({AudioMinutes(), Money(), plan.fixed_per_month + first.fee_per_month,
                   "due each month without any audio"});
  for (size_t i = 1; i < plan.levels.size(); ++i) {
    const auto from = CrossingOf(plan.levels[i - 1], plan.levels[i]);
    if (!from.has_value()) continue;
    jumps.push_back(
        {*from, MonthlyBill(plan, *from, i - 1), MonthlyBill(plan, *from, i),
         fmt::format("level {} is cheaper from here; its fee is due used or not", i + 1)});
  }
}

}  // namespace

std::string_view KnowledgeName(Knowledge knowledge) {
  switch (knowledge) {
    case Knowledge::kUnknown:
      return "unknown";
    case Knowledge::kPublished:
      return "published";
    case Knowledge::kMeasured:
      return "measured";
  }
  return "";
}

std::optional<PlanProblem> FindProblem(const PricePlan& plan) {
  if (plan.provenance.source.empty()) return PlanProblem{-1, "a price without source"};
  if (plan.provenance.date.empty()) return PlanProblem{-1, "a price without date"};
  if (!IsAmount(plan.fixed_per_month.value())) return PlanProblem{-1, "a fixed part below 0"};
  if (!IsAmount(plan.billing.minimum_per_request.value()) ||
      !IsAmount(plan.billing.rounding.value())) {
    return PlanProblem{-1, "minimum and rounding must not be below 0"};
  }
  for (const AddOn& add_on : plan.add_ons) {
    if (!IsAmount(add_on.price.value())) return PlanProblem{-1, "an add-on's price below 0"};
  }
  return plan.kind == PlanKind::kCommitment ? FindLevelProblem(plan.levels)
                                            : FindTierProblem(plan.tiers);
}

double BilledShare(const BillingRules& billing, const Usage& usage) {
  double share = 1;
  if (!usage.clips.empty()) {
    double billed = 0;
    double real = 0;
    const double rounding = billing.rounding.value();
    for (const ClipLength& clip : usage.clips) {
      double seconds = clip.length.value();
      real += clip.share * seconds;
      // A length that is a multiple but for rounding of the number must not become the next one.
      if (rounding > 0) seconds = std::ceil(seconds / rounding - 1e-9) * rounding;
      billed += clip.share * std::max(seconds, billing.minimum_per_request.value());
    }
    share = billed / real;
  }
  return billing.every_channel ? share * usage.channels : share;
}

Money MonthlyBill(const PricePlan& plan, AudioMinutes minutes, size_t level) {
  switch (plan.kind) {
    case PlanKind::kGraduated:
      return plan.fixed_per_month + GraduatedBill(plan.tiers, minutes);
    case PlanKind::kVolume:
      return plan.fixed_per_month + VolumeBill(plan.tiers, minutes);
    case PlanKind::kCommitment:
      return plan.fixed_per_month + LevelBill(plan.levels[level], minutes);
  }
  return Money();
}

YearBill BillYear(const PricePlan& plan, const Usage& usage) {
  YearBill bill;
  const double share = BilledShare(plan.billing, usage);
  const size_t levels = plan.kind == PlanKind::kCommitment ? plan.levels.size() : 1;
  for (size_t level = 0; level < levels; ++level) {
    Money year;
    for (const AudioHours month : usage.months) {
      year += MonthlyBill(plan, MinutesOf(month) * share, level);
    }
    if (level == 0 || year < bill.audio) {
      bill.audio = year;
      bill.level = level;
    }
  }
  for (const Feature feature : usage.features) {
    const auto sold = std::find_if(plan.add_ons.begin(), plan.add_ons.end(),
                                   [&](const AddOn& one) { return one.feature == feature; });
    if (sold == plan.add_ons.end()) {
      bill.missing.push_back(feature);
    } else {
      bill.add_ons += sold->price * (MinutesOf(usage.year()) * share);
    }
  }
  return bill;
}

MinutePrice FlatPrice(const PricePlan& plan) {
  return plan.kind == PlanKind::kCommitment ? plan.levels[0].overage : plan.tiers[0].price;
}

Money FlatBill(const PricePlan& plan, const Usage& usage) {
  return FlatPrice(plan) * (MinutesOf(usage.year()) * BilledShare(plan.billing, usage));
}

std::vector<Jump> JumpsOf(const PricePlan& plan) {
  std::vector<Jump> jumps;
  if (plan.kind == PlanKind::kCommitment) {
    AddLevelJumps(plan, jumps);
  } else if (plan.kind == PlanKind::kVolume) {
    for (size_t i = 1; i < plan.tiers.size(); ++i) {
      const AudioMinutes at = plan.tiers[i].from;
      jumps.push_back({at, plan.fixed_per_month + plan.tiers[i - 1].price * at,
                       MonthlyBill(plan, at), "the lower price counts for all minutes"});
    }
  }
  return jumps;
}

}  // namespace ironscribe::cost
