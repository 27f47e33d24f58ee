#include "apps/cli/capacity_flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <optional>

#include "apps/cli/cost_flags.h"
#include "apps/cli/flag_values.h"
#include "apps/cli/transcribe_flags.h"

namespace ironscribe::cli {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  ironscribe capacity --recordings-per-day 8000 --mean-seconds 600 --speed 46 --wait 10\n"
    "      Machines of 46 x real time, so that 95 % of the recordings begin within 10 s.\n"
    "  ironscribe capacity --recordings-per-day 8000 --clips 30:0.5,1200:0.5 --speed 46 "
    "--simulate\n"
    "      Short and long recordings; the simulator tells the percentiles.\n"
    "  ironscribe capacity --volume-from usage.csv --measure samples/ --measure-batches 1,4,8\n"
    "                      --model base --simulate --kubernetes ironscribe.yaml\n"
    "      Load of a server, speed by batch as measured here, replica numbers as YAML.\n"
    "  ironscribe capacity --streams 84 --blocked 0.01 --streams-per-machine 16 --speed 46\n"
    "      Places for live streams, of which one in a hundred may be turned away.\n\n"
    "A vCPU is not a core: --speed is that of the whole machine. docs/cost.md has the formulas "
    "and\n"
    "how far they may be off. Exit status: 0 done, 1 failed, 2 wrong usage, 3 interrupted.";

struct RawCapacity {
  std::optional<double> recordings_per_day;
  std::optional<double> hours_per_year;
  double mean_seconds = 600;
  double wait_seconds = 10;
  std::string clips;
  std::optional<double> speed;
  std::string batch_speeds;
  std::string day_profile;
  std::string volume_from;
  std::string measure;
  std::string json;
  std::string kubernetes;
};

void AddLoadFlags(CLI::App& app, RawCapacity& raw, CapacityOptions& options) {
  app.option_defaults()->group("Load");
  app.add_option("--recordings-per-day", raw.recordings_per_day, "On a mean day");
  app.add_option("--hours-per-year", raw.hours_per_year,
                 "Hours of audio a year, in place of recordings a day");
  app.add_option("--mean-seconds", raw.mean_seconds, "Mean length of a recording (default 600)");
  app.add_option("--length-variability", options.load.length_variability,
                 "Variance of the lengths over their squared mean (default 1)");
  app.add_option("--clips", raw.clips, "Lengths and shares in their place, SECONDS:SHARE,...");
  app.add_option("--arrival-variability", options.load.arrival_variability,
                 "The same of the times between arrivals (default 1: independent)");
  app.add_option("--peak", options.peak,
                 "Busiest hour of the day over the mean one, 1 to 2 (default 1.8)")
      ->check(CLI::Range(1.0, 2.0));
  app.add_option("--day-profile", raw.day_profile,
                 "A YAML list of the 24 hours' shares, in place of --peak");
  app.add_option("--peak-day", options.load.peak_day, "Busiest day over the mean one (default 1)");
  app.add_option("--volume-from", raw.volume_from,
                 "A folder, whose recordings' lengths are read, or a usage export (.csv)");
  app.add_option("--volume-days", options.volume_days,
                 "Days that the folder's recordings cover (default 365)")
      ->check(CLI::Range(0.01, 36500.0));
  app.add_option("--streams", options.streams.mean_streams,
                 "Live streams at once on average in the busiest hour")
      ->check(CLI::Range(0.0, 1e7));
  app.add_option("--blocked", options.streams.blocked,
                 "Share of streams that may find no place (default 0.01)")
      ->check(CLI::Range(1e-9, 0.99));
  app.add_option("--streams-per-machine", options.streams.per_machine, "Places (default 1)")
      ->check(CLI::Range(1, 1'000'000));
}

void AddMachineFlags(CLI::App& app, RawCapacity& raw, CapacityOptions& options) {
  app.option_defaults()->group("Machine");
  app.add_option("--speed", raw.speed, "Seconds of audio a second of one machine");
  app.add_option("--batch-speeds", raw.batch_speeds,
                 "The same by recordings worked on together, 1:46,8:120");
  app.add_option("--measure", raw.measure,
                 "Measure it: transcribe the recordings of this folder by the clock");
  app.add_option("--measure-batches", options.measure_batches,
                 "With so many recordings together (default 1)")
      ->delimiter(',');
  app.add_option("--repeats", options.repeats, "Of the measurement (default 3)")
      ->check(CLI::Range(3, 1000));
  app.add_option("--cores", options.machine.cores, "Of a machine, for Kubernetes' requests")
      ->check(CLI::Range(0.0, 1e5));
  app.add_option("--memory-gb", options.machine.memory_gb, "The same")->check(CLI::Range(0.0, 1e6));
  app.option_defaults()->group("Target");
  app.add_option("--wait", raw.wait_seconds, "Seconds before work begins (default 10)");
  app.add_option("--share", options.target.share,
                 "Share of the recordings that wait no longer (default 0.95)");
  app.add_option("--spare", options.target.spare_machines, "Machines beside (default 1: N+1)");
  app.add_option("--max-utilization", options.target.max_utilization,
                 "Of the machines in an hour (default 0.9)");
  app.option_defaults()->group("Output");
  app.add_flag("--simulate", options.simulate,
               "Also simulate the busiest hour: percentiles, batches, heavy tails");
  app.add_option("--simulation-seed", options.seed, "Of the simulator (default 1)");
  app.add_option("--json", raw.json, "Write everything here, for programs");
  app.add_option("--kubernetes", raw.kubernetes,
                 "Write replica numbers and resource requests here, as YAML");
}

Result<std::vector<cost::BatchSpeed>> ParseBatchSpeeds(const std::string& text) {
  std::vector<cost::BatchSpeed> speeds;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string one = text.substr(begin, end - begin);
    const size_t colon = one.find(':');
    if (colon == std::string::npos) {
      return InvalidArgumentError(fmt::format("'{}' is not BATCH:SPEED", one));
    }
    ASSIGN_OR_RETURN(const double batch, ParseNumber(one.substr(0, colon)));
    ASSIGN_OR_RETURN(const double speed, ParseNumber(one.substr(colon + 1)));
    if (batch != std::floor(batch) || batch < 1 || batch > 4096) {
      return InvalidArgumentError(
          fmt::format("a batch of {}; whole numbers from 1 to 4096", batch));
    }
    speeds.push_back({static_cast<int>(batch), cost::Speed(speed)});
    begin = end + 1;
  }
  return speeds;
}

