#include "cost/uncertainty.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/random.h"
#include "cost/parameters.h"

namespace ironscribe::cost {
namespace {

constexpr double kNormal95 = 1.96;
// A speed may be drawn far down; it never becomes nothing.
constexpr double kMinSpeedShare = 0.05;

double Triangular(Random& random, double low, double top, double high) {
  const double u = random.NextUnit();
  if (!(high > low)) return top;
  const double cut = (top - low) / (high - low);
  return u < cut ? low + std::sqrt(u * (high - low) * (top - low))
                 : high - std::sqrt((1 - u) * (high - low) * (high - top));
}

// G. E. P. Box and M. E. Muller, 1958.
double Normal(Random& random) {
  const double radius = std::sqrt(-2 * std::log(1 - random.NextUnit()));
  return radius * std::cos(2 * std::numbers::pi * random.NextUnit());
}

Assumptions Draw(Random& random, const Assumptions& center) {
  Assumptions drawn = center;
  for (const Parameter& parameter : Parameters()) {
    if (!parameter.is_uncertain()) continue;
    parameter.set(drawn, Triangular(random, parameter.low(center), parameter.get(center),
                                    parameter.high(center)));
  }
  return drawn;
}

// Equal months of a plan are billed once: that is most of the work of a draw.
class PreparedPlan {
 public:
  PreparedPlan(const PricePlan& plan, const Usage& usage) : plan_(plan) {
    const double share = BilledShare(plan.billing, usage);
    for (const AudioHours month : usage.months) {
      const AudioMinutes minutes = MinutesOf(month) * share;
      if (months_.empty() || months_.back().minutes != minutes) months_.push_back({minutes, 0});
      ++months_.back().count;
    }
    add_ons_ = BillYear(plan, usage).add_ons;
  }

  Money Bill(double volume) const {
    const size_t levels = plan_.kind == PlanKind::kCommitment ? plan_.levels.size() : 1;
    Money best;
    for (size_t level = 0; level < levels; ++level) {
      Money year;
      for (const Month& month : months_) {
        year += MonthlyBill(plan_, month.minutes * volume, level) * month.count;
      }
      if (level == 0 || year < best) best = year;
    }
    return best + add_ons_ * volume;
  }

 private:
  struct Month {
    AudioMinutes minutes;
    int count;
  };
  const PricePlan& plan_;
  std::vector<Month> months_;
  Money add_ons_;
};

class Drawer {
 public:
  Drawer(const Case& one, const Comparison& comparison) : one_(one), comparison_(comparison) {
    for (const PricePlan& plan : one.plans) plans_.emplace_back(plan, one.usage);
    bare_.months = one.usage.months;
    bare_.channels = one.usage.channels;
  }

  // The totals of all rows for one draw.
  void Fill(const Assumptions& drawn, double speed_z, std::vector<Money>& totals) const {
    const Usage usage = Scaled(bare_, drawn.volume_change);
    const AudioHours hours = usage.year();
    const Money egress = drawn.egress * (drawn.sent_per_hour * hours.value());
    const size_t num_plans = plans_.size();
    for (size_t i = 0; i < num_plans; ++i) {
      totals[i] = plans_[i].Bill(drawn.volume_change) * drawn.price_change + egress;
    }
    for (size_t i = 0; i < one_.setups.size(); ++i) {
      totals[num_plans + i] = BillSetup(one_.setups[i], usage, drawn, speed_z);
    }
    for (size_t i = 0; i < totals.size(); ++i) {
      totals[i] += CorrectionCost(comparison_.rows[i].words, comparison_.best_errors, hours, drawn);
    }
  }

 private:
  static Money BillSetup(const OwnSetup& setup, const Usage& usage, const Assumptions& drawn,
                         double speed_z) {
    if (setup.stated_machines.has_value()) {
      return OwnOverhead(usage, drawn).total() +
             *setup.stated_machines * drawn.machine_price_change;
    }
    const ModelSpeed& speed = setup.speed;
    Assumptions own = drawn;
    const double spread =
        (speed.high.value() - speed.low.value()) / (2 * kNormal95 * speed.speed.value());
    own.speed_change *= std::max(kMinSpeedShare, 1 + spread * speed_z);
    return BillOwnYear(setup.hardware, setup.offer, speed, usage, own).total();
  }

