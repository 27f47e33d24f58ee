// Any report with 100,000 draws, from the built-in tables to the finished page; the goal is 2 s.

#include <benchmark/benchmark.h>

#include "cost_report/report.h"
#include "price_tables/price_tables.h"

namespace ironscribe::cost_report {
namespace {

void BM_Report(benchmark::State& state) {
  for (auto _ : state) {
    const cost::Exchange exchange("USD");
    const auto tables = price_tables::ReadBuiltInTables(exchange);
    cost::Case subject;
    subject.usage = cost::EvenUsage(cost::AudioHours(500'000));
    // Months that all differ are the most work.
    for (size_t i = 0; i < subject.usage.months.size(); ++i) {
      subject.usage.months[i] = subject.usage.months[i] * (1 + 0.01 * static_cast<double>(i));
    }
    subject.plans = tables->plans;
    subject.against = "google-v2";
    for (const cost::Hardware& hardware : tables->hardware) {
      for (const cost::ModelSpeed& speed : tables->speeds) {
        if (!cost::Fits(speed, hardware)) continue;
        for (const cost::Offer& offer : hardware.offers) {
          subject.setups.push_back({hardware, offer, speed, {}});
        }
      }
    }
    const CostReport report = MakeCostReport(
        std::move(subject), {.currency = "USD",
                             .as_of = "2026-11-01",
                             .monte_carlo = {.draws = static_cast<int>(state.range(0))},
                             .volume_source = {}});
    benchmark::DoNotOptimize(WriteReportText(report, 100));
    benchmark::DoNotOptimize(WriteReportJson(report));
    benchmark::DoNotOptimize(WriteReportCsv(report));
    benchmark::DoNotOptimize(WriteReportHtml(report));
  }
}
BENCHMARK(BM_Report)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ironscribe::cost_report
