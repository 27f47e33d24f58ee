#include "cost/parameters.h"

namespace ironscribe::cost {
namespace {

template <auto kMember>
double Get(const Assumptions& assumptions) {
  if constexpr (requires { (assumptions.*kMember).value(); }) {
    return (assumptions.*kMember).value();
  } else {
    return assumptions.*kMember;
  }
}

template <auto kMember>
void Set(Assumptions& assumptions, double value) {
  using Member = std::remove_reference_t<decltype(assumptions.*kMember)>;
  assumptions.*kMember = Member(value);
}

template <auto kMember>
constexpr Parameter Row(std::string_view key, std::string_view unit, std::string_view what,
                        std::string_view reason, double min, double max, double low, double high) {
  return {key, unit, what, reason, min, max, low, high, Get<kMember>, Set<kMember>};
}

using A = Assumptions;
constexpr double kMuch = 1e12;

constexpr Parameter kParameters[] = {
    Row<&A::volume_change>("volume-change", "x", "the volume, times this",
                           "1: as stated; forecasts are often off by half", 0, 1000, 0.6, 1.6),
    Row<&A::price_change>("price-change", "x", "providers' prices, times this",
                          "1: list prices; they have fallen rather than risen", 0, 100, 0.7, 1.1),
    Row<&A::utilization>("utilization", "share", "share of paid time in which machines work",
                         "0.35: 20 to 40 % are seen in practice (superml.dev, usage.ai, 2026-06)",
                         0.001, 1, 4.0 / 7, 2),
    Row<&A::speed_change>("speed-change", "x", "own speed, times this",
                          "1: as measured; other processors and recordings differ", 0.001, 1000,
                          0.7, 1.2),
    Row<&A::machine_price_change>("machine-price-change", "x", "prices of machines, times this",
                                  "1: list prices", 0, 100, 0.7, 1.3),
    Row<&A::spare_machines>("spare-machines", "machines", "kept running beside what the load needs",
                            "1: one may fail (N+1)", 0, 10'000, 1, 1),
    Row<&A::peak_factor>("peak-factor", "x",
                         "peak over mean within a month, for machines that run "
                         "all year",
                         "1: the utilisation allows for it already", 1, 1000, 1, 1),
    Row<&A::engineers>("engineers", "people", "engineers who keep it running",
                       "1, as in the customer's own reckoning; often it is a quarter", 0, 10'000,
                       0.25, 1.5),
    Row<&A::salary_per_year>("salary", "$/year", "an engineer with everything",
                             "160,000, as in the customer's own reckoning", 0, kMuch, 0.8, 1.3),
    Row<&A::fixed_per_year>("fixed", "$/year", "audits, licences, on-call", "0: state your own", 0,
                            kMuch, 0.5, 2),
    Row<&A::migration>("migration", "$", "moving in, once",
                       "40,000: a quarter of an engineer's year", 0, kMuch, 0.5, 3),
    Row<&A::stored_per_hour>("stored-gb-per-hour", "GB/h", "kept of an hour of audio",
                             "0.0144: Opus at 32 kbit/s", 0, 1000, 1, 1),
    Row<&A::months_stored>("months-stored", "months", "how long it is kept", "1", 0, 1200, 1, 1),
    Row<&A::storage_per_month>("storage-price", "$/GB-month", "storage",
                               "0.023: a usual list price of object storage", 0, 1000, 1, 1),
    Row<&A::sent_per_hour>("sent-gb-per-hour", "GB/h", "sent to a provider for an hour of audio",
                           "0: recordings that lie in one's own cloud cost egress; state it", 0,
                           1000, 1, 1),
    Row<&A::egress>("egress-price", "$/GB", "sending data out of a cloud",
                    "0.09: a usual list price", 0, 1000, 1, 1),
    Row<&A::electricity>("electricity", "$/kWh", "for bought machines", "0.12", 0, 1000, 0.6, 2),
    Row<&A::pue>("pue", "x", "power of the building over power of its machines",
                 "1.5: a common value of ordinary server rooms", 1, 10, 0.75, 1.3),
    Row<&A::hosting_per_machine>("hosting", "$/year", "rack, network, spares of a bought machine",
                                 "600", 0, kMuch, 0.5, 2),
    Row<&A::discount_rate>("discount-rate", "share", "a year", "0.08", 0, 10, 1, 1),
    Row<&A::wage_per_hour>("wage", "$/hour", "of whoever corrects texts; 0 leaves correction out",
                           "0", 0, 1e6, 0.8, 1.3),
    Row<&A::words_per_hour>("words-per-hour", "words", "spoken in an hour of audio",
                            "9,000: 150 a minute", 0, 1e6, 0.8, 1.2),
    Row<&A::seconds_per_error>("seconds-per-error", "s", "to find and mend a wrong word", "5", 0,
                               1e5, 0.5, 2),
};

}  // namespace

std::span<const Parameter> Parameters() { return kParameters; }

}  // namespace ironscribe::cost
