#include "cost_report/capacity_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "cost_report/report.h"
#include "text/terminal_lines.h"

namespace ironscribe::cost_report {
namespace {

using Json = nlohmann::ordered_json;
using Rows = std::vector<std::vector<std::string>>;

constexpr int kFormatVersion = 1;

int Spare(const CapacityReport& report) { return report.plan.with_spare - report.plan.machines; }

// Machines of recordings and of streams are the same ones.
int MostMachines(const CapacityReport& report) {
  return std::max(1, report.plan.with_spare + std::max(0, report.streams.machines - Spare(report)));
}
int FewestMachines(const CapacityReport& report) {
  return std::max(1, report.plan.at_night + std::max(0, report.streams.machines - Spare(report)));
}

std::string Hours(const CapacityReport& report) {
  Rows rows = {{"hour", "recordings/h", "load", "machines", "use", "must wait", "mean wait",
                fmt::format("{:g} % wait at most", 100 * report.target.share)}};
  for (int i = 0; i < cost::kHoursPerDay; ++i) {
    const cost::HourPlan& hour = report.plan.hours[static_cast<size_t>(i)];
    rows.push_back({fmt::format("{:02}{}", i, i == report.plan.busiest_hour ? " *" : ""),
                    CountText(hour.recordings_per_second * 3600), fmt::format("{:.2f}", hour.load),
                    std::to_string(hour.machines), fmt::format("{:.0f} %", 100 * hour.utilization),
                    fmt::format("{:.1f} %", 100 * hour.share_waiting),
                    fmt::format("{:.2f} s", hour.mean_wait.value()),
                    fmt::format("{:.2f} s", hour.wait_quantile.value())});
  }
  return text::TextTable(rows, text::TableKind::kNumbers);
}

std::string_view WaitsBy(const CapacityReport& report) {
  return report.simulation.has_value() ? "as simulated" : "by Erlang C and Allen-Cunneen";
}

// The wait is that of as many machines as the formula asks for, which may be fewer.
std::string FormulaText(const CapacityReport& report, const cost::HourPlan& hour) {
  if (report.plan.machines <= report.plan.formula_machines) {
    return fmt::format("formula {:.3f} s", hour.formula_wait.value());
  }
  return fmt::format("formula, for {} machine{}, {:.3f} s", report.plan.formula_machines,
                     report.plan.formula_machines == 1 ? "" : "s", hour.formula_wait.value());
}

std::string Simulated(const CapacityReport& report) {
  if (!report.simulation.has_value()) return "";
  const cost::SimulationResult& result = *report.simulation;
  const cost::HourPlan& hour = report.plan.hours[static_cast<size_t>(report.plan.busiest_hour)];
  return fmt::format(
      "\nsimulated, busiest hour: {} recordings, seed {}\n"
      "  mean wait {:.3f} s, 95 % interval {:.3f} to {:.3f} ({})\n"
      "  wait    p50 {:.2f} s, p95 {:.2f} s, p99 {:.2f} s\n"
      "  latency p50 {:.2f} s, p95 {:.2f} s, p99 {:.2f} s (waiting and work)\n"
      "  use {:.1f} %, {:.1f} % wait, {:.2f} recordings a batch\n"
      "  {:.1f} % begin within {:g} s; asked for are {:g} %\n",
      CountText(static_cast<double>(result.recordings)), report.seed, result.wait.mean,
      std::max(0.0, result.wait.mean - result.wait.half_width),
      result.wait.mean + result.wait.half_width, FormulaText(report, hour), result.wait_p50,
      result.wait_p95, result.wait_p99, result.latency_p50, result.latency_p95, result.latency_p99,
      100 * result.utilization, 100 * result.share_waiting, result.mean_batch,
      100 * result.share_in_time, report.target.wait.value(), 100 * report.target.share);
}

Json SimulationJson(const CapacityReport& report) {
  if (!report.simulation.has_value()) return Json();
  const cost::SimulationResult& result = *report.simulation;
  return {{"recordings", result.recordings},
          {"seed", report.seed},
          {"mean_wait", {{"seconds", result.wait.mean}, {"half_width", result.wait.half_width}}},
          {"wait", {{"p50", result.wait_p50}, {"p95", result.wait_p95}, {"p99", result.wait_p99}}},
          {"latency",
           {{"p50", result.latency_p50}, {"p95", result.latency_p95}, {"p99", result.latency_p99}}},
          {"share_waiting", result.share_waiting},
          {"share_in_time", result.share_in_time},
          {"utilization", result.utilization},
          {"mean_batch", result.mean_batch}};
}

// Where the formula was held against the simulator (cost_simulation_test): there the error is at
// most kCheckedError. It is exact at 1 and 1, and close to it for less unequal lengths.
constexpr double kCheckedUse = 0.8;
constexpr int kCheckedMachines = 10;
constexpr double kCheckedArrivals = 2;
constexpr double kCheckedLengths = 4;
constexpr double kCheckedPercent = 13;

// What is said where the formula may be far off; nothing where it is not.
std::string DoubtAboutFormula(const CapacityReport& report) {
  const cost::HourPlan& hour = report.plan.hours[static_cast<size_t>(report.plan.busiest_hour)];
  const double arrivals = report.load.arrival_variability;
  const double lengths = report.plan.service_variability;
  const bool checked = hour.utilization >= kCheckedUse && hour.machines <= kCheckedMachines &&
                       arrivals <= kCheckedArrivals && lengths <= kCheckedLengths;
  if (hour.machines == 0 || checked || (arrivals == 1 && lengths <= 1)) return "";
  return fmt::format(
      "the formula of the waits was checked from {:.0f} % use on, up to {} machines and squared "
      "variations of {:g} (arrivals) and {:g} (lengths), where it is within {:g} %. With {} at "
      "{:.0f} %, {:g} and {:.3g} it is likely to tell waits that are too {}{}",
      100 * kCheckedUse, kCheckedMachines, kCheckedArrivals, kCheckedLengths, kCheckedPercent,
      hour.machines, 100 * hour.utilization, arrivals, lengths,
      arrivals > 1 ? "short (by 15 to 31 % with 10 and 20 machines at 70 % and arrivals of 2 to 4)"
                   : "long (by 8 to 23 % with 10 and 20 machines at 70 and 80 %, by 86 % at 50 %)",
      report.simulation.has_value() ? "; the simulated ones hold" : "; --simulate tells more");
}

// The formula counts every machine at the speed of its largest batch, and the waits of those who
// wait as exponential.
std::string DoubtAboutBatches(const CapacityReport& report) {
  if (report.simulation.has_value() || report.load.speeds.size() < 2 || report.plan.machines == 0) {
    return "";
  }
  return fmt::format(
      "machines are counted at the speed of a full batch of {}, which they reach only while so "
      "many wait, and a short recording waits for the longest of its batch: the plan is likely to "
      "be too small and is not checked; --simulate sizes it",
      report.load.speeds.back().batch_size);
}

std::string DoubtAboutLengths(const CapacityReport& report) {
  if (report.simulation.has_value() || report.plan.machines == 0 ||
      report.plan.service_variability <= kCheckedLengths) {
    return "";
  }
  return fmt::format(
      "lengths as unequal as these (squared variation {:.3g}) make waits that a formula of means "
      "does not tell; --simulate sizes the plan by them",
      report.plan.service_variability);
}

std::string SizedText(const CapacityReport& report) {
  if (!report.simulation.has_value() || report.plan.machines <= report.plan.formula_machines) {
    return "";
  }
  return fmt::format(
      "by formula {} machine{} would carry the busiest hour; in the simulation they do not hold "
      "the target, so every hour was given machines until it does",
      report.plan.formula_machines, report.plan.formula_machines == 1 ? "" : "s");
}

std::vector<std::string> NotesOf(const CapacityReport& report) {
  std::vector<std::string> notes = report.notes;
  for (std::string doubt : {SizedText(report), DoubtAboutFormula(report), DoubtAboutBatches(report),
                            DoubtAboutLengths(report)}) {
    if (!doubt.empty()) notes.push_back(std::move(doubt));
  }
  if (report.simulation.has_value() &&
      report.simulation->share_in_time < report.target.share - cost::kShareNoise) {
    notes.push_back(fmt::format(
        "in the simulation {:.1f} % begin in time, not the {:g} % asked for; plan more machines",
        100 * report.simulation->share_in_time, 100 * report.target.share));
  }
  return notes;
}

// Recordings that wait and streams that do not may both be planned, or one of them.
bool HasRecordings(const CapacityReport& report) { return report.plan.machines > 0; }

std::string RecordingsSummary(const CapacityReport& report) {
  const cost::CapacityPlan& plan = report.plan;
  const cost::HourPlan& hour = plan.hours[static_cast<size_t>(plan.busiest_hour)];
  return fmt::format(
      "{} machine{} the busiest hour ({} recordings, load {:.2f}) with {:g} % of the "
      "recordings begun within {:g} s, and {} with the spare ones; at night {} {} enough. The "
      "queue should hold at most {} recordings: what comes behind them waits longer.",
      plan.machines, plan.machines == 1 ? " carries" : "s carry",
      CountText(hour.recordings_per_second * 3600), hour.load, 100 * report.target.share,
      report.target.wait.value(), plan.with_spare, plan.at_night, plan.at_night == 1 ? "is" : "are",
      CountText(plan.queue_places));
}

std::string StreamsSummary(const CapacityReport& report) {
  return fmt::format(
      "{:g} streams at once on average need {} places, so that {:.2f} % find none, on {} machines "
      "with spare ones.",
      report.stream_load->mean_streams, report.streams.streams, 100 * report.streams.blocked,
      report.streams.machines);
}

// Above this use a further machine must come: that of the busiest hour as planned.
int PlannedUsePercent(const CapacityReport& report) {
  const double use =
      HasRecordings(report)
          ? report.plan.hours[static_cast<size_t>(report.plan.busiest_hour)].utilization
          : report.stream_load->mean_streams / report.streams.streams;
  return std::clamp(static_cast<int>(std::floor(100 * use)), 10, 90);
}

}  // namespace

std::string SummarizeCapacity(const CapacityReport& report) {
  std::string text = HasRecordings(report) ? RecordingsSummary(report) : "";
  if (!report.stream_load.has_value()) return text;
  return text + (text.empty() ? "" : " ") + StreamsSummary(report);
}

std::string WriteCapacityText(const CapacityReport& report) {
  std::string text = text::Wrapped(SummarizeCapacity(report), 100);
  if (HasRecordings(report)) {
    text += "\n" + Hours(report);
    text += text::Wrapped(
        fmt::format("* the busiest hour. Waits {}; a recording takes {:.2f} s on average, squared "
                    "variation {:.2f}. Speed: {}.",
                    WaitsBy(report), report.plan.service.value(), report.plan.service_variability,
                    report.speed_source),
        100);
  }
  text += Simulated(report);
  for (const std::string& note : NotesOf(report)) text += text::Wrapped("note: " + note, 100);
  return text;
}

std::string WriteCapacityJson(const CapacityReport& report) {
  const cost::CapacityPlan& plan = report.plan;
  Json json = {{"format_version", kFormatVersion},
               {"summary", SummarizeCapacity(report)},
               {"machines", plan.machines},
               {"formula_machines", plan.formula_machines},
               {"waits", WaitsBy(report)},
               {"with_spare", plan.with_spare},
               {"at_night", plan.at_night},
               {"queue_places", plan.queue_places},
               {"service_seconds", plan.service.value()},
               {"service_variability", plan.service_variability},
               {"speed_source", report.speed_source},
               {"notes", NotesOf(report)}};
  json["target"] = {{"wait_seconds", report.target.wait.value()},
                    {"share", report.target.share},
                    {"spare_machines", report.target.spare_machines},
                    {"max_utilization", report.target.max_utilization}};
  json["hours"] = Json::array();
  for (const cost::HourPlan& hour : plan.hours) {
    json["hours"].push_back({{"recordings_per_hour", hour.recordings_per_second * 3600},
                             {"load", hour.load},
                             {"machines", hour.machines},
                             {"utilization", hour.utilization},
                             {"share_waiting", hour.share_waiting},
                             {"mean_wait_seconds", hour.mean_wait.value()},
                             {"wait_quantile_seconds", hour.wait_quantile.value()}});
  }
  if (report.stream_load.has_value()) {
    json["streams"] = {{"places", report.streams.streams},
                       {"machines", report.streams.machines},
                       {"blocked", report.streams.blocked}};
  }
  json["simulation"] = SimulationJson(report);
  json["replicas"] = {{"min", FewestMachines(report)}, {"max", MostMachines(report)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string WriteKubernetes(const CapacityReport& report) {
  const bool is_known = report.machine.cores > 0;
  const MachineSize machine = is_known ? report.machine : kAssumedMachine;
  const std::string memory =
      machine.memory_gb > 0
          ? fmt::format(", memory: {}Mi", std::ceil(machine.memory_gb * 1e9 / (1 << 20)))
          : "";
  const std::string resources = fmt::format(
      "{2}"
      "          # A cpu of Kubernetes is a vCPU, often half a core: count threads where cores "
      "have two.\n"
      "          resources:\n"
      "            requests: {{cpu: \"{0:g}\"{1}}}\n"
      "            limits: {{cpu: \"{0:g}\"{1}}}\n",
      machine.cores, memory,
      is_known ? ""
               : "          # Assumed, for nothing was stated: put the machine here that the speed "
                 "is of\n          # (--cores, --memory-gb).\n");
  std::string doubts;
  for (const std::string& doubt :
       {DoubtAboutFormula(report), DoubtAboutBatches(report), DoubtAboutLengths(report)}) {
    if (doubt.empty() || report.simulation.has_value()) continue;
    std::string lines = "# " + text::Wrapped("not simulated: " + doubt, 96);
    for (size_t at = lines.find('\n'); at + 1 < lines.size(); at = lines.find('\n', at + 1)) {
      lines.insert(at + 1, "# ");
    }
    doubts += lines;
  }
  return fmt::format(
      "# Made by `ironscribe capacity`. Lay it over your own manifests: names and image are "
      "placeholders.\n"
      "{4}"
      "apiVersion: apps/v1\n"
      "kind: Deployment\n"
      "metadata:\n"
      "  name: ironscribe\n"
      "spec:\n"
      "  replicas: {0}\n"
      "  selector:\n"
      "    matchLabels: {{app: ironscribe}}\n"
      "  template:\n"
      "    metadata:\n"
      "      labels: {{app: ironscribe}}\n"
      "    spec:\n"
      "      containers:\n"
      "        - name: ironscribe\n"
      "          image: ironscribe\n"
      "{1}"
      "---\n"
      "apiVersion: autoscaling/v2\n"
      "kind: HorizontalPodAutoscaler\n"
      "metadata:\n"
      "  name: ironscribe\n"
      "spec:\n"
      "  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: ironscribe}}\n"
      "  minReplicas: {2}\n"
      "  maxReplicas: {0}\n"
      "  metrics:\n"
      "    - type: Resource\n"
      "      resource:\n"
      "        name: cpu\n"
      "        target: {{type: Utilization, averageUtilization: {3}}}\n",
      MostMachines(report), resources, FewestMachines(report), PlannedUsePercent(report), doubts);
}

}  // namespace ironscribe::cost_report