  const Case& one_;
  const Comparison& comparison_;
  std::vector<PreparedPlan> plans_;
  Usage bare_;
};

Percentiles PercentilesOf(std::vector<float>& values) {
  const auto at = [&](double share) {
    const auto position =
        static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + position, values.end());
    return Money(values[static_cast<size_t>(position)]);
  };
  return {at(0.1), at(0.5), at(0.9)};
}

// Who is cheapest in a draw, among those that may be compared.
struct Winners {
  std::optional<size_t> cloud;
  std::optional<size_t> own;
};
Winners WinnersOf(const std::vector<Row>& rows, const std::vector<Money>& totals) {
  Winners winners;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].comparable) continue;
    std::optional<size_t>& best = rows[i].is_own ? winners.own : winners.cloud;
    if (!best.has_value() || totals[i] < totals[*best]) best = i;
  }
  return winners;
}

}  // namespace

MonteCarloResult DrawCosts(const Case& one, const Comparison& comparison,
                           const MonteCarloOptions& options) {
  const size_t num_rows = NumRows(one);
  const Drawer drawer(one, comparison);
  Random random(options.seed);
  const auto draws = static_cast<size_t>(options.draws);
  std::vector<std::vector<float>> values(num_rows, std::vector<float>(draws));
  std::vector<float> savings;
  std::vector<int> wins(num_rows, 0);
  std::vector<Money> totals(num_rows);
  int own_cheaper = 0;
  for (size_t draw = 0; draw < draws; ++draw) {
    const Assumptions drawn = Draw(random, one.assumptions);
    drawer.Fill(drawn, Normal(random), totals);
    for (size_t i = 0; i < num_rows; ++i) values[i][draw] = static_cast<float>(totals[i].value());
    const Winners winners = WinnersOf(comparison.rows, totals);
    const bool own_wins =
        winners.own.has_value() &&
        (!winners.cloud.has_value() || totals[*winners.own] < totals[*winners.cloud]);
    if (own_wins) {
      ++wins[*winners.own];
      ++own_cheaper;
    } else if (winners.cloud.has_value()) {
      ++wins[*winners.cloud];
    }
    if (winners.own.has_value() && winners.cloud.has_value()) {
      savings.push_back(
          static_cast<float>((totals[*winners.cloud] - totals[*winners.own]).value()));
    }
  }
  MonteCarloResult result{.options = options};
  for (size_t i = 0; i < num_rows; ++i) {
    result.rows.push_back(PercentilesOf(values[i]));
    result.share_cheapest.push_back(static_cast<double>(wins[i]) / options.draws);
  }
  if (!savings.empty()) result.saving = PercentilesOf(savings);
  result.share_own_cheaper = static_cast<double>(own_cheaper) / options.draws;
  return result;
}

std::vector<Swing> TornadoOf(const Case& one, const Comparison& comparison, size_t plan,
                             size_t own) {
  const auto saving = [&](const Assumptions& assumptions) {
    const auto cost = [&](size_t row) {
      return CostOfRow(one, row, assumptions.volume_change, assumptions, comparison.best_errors);
    };
    return cost(plan) - cost(own);
  };
  std::vector<Swing> swings;
  for (const Parameter& parameter : Parameters()) {
    if (!parameter.is_uncertain()) continue;
    Swing swing{.key = parameter.key,
                .low = parameter.low(one.assumptions),
                .high = parameter.high(one.assumptions)};
    Assumptions changed = one.assumptions;
    parameter.set(changed, swing.low);
    swing.saving_at_low = saving(changed);
    parameter.set(changed, swing.high);
    swing.saving_at_high = saving(changed);
    if (swing.width() > Money(0.5)) swings.push_back(swing);
  }
  std::stable_sort(swings.begin(), swings.end(),
                   [](const Swing& a, const Swing& b) { return a.width() > b.width(); });
  return swings;
}

}  // namespace ironscribe::cost
