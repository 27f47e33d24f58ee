// A comparison with everything that is told about it, reckoned once for all outputs. Pure
// functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cost/comparison.h"
#include "cost/uncertainty.h"

namespace ironscribe::cost_report {

// A speed that this run measured.
struct MeasuredSpeed {
  std::string model;
  std::string processor;
  std::string architecture = "x86_64";
  std::vector<cost::Feature> features;  // That ran.
  int cores = 0;
  int repeats = 0;
  double audio_seconds = 0;  // Of one repeat.
  cost::Speed speed;         // Of the machine, with its 95 % interval.
  cost::Speed low;
  cost::Speed high;
  std::string settings;  // What was asked of the recogniser.
};

struct ReportSettings {
  std::string currency = "USD";
  std::string as_of;  // YYYY-MM-DD
  cost::MonteCarloOptions monte_carlo;
  std::string volume_source;  // Where the volume comes from, if not from flags.
};

struct Crossed {
  size_t plan = 0;
  cost::Crossing crossing;
  std::optional<double> payback_months;
};

struct CostReport {
  ReportSettings settings;
  cost::Case subject;
  cost::Comparison comparison;
  cost::MonteCarloResult monte_carlo;
  // The pair that break-even, payback and tornado are about: the comparable ones where there are
  // any, else the cheapest of all.
  std::optional<size_t> plan;
  std::optional<size_t> own;
  // Of `own` with every plan; with correction only of rows whose correction is known, for a bill
  // without it seems to save what is not saved.
  std::vector<Crossed> crossings;
  std::vector<cost::Swing> swings;
  std::vector<size_t> order;  // Rows, cheapest first; those that LackCorrection last.
  std::vector<MeasuredSpeed> measured;
  std::vector<std::string> notes;  // What the reader must know.
};

CostReport MakeCostReport(cost::Case subject, ReportSettings settings);

// Correction is reckoned, and that of this row is not known: its total is no total.
bool LacksCorrection(const CostReport& report, size_t row);
// The same of either of the pair.
bool PairLacksCorrection(const CostReport& report);

// What is cheapest, by how much; how own machines stand; what would change the answer: whole
// sentences, one part each, and all in one text.
std::vector<std::string> Summary(const CostReport& report);
std::string Summarize(const CostReport& report);

// Where a plan's bill does not go on as before: product, hours a month, the month before and after,
// what happens there.
std::vector<std::vector<std::string>> JumpRows(const CostReport& report);

// What a break-even at a flat rate leaves out.
std::string FlatRateNote(const CostReport& report);

// The line of a release: hours of audio per machine-hour, and the price of a core-hour at which the
// machines for `hours` of audio cost `target` instead of `bill`.
struct ReleaseGoal {
  cost::AudioHours hours{208'333};  // $200,000 at $0.016 a minute.
  cost::Money bill{200'000};
  cost::Money target{20'000};
};
std::string ReleaseLine(const MeasuredSpeed& measured, const ReleaseGoal& goal, double utilization);

// "$1,234" of a currency; "-$5" below 0.
std::string MoneyText(cost::Money money, const std::string& currency);
// With as many decimals as a price needs.
std::string PriceText(double amount, const std::string& currency);
// "312,500"
std::string CountText(double count);
// "6.63 % (published)" or "unknown".
std::string WordErrorText(const cost::WordErrors& words);
// A parameter's value with the report's currency in its unit.
std::string ParameterText(double value, std::string_view unit, const std::string& currency);

// The outputs. The terminal's table holds at most `max_rows` rows.
std::string WriteReportText(const CostReport& report, size_t max_rows);
std::string WriteReportJson(const CostReport& report);
std::string WriteReportCsv(const CostReport& report);
std::string WriteReportHtml(const CostReport& report);

}  // namespace ironscribe::cost_report
