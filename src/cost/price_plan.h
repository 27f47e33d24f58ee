// What a provider asks for a month of audio: graduated tiers, volume prices or commitments, with
// minimum per request, rounding, channels and add-ons. Pure functions; src/price_tables reads
// plans.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cost/units.h"
#include "cost/usage.h"

namespace ironscribe::cost {

enum class PlanKind {
  kGraduated,   // Each minute at the price of the tier it falls into.
  kVolume,      // All minutes of the month at the price of the tier that the month reaches.
  kCommitment,  // A fee a month with some audio included, and a price for what is above.
};

using MinutePrice = Price<AudioMinutes>;

struct PriceTier {
  AudioMinutes from = {};               // Of a month.
  std::optional<AudioMinutes> to = {};  // Nothing: all above.
  MinutePrice price = {};
};

struct CommitmentLevel {
  Money fee_per_month = {};
  AudioMinutes included_per_month = {};
  MinutePrice overage = {};
};

struct BillingRules {
  AudioSeconds minimum_per_request = {};
  AudioSeconds rounding = {};  // Lengths are rounded up to a multiple; 0: not at all.
  bool every_channel = false;
  bool channels_known = false;  // A source says how; else once is an assumption.
};

struct AddOn {
  Feature feature = {};
  MinutePrice price = {};  // 0: included.
};

// How well a row recognises, and how anybody knows.
enum class Knowledge { kUnknown, kPublished, kMeasured };
std::string_view KnowledgeName(Knowledge knowledge);
struct WordErrors {
  Knowledge knowledge = Knowledge::kUnknown;
  double rate = 0;        // 0.0663
  std::string test = {};  // What it was measured on; rates of different tests do not compare.
  std::string source = {};
  bool of_weights = false;  // Of the same model's weights, run by somebody else.
};

// The date of what was read in a source that has none.
inline constexpr std::string_view kUnknownDate = "unknown";
struct Provenance {
  std::string source = {};
  std::string date = {};  // YYYY-MM-DD, YYYY-MM for some day of that month, or kUnknownDate.
};

struct PricePlan {
  std::string id = {};
  std::string name = {};
  PlanKind kind = PlanKind::kGraduated;
  std::vector<PriceTier> tiers = {};         // Graduated and volume.
  std::vector<CommitmentLevel> levels = {};  // Commitment.
  Money fixed_per_month = {};
  BillingRules billing = {};
  std::vector<AddOn> add_ons = {};
  WordErrors words = {};
  Provenance provenance = {};
  std::string note = {};
};

// What makes a plan unusable, with the position of the tier or level at fault (-1: the plan's own).
struct PlanProblem {
  int position = -1;
  std::string message = {};
};
std::optional<PlanProblem> FindProblem(const PricePlan& plan);

// Seconds that are billed for one second of audio, by minimum, rounding and channels.
double BilledShare(const BillingRules& billing, const Usage& usage);

// The bill of a month in which `minutes` are billed, without add-ons. `level` is the position of
// the commitment. Requires: no problem in the plan, minutes >= 0.
Money MonthlyBill(const PricePlan& plan, AudioMinutes minutes, size_t level = 0);

struct YearBill {
  Money audio = {};  // Tiers, fees and overage.
  Money add_ons = {};
  size_t level = 0;                   // Of a commitment: the one that is cheapest over the year.
  std::vector<Feature> missing = {};  // Asked for, and neither included nor for sale.
  Money total() const { return audio + add_ons; }
};
YearBill BillYear(const PricePlan& plan, const Usage& usage);

// What a naive reckoning gives: every billed minute at the price of the first tier, or of the
// overage of the first level.
Money FlatBill(const PricePlan& plan, const Usage& usage);
MinutePrice FlatPrice(const PricePlan& plan);

// A volume at which the bill does not go on as before.
struct Jump {
  AudioMinutes minutes = {};
  Money before = {};  // The bill of a month just below, and at `minutes`.
  Money after = {};
  std::string what = {};
};
// Of a volume plan the prices that fall for all minutes, of a commitment the fee that is due
// without any audio and the volumes from which the next level is cheaper. Graduated plans have
// none.
std::vector<Jump> JumpsOf(const PricePlan& plan);

}  // namespace ironscribe::cost
