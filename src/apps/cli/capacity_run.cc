#include "apps/cli/capacity_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "apps/cli/cost_measure.h"
#include "apps/cli/cost_volume.h"
#include "apps/cli/exit_code.h"
#include "io/file.h"
#include "price_tables/scenario.h"

namespace ironscribe::cli {
namespace {

// Lengths of a folder are known one by one, of an export by their mean.
void TakeLengths(const VolumeRead& volume, cost_report::CapacityReport& report) {
  cost::CapacityLoad& load = report.load;
  if (!load.clips.empty() || volume.usage.clips.empty()) return;
  if (!volume.mean_length_only) {
    load.clips = volume.usage.clips;
    return;
  }
  load.mean_length = cost::MeanLength(volume.usage.clips);
  report.notes.push_back(
      fmt::format("an export tells the mean length only; how lengths vary is assumed: a squared "
                  "variation of {:g} (--length-variability, or --clips)",
                  load.length_variability));
}

Status ReadLoad(const CapacityOptions& options, const TranscribeServices& services,
                std::stop_token stop, cost_report::CapacityReport& report) {
  cost::CapacityLoad& load = report.load;
  load.profile = cost::DayProfile(options.peak);
  if (!options.day_profile.empty()) {
    ASSIGN_OR_RETURN(const std::string text,
                     io::ReadFile(options.day_profile, price_tables::kMaxScenarioBytes));
    ASSIGN_OR_RETURN(load.profile,
                     price_tables::ReadDayProfile(text, options.day_profile.string()));
  }
  if (options.volume_from.empty()) return OkStatus();
  ASSIGN_OR_RETURN(const VolumeRead volume,
                   ReadVolume(options.volume_from, options.volume_days, services, stop));
  report.notes.push_back("load: " + volume.description);
  TakeLengths(volume, report);
  const double mean =
      (load.clips.empty() ? load.mean_length : cost::MeanLength(load.clips)).value();
  // The fullest month, spread evenly over its days.
  const auto fullest = std::max_element(volume.usage.months.begin(), volume.usage.months.end());
  load.recordings_per_day =
      fullest->value() * cost::kMonthsPerYear * 3600 / mean / cost::kDaysPerYear;
  return OkStatus();
}

Status MeasureSpeeds(const CapacityOptions& options, const TranscribeServices& services,
                     std::stop_token stop, cost_report::CapacityReport& report) {
  report.speed_source = "as stated";
  if (options.measure.empty()) return OkStatus();
  for (const int batch : options.measure_batches) {
    MeasureOptions one{
        .folder = options.measure, .repeats = options.repeats, .transcribe = options.transcribe};
    one.transcribe.recognizer.batch_size = batch;
    ASSIGN_OR_RETURN(const cost_report::MeasuredSpeed speed, MeasureSpeed(one, services, stop));
    report.load.speeds.push_back({batch, speed.speed});
    report.speed_source =
        fmt::format("{} on {} cores of {}, {} repeats, {:.1f} ({:.1f} to {:.1f}) x at batch {}",
                    speed.settings, speed.cores, speed.processor, speed.repeats,
                    speed.speed.value(), speed.low.value(), speed.high.value(), batch);
    if (report.machine.cores == 0) report.machine.cores = speed.cores;
  }
  return OkStatus();
}

Status WriteOutputs(const CapacityOptions& options, const cost_report::CapacityReport& report) {
  if (!options.json.empty()) {
    RETURN_IF_ERROR(io::WriteFileAtomically(options.json, cost_report::WriteCapacityJson(report))
                        .Annotate("--json"));
  }
  if (options.kubernetes.empty()) return OkStatus();
  return io::WriteFileAtomically(options.kubernetes, cost_report::WriteKubernetes(report))
      .Annotate("--kubernetes");
}

Result<cost_report::CapacityReport> MakeReport(const CapacityOptions& options,
                                               const TranscribeServices& services,
                                               std::stop_token stop) {
  cost_report::CapacityReport report{.load = options.load,
                                     .target = options.target,
                                     .plan = {},
                                     .stream_load = {},
                                     .streams = {},
                                     .simulation = {},
                                     .seed = options.seed,
                                     .machine = options.machine,
                                     .speed_source = {},
                                     .notes = {}};
  RETURN_IF_ERROR(ReadLoad(options, services, stop, report));
  RETURN_IF_ERROR(MeasureSpeeds(options, services, stop, report));
  RETURN_IF_ERROR(cost::CheckLoad(report.load));
  if (!(report.load.recordings_per_day > 0) && !(options.streams.mean_streams > 0)) {
    return InvalidArgumentError(
        "no load; state --recordings-per-day, --hours-per-year, --volume-from or --streams");
  }
  ASSIGN_OR_RETURN(report.plan, cost::PlanCapacity(report.load, report.target));
  if (options.streams.mean_streams > 0) {
    report.stream_load = options.streams;
    report.streams = cost::PlanStreams(options.streams, options.target.spare_machines);
  }
  if (options.simulate && report.plan.machines > 0) {
    ASSIGN_OR_RETURN(const cost::SimulatedPlan sized,
                     cost::SizeBySimulation(report.load, report.target, report.plan, options.seed));
    report.plan = sized.plan;
    report.simulation = sized.busiest;
  }
  if (!options.kubernetes.empty() && report.machine.cores == 0) {
    report.notes.push_back(fmt::format(
        "Kubernetes is asked for {:g} cpu and {:g} GB a machine, which is assumed: --cores and "
        "--memory-gb state the machine that the speed is of",
        cost_report::kAssumedMachine.cores, cost_report::kAssumedMachine.memory_gb));
  }
  return report;
}

}  // namespace

ExitCode RunCapacity(const CapacityOptions& options, const TranscribeServices& services,
                     std::stop_token stop) {
  const auto report = MakeReport(options, services, stop);
  if (!report.ok()) return EndWithError(report.status(), services.standard_error);
  services.standard_output << cost_report::WriteCapacityText(*report);
  services.standard_output.flush();
  const Status status = WriteOutputs(options, *report);
  return status.ok() ? ExitCode::kDone : EndWithError(status, services.standard_error);
}

}  // namespace ironscribe::cli
