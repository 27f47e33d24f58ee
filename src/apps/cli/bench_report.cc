#include "apps/cli/bench_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "text/terminal_lines.h"

namespace ironscribe::cli {
namespace {

using models::Stage;

// 0 where there is nothing to divide by: nothing was measured.
double Ratio(double a, double b) { return b > 0 ? a / b : 0; }

BenchStage MakeStage(Stage stage, const BenchRun& run, const models::MachineRates& rates) {
  const auto index = static_cast<size_t>(stage);
  const models::Work& work = run.own_work[index];
  const double seconds = run.thread_seconds[index] / run.num_threads;
  BenchStage row;
  row.stage = stage;
  row.milliseconds_per_window = 1e3 * Ratio(seconds, run.counts.windows);
  row.share = Ratio(seconds, run.wall_seconds);
  row.operations_per_window = Ratio(work.total_operations(), run.counts.windows);
  row.operations_per_second = Ratio(work.total_operations(), seconds);
  row.fraction_of_peak = Ratio(models::ComputeSeconds(work, rates), seconds);
  row.bytes_per_step = Ratio(work.bytes, run.counts.steps);
  row.bytes_per_second = Ratio(work.bytes, seconds);
  row.fraction_of_memory = Ratio(models::MemorySeconds(work, rates), seconds);
  return row;
}

BenchRoof MakeRoof(const models::StageWork& work, const BenchRun& run,
                   const models::MachineRates& rates) {
  const models::Roof roof = models::RoofOf(work, rates);
  return {
      .times_real_time = Ratio(run.audio_seconds, roof.seconds()),
      .encoder_milliseconds_per_window = 1e3 * Ratio(roof.encoder_seconds, run.counts.windows),
      .decoder_milliseconds_per_window = 1e3 * Ratio(roof.decoder_seconds(), run.counts.windows),
      .is_memory_the_limit = roof.decoder_memory_seconds > roof.decoder_compute_seconds,
      .fraction_reached = Ratio(roof.seconds(), run.wall_seconds)};
}

std::string Percent(double fraction) { return fmt::format("{:.1f} %", 100 * fraction); }

// Columns that do not apply stay empty.
std::string Unless(bool empty, std::string text) { return empty ? "" : std::move(text); }

void PrintMachine(const MachinePeaks& peaks, std::ostream& out) {
  out << fmt::format("Machine: {}, {}, {} thread{}", CpuModelName(), CpuLevelName(peaks.cpu_level),
                     peaks.num_threads, peaks.num_threads == 1 ? "" : "s");
  out << (peaks.clock_hz > 0 ? fmt::format(", {:.2f} GHz\n", peaks.clock_hz / 1e9)
                             : std::string(", clock not known\n"));
  std::vector<std::vector<std::string>> rows = {
      {"", "peak GOP/s", "operations/cycle/core", "of width", "by"}};
  for (const ArithmeticPeak& peak : peaks.arithmetics) {
    if (peak.instructions.empty()) {
      rows.push_back({peak.name, "", "", "", "no instruction at this level; float32 stands in"});
      continue;
    }
    rows.push_back(
        {peak.name, fmt::format("{:.0f}", peak.operations_per_second / 1e9),
         Unless(peak.operations_per_cycle == 0, fmt::format("{:.1f}", peak.operations_per_cycle)),
         Unless(peak.width_per_cycle == 0,
                fmt::format("{} of {:.0f}", Percent(peak.fraction_of_width), peak.width_per_cycle)),
         peak.instructions});
  }
  out << text::TextTable(rows);
  out << fmt::format("memory reads: {:.1f} GB/s one thread, {:.1f} GB/s all ({:.0f} MB)\n\n",
                     peaks.one_thread_bytes_per_second / 1e9,
                     peaks.all_threads_bytes_per_second / 1e9,
                     static_cast<double>(peaks.memory_buffer_bytes) / 1e6);
}

void PrintStages(const BenchReport& report, std::ostream& out) {
  std::vector<std::vector<std::string>> rows = {{"stage", "ms/window", "share", "GFLOP/window",
                                                 "GOP/s", "of peak", "MB/step", "GB/s",
                                                 "of memory"}};
  for (const BenchStage& stage : report.stages) {
    const bool no_work = stage.operations_per_window == 0, no_bytes = stage.bytes_per_step == 0;
    rows.push_back({std::string(models::StageName(stage.stage)),
                    fmt::format("{:.3f}", stage.milliseconds_per_window), Percent(stage.share),
                    Unless(no_work, fmt::format("{:.3f}", stage.operations_per_window / 1e9)),
                    Unless(no_work, fmt::format("{:.0f}", stage.operations_per_second / 1e9)),
                    Unless(no_work, Percent(stage.fraction_of_peak)),
                    Unless(no_bytes, fmt::format("{:.2f}", stage.bytes_per_step / 1e6)),
                    Unless(no_bytes, fmt::format("{:.1f}", stage.bytes_per_second / 1e9)),
                    Unless(no_bytes, Percent(stage.fraction_of_memory))});
  }
  rows.push_back(
      {"other", fmt::format("{:.3f}", report.other_milliseconds_per_window),
       Percent(Ratio(report.other_milliseconds_per_window, report.milliseconds_per_window))});
  rows.push_back({"all", fmt::format("{:.3f}", report.milliseconds_per_window), Percent(1)});
  out << text::TextTable(rows);
}

void PrintRoof(const char* name, const BenchRoof& roof, std::ostream& out) {
  if (roof.times_real_time == 0) return;
  out << fmt::format(
      "{}: {:.1f} x real time; {} reached\n"
      "  {:.2f} ms a window to encode, {:.2f} ms to decode (limited by {})\n",
      name, roof.times_real_time, Percent(roof.fraction_reached),
      roof.encoder_milliseconds_per_window, roof.decoder_milliseconds_per_window,
      roof.is_memory_the_limit ? "memory" : "compute");
}

using Json = nlohmann::ordered_json;

Json MachineJson(const MachinePeaks& peaks) {
  Json arithmetics = Json::object();
  for (const ArithmeticPeak& peak : peaks.arithmetics) {
    Json entry = {{"instructions", peak.instructions.empty() ? Json() : Json(peak.instructions)}};
    if (!peak.instructions.empty()) {
      entry["operations_per_second"] = peak.operations_per_second;
      entry["operations_per_cycle_per_core"] = peak.operations_per_cycle;
    }
    if (peak.width_per_cycle > 0) {
      entry["width_per_cycle"] = peak.width_per_cycle;
      entry["fraction_of_width"] = peak.fraction_of_width;
    }
    arithmetics[peak.name] = std::move(entry);
  }
  return {{"cpu", CpuModelName()},
          {"cpu_level", CpuLevelName(peaks.cpu_level)},
          {"threads", peaks.num_threads},
          {"clock_hz", peaks.clock_hz},
          {"peaks", std::move(arithmetics)},
          {"memory",
           {{"one_thread_bytes_per_second", peaks.one_thread_bytes_per_second},
            {"all_threads_bytes_per_second", peaks.all_threads_bytes_per_second},
            {"buffer_bytes", peaks.memory_buffer_bytes}}}};
}

Json RunJson(const BenchReport& report) {
  const BenchRun& run = report.run;
  return {{"input", run.input},
          {"batch_size", run.batch_size},
          {"audio_seconds", run.audio_seconds},
          {"wall_seconds", run.wall_seconds},
          {"times_real_time", report.times_real_time},
          {"windows", run.counts.windows},
          {"tokens", run.counts.rows},
          {"steps", run.counts.steps},
          {"rows_per_step", report.rows_per_step}};
}

Json StageJson(const BenchStage& stage) {
  Json entry = {{"stage", models::StageName(stage.stage)},
                {"milliseconds_per_window", stage.milliseconds_per_window},
                {"share", stage.share}};
  if (stage.operations_per_window > 0) {
    entry["operations_per_window"] = stage.operations_per_window;
    entry["operations_per_second"] = stage.operations_per_second;
    entry["fraction_of_peak"] = stage.fraction_of_peak;
  }
  if (stage.bytes_per_step > 0) {
    entry["bytes_per_step"] = stage.bytes_per_step;
    entry["bytes_per_second"] = stage.bytes_per_second;
    entry["fraction_of_memory"] = stage.fraction_of_memory;
  }
  return entry;
}

Json RoofJson(const BenchRoof& roof) {
  return {{"times_real_time", roof.times_real_time},
          {"encoder_milliseconds_per_window", roof.encoder_milliseconds_per_window},
          {"decoder_milliseconds_per_window", roof.decoder_milliseconds_per_window},
          {"decoder_limit", roof.is_memory_the_limit ? "memory" : "compute"},
          {"fraction_reached", roof.fraction_reached}};
}

}  // namespace

BenchReport MakeBenchReport(MachinePeaks peaks, BenchRun run) {
  BenchReport report;
  report.peaks = std::move(peaks);
  report.run = std::move(run);
  const BenchRun& done = report.run;
  const models::MachineRates rates = report.peaks.Rates();
  double stage_seconds = 0;
  for (size_t i = 0; i < models::kNumStages; ++i) {
    if (done.thread_seconds[i] == 0) continue;
    stage_seconds += done.thread_seconds[i] / done.num_threads;
    report.stages.push_back(MakeStage(static_cast<Stage>(i), done, rates));
  }
  report.milliseconds_per_window = 1e3 * Ratio(done.wall_seconds, done.counts.windows);
  // Features of a recording are made beside the computing threads, so the sum may pass the whole.
  report.other_milliseconds_per_window =
      1e3 * Ratio(std::max(0.0, done.wall_seconds - stage_seconds), done.counts.windows);
  report.times_real_time = Ratio(done.audio_seconds, done.wall_seconds);
  report.rows_per_step = Ratio(done.counts.rows, done.counts.steps);
  report.eight_bit_roof = MakeRoof(done.eight_bit_work, done, rates);
  report.own_roof = MakeRoof(done.own_work, done, rates);
  return report;
}

void PrintBenchText(const BenchReport& report, std::ostream& out) {
  const BenchRun& run = report.run;
  PrintMachine(report.peaks, out);
  out << fmt::format(
      "Model: {} ({}), {}\n{}: {:.0f} windows, {:.1f} tokens each, {:.1f} rows a step; {:.1f} s of "
      "audio in {:.2f} s: {:.1f} x real time\n",
      run.model.name, run.model.family, run.model.compute_type, run.input, run.counts.windows,
      Ratio(run.counts.rows, run.counts.windows), report.rows_per_step, run.audio_seconds,
      run.wall_seconds, report.times_real_time);
  PrintStages(report, out);
  out << '\n';
  PrintRoof("Roof, 8 bits throughout", report.eight_bit_roof, out);
  PrintRoof("Roof, this model's arithmetic", report.own_roof, out);
}

void PrintBenchJson(const BenchReport& report, std::ostream& out) {
  Json stages = Json::array();
  for (const BenchStage& stage : report.stages) stages.push_back(StageJson(stage));
  const transcript::ModelInfo& model = report.run.model;
  const Json json = {
      {"format_version", 1},
      {"machine", MachineJson(report.peaks)},
      {"model",
       {{"name", model.name}, {"family", model.family}, {"compute_type", model.compute_type}}},
      {"run", RunJson(report)},
      {"milliseconds_per_window", report.milliseconds_per_window},
      {"stages", std::move(stages)},
      {"other_milliseconds_per_window", report.other_milliseconds_per_window},
      {"roofs",
       {{"eight_bit", RoofJson(report.eight_bit_roof)}, {"own", RoofJson(report.own_roof)}}}};
  out << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace ironscribe::cli
