#include "apps/cli/cost_flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <list>
#include <utility>

#include "apps/cli/flag_values.h"
#include "apps/cli/transcribe_flags.h"
#include "cost/currency.h"
#include "cost/parameters.h"

namespace ironscribe::cli {
namespace {

constexpr int kMaxDraws = 10'000'000;
constexpr int kMaxRepeats = 1000;

constexpr const char* kExamples =
    "Examples:\n"
    "  ironscribe cost --hours-per-year 500000\n"
    "      Every provider in the tables against own machines, a sentence first.\n"
    "  ironscribe cost --hours-per-year 500000 --engineers 0.25 --html report.html\n"
    "      The same with a quarter of an engineer, as a page with charts.\n"
    "  ironscribe cost --hours-per-year 500000 --own-machines 50000 --plan google-v2\n"
    "      With machines whose cost you know, against one product.\n"
    "  ironscribe cost --volume-from recordings/ --volume-days 30 --measure samples/ --model base\n"
    "      Volume from a folder (nothing is sent), own speed as measured on samples.\n"
    "  ironscribe cost --volume-from usage.csv --prices contract.yaml --wage 30\n"
    "      Usage of a server, your contract over the list prices, errors corrected at $30 an "
    "hour.\n"
    "  ironscribe cost --measure samples/ --measure-models tiny.en,base --quiet\n"
    "      The line of a release: audio hours per machine-hour and the price of a core-hour.\n\n"
    "docs/cost.md explains the reckoning, tables and scenarios. A vCPU is not a core: two often\n"
    "share one. Exit status: 0 done, 1 failed, 2 wrong usage, 3 interrupted.";

// What is typed, where it needs more than a number or a word to understand.
struct RawCost {
  std::string scenario;
  std::string volume_from;
  std::string months;
  std::string clips;
  std::vector<std::string> features;
  std::vector<std::string> prices;
  std::vector<std::string> word_errors;
  std::vector<std::string> exchange;
  std::string measure;
  std::string json;
  std::string csv;
  std::string html;
  std::list<std::pair<const cost::Parameter*, std::optional<double>>> parameters;
};

void AddVolumeFlags(CLI::App& app, RawCost& raw, CostOptions& options) {
  app.option_defaults()->group("What is transcribed");
  app.add_option("--hours-per-year", options.hours_per_year, "Hours of audio a year");
  app.add_option("--months", raw.months, "Hours of each of twelve months, with commas between");
  app.add_option("--growth", options.growth, "Of the volume a year; 0.1 is ten percent");
  app.add_option("--clips", raw.clips,
                 "Lengths of recordings and their shares, SECONDS:SHARE,...; minimums and rounding "
                 "of providers count by them");
  app.add_option("--mean-channels", options.channels,
                 "Channels a recording, where each is transcribed on its own");
  app.add_option("--feature", raw.features,
                 "redaction, diarization, custom_lm, medical: priced, and asked of every product");
  app.add_option("--volume-from", raw.volume_from,
                 "A folder, whose recordings' lengths are read, or a usage export (.csv)");
  app.add_option("--volume-days", options.volume_days,
                 "Days that the folder's recordings cover (default 365)")
      ->check(CLI::Range(0.01, 36500.0));
  app.add_option("--scenario", raw.scenario, "A YAML file with all of this; flags win over it");
}

void AddPriceFlags(CLI::App& app, RawCost& raw, CostOptions& options) {
  app.option_defaults()->group("Prices");
  app.add_option("--prices", raw.prices,
                 "A table of your own, such as contract prices or machines, laid over those of the "
                 "program; may be repeated")
      ->allow_extra_args(false);
  app.add_option("--plan", options.plans, "Only these products of providers; may be repeated")
      ->allow_extra_args(false);
  app.add_option("--hardware", options.hardware, "Only these machines; may be repeated")
      ->allow_extra_args(false);
  app.add_option("--against", options.against,
                 "The product to be replaced; what makes at most one point more word errors "
                 "competes (default google-v2)");
  app.add_option("--own-machines", options.own_machines_per_year,
                 "What your machines cost a year, if you know it, in place of a reckoning");
  app.add_option("--core-hour-price", options.core_hour_price,
                 "Price of a core-hour (not of a vCPU) of the machine that is measured");
  app.add_option("--error-rate", raw.word_errors,
                 "ID=PERCENT: word errors that you measured, of a product or model; only measured "
                 "ones are compared then; may be repeated")
      ->allow_extra_args(false);
  app.add_option("--currency", options.currency, "Of the report (default USD)");
  app.add_option("--exchange", raw.exchange,
                 "EUR=1.1: one EUR is worth 1.1 of the report's currency; may be repeated")
      ->allow_extra_args(false);
  app.add_option("--as-of", options.as_of, "Count ages of prices to this day (default today)");
  app.add_option("--max-age-days", options.max_age_days,
                 "Older prices are pointed out (default 90)")
      ->check(CLI::Range(0, 100'000));
}

void AddParameterFlags(CLI::App& app, RawCost& raw) {
  app.option_defaults()->group("Assumptions");
  const cost::Assumptions defaults;
  for (const cost::Parameter& parameter : cost::Parameters()) {
    auto& [key, value] = raw.parameters.emplace_back(&parameter, std::nullopt);
    app.add_option("--" + std::string(parameter.key), value,
                   fmt::format("{} ({}, default {:g})", parameter.what, parameter.unit,
                               parameter.get(defaults)));
  }
}

void AddOutputFlags(CLI::App& app, RawCost& raw, CostOptions& options) {
  app.option_defaults()->group("Measuring");
  app.add_option("--measure", raw.measure,
                 "Transcribe the recordings of this folder, take the time, and reckon with it");
  app.add_option("--measure-models", options.measure_models, "Several models (default --model)")
      ->delimiter(',');
  app.add_option("--repeats", options.repeats, "Of the measurement (default 3)")
      ->check(CLI::Range(3, kMaxRepeats));
  app.option_defaults()->group("Output");
  app.add_option("--json", raw.json, "Write everything here, for programs");
  app.add_option("--csv", raw.csv, "Write a row for each product here, for spreadsheets");
  app.add_option("--html", raw.html, "Write a report with charts here, one file");
  app.add_option("--rows", options.rows, "Of the table on the terminal (default 30)")
      ->check(CLI::Range(1, 100'000));
  app.add_option("--draws", options.draws, "Of the Monte Carlo (default 100000)")
      ->check(CLI::Range(100, kMaxDraws));
  app.add_option("--draw-seed", options.seed, "Of the Monte Carlo (default 1)");
}

// "NAME=NUMBER".
Result<std::pair<std::string, double>> ParsePair(const std::string& text) {
  const size_t at = text.rfind('=');
  if (at == std::string::npos || at == 0) {
    return InvalidArgumentError(fmt::format("'{}' is not NAME=NUMBER", text));
  }
  ASSIGN_OR_RETURN(const double value, ParseNumber(text.substr(at + 1)));
  return std::pair(text.substr(0, at), value);
}

Result<std::vector<double>> ParseMonths(const std::string& text) {
  std::vector<double> months;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string one = text.substr(begin, end - begin);
    if (one.empty()) {
      return InvalidArgumentError(
          fmt::format("month {} is without data; 0 says that there is none", months.size() + 1));
    }
    ASSIGN_OR_RETURN(const double hours, ParseNumber(one));
    months.push_back(hours);
    begin = end + 1;
  }
  if (months.size() != cost::kMonthsPerYear) {
    return InvalidArgumentError(fmt::format(
        "{} months; a year has 12, and months without data are not guessed", months.size()));
  }
  return months;
}

Status ConvertVolume(const RawCost& raw, CostOptions& options) {
  if (options.hours_per_year.has_value()) {
    const double hours = *options.hours_per_year;
    if (!(hours >= 0) || hours > cost::kMaxHoursPerYear.value()) {
      return InvalidArgumentError(
          fmt::format("--hours-per-year: {} is {}; 0 to 1e12 are taken, both included", hours,
                      hours > 0   ? "more than anyone speaks"
                      : hours < 0 ? "less than nothing"
                                  : "no number"));
    }
  }
  if (!raw.months.empty()) {
    auto months = ParseMonths(raw.months);
    if (!months.ok()) return months.status().Annotate("--months");
    options.months = std::move(months).value();
    if (options.hours_per_year.has_value()) {
      return InvalidArgumentError("--hours-per-year and --months exclude each other");
    }
  }
  if (!raw.clips.empty()) {
    auto clips = ParseClipLengths(raw.clips);
    if (!clips.ok()) return clips.status().Annotate("--clips");
    options.clips = std::move(clips).value();
  }
  for (const std::string& name : raw.features) {
    const auto feature = cost::FindFeature(name);
    if (!feature.has_value()) {
      return InvalidArgumentError(fmt::format(
          "--feature: unknown '{}'; known are redaction, diarization, custom_lm, medical", name));
    }
    options.features.push_back(*feature);
  }
  return OkStatus();
}

Status ConvertPrices(const RawCost& raw, CostOptions& options) {
  for (const std::string& text : raw.word_errors) {
    auto pair = ParsePair(text);
    if (!pair.ok()) return pair.status().Annotate("--error-rate");
    if (pair->second < 0 || pair->second > 100) {
      return InvalidArgumentError("--error-rate: percent lie between 0 and 100");
    }
    if (!options.word_errors.insert(*pair).second) {
      return InvalidArgumentError(fmt::format("--error-rate: {} is given twice", pair->first));
    }
  }
  for (const std::string& text : raw.exchange) {
    auto pair = ParsePair(text);
    if (!pair.ok()) return pair.status().Annotate("--exchange");
    if (!options.exchange.insert(*pair).second) {
      return InvalidArgumentError(fmt::format("--exchange: {} is given twice", pair->first));
    }
  }
  if (!cost::IsCurrency(options.currency)) {
    return InvalidArgumentError("--currency: three capital letters such as EUR are needed");
  }
  for (const auto& [parameter, value] : raw.parameters) {
    if (!value.has_value()) continue;
    cost::Assumptions assumptions;
    const Status status = cost::SetParameter(*parameter, *value, assumptions);
    if (!status.ok()) return InvalidArgumentError("--" + status.message());
    options.parameters[std::string(parameter->key)] = *value;
  }
  for (const auto& [value, flag] : {std::pair(options.own_machines_per_year, "--own-machines"),
                                    std::pair(options.core_hour_price, "--core-hour-price")}) {
    if (value.has_value() && (!(*value >= 0) || *value > 1e12)) {
      return InvalidArgumentError(fmt::format("{}: 0 to 1e12", flag));
    }
  }
  return OkStatus();
}

}  // namespace

Result<std::vector<cost::ClipLength>> ParseClipLengths(const std::string& text) {
  std::vector<cost::ClipLength> clips;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string one = text.substr(begin, end - begin);
    const size_t colon = one.find(':');
    if (colon == std::string::npos) {
      return InvalidArgumentError(fmt::format("'{}' is not SECONDS:SHARE", one));
    }
    ASSIGN_OR_RETURN(const double seconds, ParseNumber(one.substr(0, colon)));
    ASSIGN_OR_RETURN(const double share, ParseNumber(one.substr(colon + 1)));
    clips.push_back({cost::AudioSeconds(seconds), share});
    begin = end + 1;
  }
  RETURN_IF_ERROR(cost::CheckClips(clips));
  return clips;
}

Status CheckDifferentFiles(
    const std::vector<std::pair<std::string_view, std::filesystem::path>>& outputs) {
  std::map<std::filesystem::path, std::string_view> seen;
  for (const auto& [flag, path] : outputs) {
    if (path.empty()) continue;
    std::error_code ignored;
    const auto [place, is_new] =
        seen.try_emplace(std::filesystem::absolute(path, ignored).lexically_normal(), flag);
    if (is_new) continue;
    return InvalidArgumentError(
        fmt::format("{} and {} name the same file, {}; the second would "
                    "replace the first",
                    place->second, flag, path.string()));
  }
  return OkStatus();
}

Result<ParsedCostFlags> ParseCostFlags(const std::vector<std::string>& arguments,
                                       const Folders& folders) {
  ParsedCostFlags parsed;
  CostOptions& options = parsed.options;
  RawCost raw;
  ASSIGN_OR_RETURN(
      ParsedFlags recognition,
      ParseRecognitionFlags(
          arguments, folders,
          {.name = "ironscribe cost",
           .description = "What speech recognition costs: providers against machines of your own.",
           .examples = kExamples,
           .finishes = true,
           .add_flags = [&](CLI::App& app) {
             AddVolumeFlags(app, raw, options);
             AddPriceFlags(app, raw, options);
             AddParameterFlags(app, raw);
             AddOutputFlags(app, raw, options);
           }}));
  parsed.help = std::move(recognition.help);
  if (!parsed.help.empty()) return parsed;
  options.transcribe = std::move(recognition.options);
  RETURN_IF_ERROR(ConvertVolume(raw, options));
  RETURN_IF_ERROR(ConvertPrices(raw, options));
  options.scenario = raw.scenario;
  options.volume_from = raw.volume_from;
  options.prices.assign(raw.prices.begin(), raw.prices.end());
  options.measure = raw.measure;
  options.json = raw.json;
  options.csv = raw.csv;
  options.html = raw.html;
  RETURN_IF_ERROR(CheckDifferentFiles(
      {{"--json", options.json}, {"--csv", options.csv}, {"--html", options.html}}));
  return parsed;
}

}  // namespace ironscribe::cli
