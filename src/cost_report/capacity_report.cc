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

std::string Simulated(const CapacityReport& report) {
  if (!report.simulation.has_value()) return "";
  const cost::SimulationResult& result = *report.simulation;
  const cost::HourPlan& hour = report.plan.hours[static_cast<size_t>(report.plan.busiest_hour)];
  return fmt::format(
      "\nsimulated, busiest hour: {} recordings, seed {}\n"
      "  mean wait {:.3f} s, 95 % interval {:.3f} to {:.3f} (formula {:.3f} s)\n"
      "  wait    p50 {:.2f} s, p95 {:.2f} s, p99 {:.2f} s\n"
      "  latency p50 {:.2f} s, p95 {:.2f} s, p99 {:.2f} s (waiting and work)\n"
      "  use {:.1f} %, {:.1f} % wait, {:.2f} recordings a batch\n"
      "  {:.1f} % begin within {:g} s; asked for are {:g} %\n",
      CountText(static_cast<double>(result.recordings)), report.seed, result.wait.mean,
      std::max(0.0, result.wait.mean - result.wait.half_width),
      result.wait.mean + result.wait.half_width, hour.mean_wait.value(), result.wait_p50,
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

// Where Allen-Cunneen's factor was held against the simulator (cost_simulation_test): squared
// variations of 0.5 to 4. It is exact at 1 and 1, and close to it for less unequal lengths.
constexpr double kCheckedUse = 0.8;
constexpr int kCheckedMachines = 10;

// What is said where the formula may be far off; nothing where it is not.
std::string DoubtAboutFormula(const CapacityReport& report) {
  const cost::HourPlan& hour = report.plan.hours[static_cast<size_t>(report.plan.busiest_hour)];
  const double arrivals = report.load.arrival_variability;
  const double lengths = report.plan.service_variability;
  const bool checked = hour.utilization >= kCheckedUse && hour.machines <= kCheckedMachines;
  if (hour.machines == 0 || checked || (arrivals == 1 && lengths <= 1)) return "";
  const bool too_short = arrivals > 1 && arrivals > lengths;
  return fmt::format(
      "the formula of the waits was checked from {:.0f} % use on and up to {} machines. With {} at "
      "{:.0f} % and squared variations of {:g} (arrivals) and {:.3g} (lengths) it is likely to "
      "tell "
      "waits that are too {}{}",
      100 * kCheckedUse, kCheckedMachines, hour.machines, 100 * hour.utilization, arrivals, lengths,
      too_short ? "short (by 22 to 38 % with 10 machines at 70 % and arrivals of 2 to 4)"
                : "long (by 18 to 31 % with 5 and 10 machines at 70 % and lengths of 4)",
      report.simulation.has_value() ? "; the simulated ones hold" : "; --simulate tells more");
}

std::vector<std::string> NotesOf(const CapacityReport& report) {
  std::vector<std::string> notes = report.notes;
  if (std::string doubt = DoubtAboutFormula(report); !doubt.empty()) {
    notes.push_back(std::move(doubt));
  }
  // Shares of thousands of recordings are known to a few tenths of a percent.
  constexpr double kNoise = 0.003;
  if (report.simulation.has_value() &&
      report.simulation->share_in_time < report.target.share - kNoise) {
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
      "recordings begun within {:g} s, and {} with the spare ones; at night {} are enough. The "
      "queue should hold at most {} recordings: what comes behind them waits longer.",
      plan.machines, plan.machines == 1 ? " carries" : "s carry",
      CountText(hour.recordings_per_second * 3600), hour.load, 100 * report.target.share,
      report.target.wait.value(), plan.with_spare, plan.at_night, CountText(plan.queue_places));
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
        fmt::format("* the busiest hour. Waits by Erlang C and Allen-Cunneen; a recording takes "
                    "{:.2f} s on average, squared variation {:.2f}. Speed: {}.",
                    report.plan.service.value(), report.plan.service_variability,
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
  std::string resources = "          # No resource requests: --cores and --memory-gb state them.\n";
  if (report.machine.cores > 0) {
    const std::string memory =
        report.machine.memory_gb > 0
            ? fmt::format(", memory: {}Mi", std::ceil(report.machine.memory_gb * 1e9 / (1 << 20)))
            : "";
    resources = fmt::format(
        "          # A cpu of Kubernetes is a vCPU, often half a core: count threads where cores "
        "have two.\n"
        "          resources:\n"
        "            requests: {{cpu: \"{0:g}\"{1}}}\n"
        "            limits: {{cpu: \"{0:g}\"{1}}}\n",
        report.machine.cores, memory);
  }
  return fmt::format(
      "# Made by `ironscribe capacity`. Lay it over your own manifests: names and image are "
      "placeholders.\n"
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
      MostMachines(report), resources, FewestMachines(report), PlannedUsePercent(report));
}

}  // namespace ironscribe::cost_report
