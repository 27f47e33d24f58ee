#include "apps/cli/cost_run.h"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

#include "apps/cli/cost_case.h"
#include "apps/cli/cost_measure.h"
#include "apps/cli/cost_volume.h"
#include "apps/cli/exit_code.h"
#include "cost_report/report.h"
#include "io/file.h"
#include "text/printable.h"

namespace ironscribe::cli {
namespace {

Result<std::vector<cost_report::MeasuredSpeed>> MeasureAll(const CostOptions& options,
                                                           const TranscribeServices& services,
                                                           std::stop_token stop) {
  std::vector<cost_report::MeasuredSpeed> measured;
  if (options.measure.empty()) return measured;
  std::vector<std::string> models = options.measure_models;
  if (models.empty()) models = {options.transcribe.model};
  for (const std::string& model : models) {
    MeasureOptions one{
        .folder = options.measure, .repeats = options.repeats, .transcribe = options.transcribe};
    one.transcribe.model = model;
    ASSIGN_OR_RETURN(cost_report::MeasuredSpeed speed, MeasureSpeed(one, services, stop));
    measured.push_back(std::move(speed));
  }
  return measured;
}

Status WriteOutputs(const CostOptions& options, const cost_report::CostReport& report) {
  if (!options.json.empty()) {
    RETURN_IF_ERROR(io::WriteFileAtomically(options.json, cost_report::WriteReportJson(report))
                        .Annotate("--json"));
  }
  if (!options.csv.empty()) {
    RETURN_IF_ERROR(io::WriteFileAtomically(options.csv, cost_report::WriteReportCsv(report))
                        .Annotate("--csv"));
  }
  if (!options.html.empty()) {
    RETURN_IF_ERROR(io::WriteFileAtomically(options.html, cost_report::WriteReportHtml(report))
                        .Annotate("--html"));
  }
  return OkStatus();
}

bool HasVolume(const CostOptions& options) {
  return !options.scenario.empty() || !options.volume_from.empty() ||
         options.hours_per_year.has_value() || !options.months.empty();
}

void PrintMeasured(const std::vector<cost_report::MeasuredSpeed>& measured, double utilization,
                   std::ostream& out) {
  for (const cost_report::MeasuredSpeed& one : measured) {
    out << fmt::format("measured: {} repeats of {:.0f} s, {}\n", one.repeats, one.audio_seconds,
                       text::Printable(one.settings));
    out << text::Printable(cost_report::ReleaseLine(one, {}, utilization)) << '\n';
  }
}

Result<cost_report::CostReport> MakeReport(const CostOptions& options,
                                           const TranscribeServices& services,
                                           const std::string& today,
                                           const std::vector<cost_report::MeasuredSpeed>& measured,
                                           std::stop_token stop) {
  std::optional<VolumeRead> volume;
  if (!options.volume_from.empty()) {
    ASSIGN_OR_RETURN(volume, ReadVolume(options.volume_from, options.volume_days, services, stop));
  }
  ASSIGN_OR_RETURN(CostCase made,
                   MakeCostCase(options, volume ? &volume->usage : nullptr, measured, today));
  cost_report::CostReport report = cost_report::MakeCostReport(
      std::move(made.subject), {.currency = options.currency,
                                .as_of = options.as_of.empty() ? today : options.as_of,
                                .monte_carlo = {.draws = options.draws, .seed = options.seed},
                                .volume_source = volume ? volume->description : ""});
  report.measured = measured;
  for (const auto& position : {report.plan, report.own}) {
    if (!position.has_value()) continue;
    const cost::Row& row = report.comparison.rows[*position];
    if (!row.note.empty()) report.notes.push_back(row.name + ": " + row.note);
  }
  report.notes.insert(report.notes.end(), made.notes.begin(), made.notes.end());
  if (volume && volume->mean_length_only && options.clips.empty()) {
    report.notes.insert(
        report.notes.begin(),
        "an export tells the mean length only: minimums and rounding are billed as if every "
        "recording had it, which is too little where many are shorter than a minimum; --clips "
        "states how lengths vary");
  }
  if (volume) report.notes.insert(report.notes.begin(), "volume: " + volume->description);
  return report;
}

}  // namespace

ExitCode RunCost(const CostOptions& options, const TranscribeServices& services,
                 const std::string& today, std::stop_token stop) {
  const auto measured = MeasureAll(options, services, stop);
  if (!measured.ok()) return EndWithError(measured.status(), services.standard_error);
  std::ostream& out = services.standard_output;
  const auto usual = options.parameters.find("utilization");
  const double utilization =
      usual != options.parameters.end() ? usual->second : cost::Assumptions().utilization;
  // A measurement without a volume is the line of a release and no comparison.
  if (!measured->empty() && !HasVolume(options)) {
    PrintMeasured(*measured, utilization, out);
    out.flush();
    return ExitCode::kDone;
  }
  const auto report = MakeReport(options, services, today, *measured, stop);
  if (!report.ok()) return EndWithError(report.status(), services.standard_error);
  out << cost_report::WriteReportText(*report, static_cast<size_t>(options.rows));
  PrintMeasured(*measured, utilization, out);
  out.flush();
  const Status status = WriteOutputs(options, *report);
  return status.ok() ? ExitCode::kDone : EndWithError(status, services.standard_error);
}

}  // namespace ironscribe::cli