Status ConvertSpeed(const RawCapacity& raw, CapacityOptions& options) {
  const int given = (raw.speed.has_value() ? 1 : 0) + (raw.batch_speeds.empty() ? 0 : 1) +
                    (raw.measure.empty() ? 0 : 1);
  if (given != 1) {
    return InvalidArgumentError(
        "a machine's speed is needed: one of --speed, --batch-speeds and --measure");
  }
  if (raw.speed.has_value()) options.load.speeds = {{1, cost::Speed(*raw.speed)}};
  if (!raw.batch_speeds.empty()) {
    auto speeds = ParseBatchSpeeds(raw.batch_speeds);
    if (!speeds.ok()) return speeds.status().Annotate("--batch-speeds");
    options.load.speeds = std::move(speeds).value();
  }
  if (options.measure_batches.empty() || options.measure_batches[0] != 1 ||
      !std::is_sorted(options.measure_batches.begin(), options.measure_batches.end()) ||
      options.measure_batches.back() > 256) {
    return InvalidArgumentError("--measure-batches: growing numbers from 1 to at most 256");
  }
  return OkStatus();
}

Status Convert(const RawCapacity& raw, CapacityOptions& options) {
  RETURN_IF_ERROR(ConvertSpeed(raw, options));
  options.load.mean_length = cost::AudioSeconds(raw.mean_seconds);
  options.target.wait = cost::Seconds(raw.wait_seconds);
  if (!raw.clips.empty()) {
    auto clips = ParseClipLengths(raw.clips);
    if (!clips.ok()) return clips.status().Annotate("--clips");
    options.load.clips = std::move(clips).value();
  }
  const int loads = (raw.recordings_per_day.has_value() ? 1 : 0) +
                    (raw.hours_per_year.has_value() ? 1 : 0) + (raw.volume_from.empty() ? 0 : 1);
  if (loads > 1) {
    return InvalidArgumentError(
        "--recordings-per-day, --hours-per-year and --volume-from exclude each other: each is the "
        "whole load");
  }
  if (raw.recordings_per_day.has_value()) {
    options.load.recordings_per_day = *raw.recordings_per_day;
  }
  if (raw.hours_per_year.has_value()) {
    const cost::AudioSeconds mean =
        options.load.clips.empty() ? options.load.mean_length : MeanLength(options.load.clips);
    if (!(*raw.hours_per_year >= 0) || *raw.hours_per_year > cost::kMaxHoursPerYear.value()) {
      return InvalidArgumentError("--hours-per-year: 0 to 1e12, both included");
    }
    options.load.recordings_per_day =
        *raw.hours_per_year * 3600 / mean.value() / cost::kDaysPerYear;
  }
  options.day_profile = raw.day_profile;
  options.volume_from = raw.volume_from;
  options.measure = raw.measure;
  options.json = raw.json;
  options.kubernetes = raw.kubernetes;
  RETURN_IF_ERROR(
      CheckDifferentFiles({{"--json", options.json}, {"--kubernetes", options.kubernetes}}));
  return cost::CheckTarget(options.target);
}

}  // namespace

Result<ParsedCapacityFlags> ParseCapacityFlags(const std::vector<std::string>& arguments,
                                               const Folders& folders) {
  ParsedCapacityFlags parsed;
  RawCapacity raw;
  ASSIGN_OR_RETURN(ParsedFlags recognition,
                   ParseRecognitionFlags(
                       arguments, folders,
                       {.name = "ironscribe capacity",
                        .description = "How many machines and places for streams a load needs.",
                        .examples = kExamples,
                        .finishes = true,
                        .add_flags = [&](CLI::App& app) {
                          AddLoadFlags(app, raw, parsed.options);
                          AddMachineFlags(app, raw, parsed.options);
                        }}));
  parsed.help = std::move(recognition.help);
  if (!parsed.help.empty()) return parsed;
  parsed.options.transcribe = std::move(recognition.options);
  RETURN_IF_ERROR(Convert(raw, parsed.options));
  return parsed;
}

}  // namespace ironscribe::cli
