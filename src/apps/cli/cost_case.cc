#include "apps/cli/cost_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/nearest_names.h"
#include "cost/currency.h"
#include "cost/parameters.h"
#include "io/file.h"
#include "price_tables/price_tables.h"
#include "price_tables/scenario.h"

namespace ironscribe::cli {
namespace {

using price_tables::PlacedName;
using price_tables::PriceTables;
using price_tables::Scenario;

constexpr std::string_view kDefaultAgainst = "google-v2";
constexpr std::string_view kOwnTest = "measured on your recordings";
constexpr std::string_view kMeasuredHardware = "this-machine";
constexpr size_t kNearest = 3;

Status UnknownName(const PlacedName& name, std::string_view what,
                   const std::vector<std::string>& known) {
  const auto nearest = NearestNames(name.name, known, kNearest);
  return InvalidArgumentError(fmt::format("{}: unknown {} '{}'; {} {}", name.place, what, name.name,
                                          nearest.empty() ? "known are" : "nearest:",
                                          fmt::join(nearest.empty() ? known : nearest, ", ")));
}

template <typename T>
std::vector<std::string> IdsOf(const std::vector<T>& rows) {
  std::vector<std::string> ids;
  for (const T& row : rows) ids.push_back(row.id);
  return ids;
}

// Keeps the rows that are named; all without names.
template <typename T>
Status KeepNamed(const std::vector<PlacedName>& names, std::string_view what,
                 std::vector<T>& rows) {
  if (names.empty()) return OkStatus();
  std::vector<T> kept;
  for (const PlacedName& name : names) {
    const auto found =
        std::find_if(rows.begin(), rows.end(), [&](const T& row) { return row.id == name.name; });
    if (found == rows.end()) return UnknownName(name, what, IdsOf(rows));
    kept.push_back(*found);
  }
  rows = std::move(kept);
  return OkStatus();
}

std::vector<PlacedName> Names(const std::vector<std::string>& typed, std::string_view flag,
                              const std::vector<PlacedName>& of_scenario) {
  if (typed.empty()) return of_scenario;
  std::vector<PlacedName> names;
  for (const std::string& name : typed) names.push_back({name, std::string(flag)});
  return names;
}

Result<Scenario> OpenScenario(const CostOptions& options) {
  if (options.scenario.empty()) return Scenario();
  ASSIGN_OR_RETURN(const std::string text,
                   io::ReadFile(options.scenario, price_tables::kMaxScenarioBytes));
  return price_tables::ReadScenario(text, options.scenario.string());
}

Result<cost::Exchange> ExchangeOf(const CostOptions& options, const Scenario& scenario) {
  cost::Exchange exchange(options.currency);
  for (const auto& [currency, rate] : scenario.exchange) {
    RETURN_IF_ERROR(exchange.Add(currency, rate));
  }
  for (const auto& [currency, rate] : options.exchange) {
    if (const Status status = exchange.Add(currency, rate); !status.ok()) {
      return status.Annotate("--exchange");
    }
  }
  return exchange;
}

Result<PriceTables> OpenTables(const CostOptions& options, const cost::Exchange& exchange) {
  ASSIGN_OR_RETURN(PriceTables tables, price_tables::ReadBuiltInTables(exchange));
  for (const std::filesystem::path& path : options.prices) {
    ASSIGN_OR_RETURN(const std::string text, io::ReadFile(path, price_tables::kMaxScenarioBytes));
    ASSIGN_OR_RETURN(PriceTables over,
                     price_tables::ReadPriceTables(text, path.string(), exchange, tables));
    price_tables::LayOver(std::move(over), tables);
  }
  return tables;
}

Result<cost::Usage> UsageOf(const CostOptions& options, const Scenario& scenario,
                            const cost::Usage* volume) {
  cost::Usage usage = scenario.usage;
  if (volume != nullptr) {
    usage.months = volume->months;
    if (!volume->clips.empty()) usage.clips = volume->clips;
  }
  if (options.hours_per_year.has_value()) {
    usage.months.fill(cost::AudioHours(*options.hours_per_year / cost::kMonthsPerYear));
  }
  for (size_t month = 0; month < options.months.size(); ++month) {
    usage.months[month] = cost::AudioHours(options.months[month]);
  }
  if (!options.clips.empty()) usage.clips = options.clips;
  if (options.channels.has_value()) usage.channels = *options.channels;
  if (options.growth.has_value()) usage.growth_per_year = *options.growth;
  if (!options.features.empty()) usage.features = options.features;
  RETURN_IF_ERROR(cost::CheckUsage(usage));
  return usage;
}

// What was measured replaces what the tables say of the same model, for this machine and by core
// for every other one.
void PutMeasured(const std::vector<cost_report::MeasuredSpeed>& measured, const std::string& today,
                 PriceTables& tables) {
  for (const cost_report::MeasuredSpeed& one : measured) {
    cost::ModelSpeed speed;
    for (const cost::ModelSpeed& old : tables.speeds) {
      if (old.model == one.model && old.software == "ironscribe") speed = old;
    }
    speed.model = one.model;
    speed.software = "ironscribe";
    speed.hardware.clear();
    speed.speed = one.speed / one.cores;
    speed.low = one.low / one.cores;
    speed.high = one.high / one.cores;
    speed.knowledge = cost::Knowledge::kMeasured;
    speed.architecture = one.architecture;
    speed.features = one.features;
    speed.processor = fmt::format("{}, {} cores, {}", one.processor, one.cores, one.settings);
    speed.provenance = {"measured by this run", today};
    PriceTables over;
    over.speeds = {speed};
    price_tables::LayOver(std::move(over), tables);
  }
}

// The machine at hand, at the price of a core-hour that somebody stated.
void PutCorePrice(const CostOptions& options, const std::string& today,
                  const std::vector<cost_report::MeasuredSpeed>& measured, PriceTables& tables) {
  for (cost::Hardware& hardware : tables.hardware) {
    if (hardware.id != kMeasuredHardware) continue;
    if (!measured.empty()) {
      hardware.vcpus = measured[0].cores;
      hardware.threads_per_core = 1;
      hardware.name = measured[0].processor;
      hardware.architecture = measured[0].architecture;
    }
    if (!options.core_hour_price.has_value()) continue;
    cost::Offer offer;
    offer.per_hour = cost::Price<cost::MachineHours>(*options.core_hour_price * hardware.cores());
    offer.provenance = {"--core-hour-price", today};
    hardware.offers = {offer};
  }
}

// A feature that did not run is not had at the measured speed.
void NoteUnmeasured(const std::vector<cost_report::MeasuredSpeed>& measured,
                    const std::vector<cost::Feature>& wanted, CostCase& made) {
  for (const cost_report::MeasuredSpeed& one : measured) {
    for (const cost::Feature feature : wanted) {
      if (std::find(one.features.begin(), one.features.end(), feature) != one.features.end()) {
        continue;
      }
      made.notes.push_back(
          fmt::format("{} was measured without {}, so it does not compete{}", one.model,
                      cost::FeatureName(feature),
                      feature == cost::Feature::kRedaction ? "; measure with --redact" : ""));
    }
  }
}

cost::WordErrors OwnRate(double percent) {
  return {cost::Knowledge::kMeasured, percent / 100, std::string(kOwnTest), "--error-rate"};
}

// Rates that somebody measured on the same recordings replace all others: rates of different tests
// do not compare.
Status PutWordErrors(const CostOptions& options, PriceTables& tables) {
  if (options.word_errors.empty()) return OkStatus();
  std::vector<std::string> known = IdsOf(tables.plans);
  known.push_back(options.transcribe.model);
  for (const cost::ModelSpeed& speed : tables.speeds) known.push_back(speed.model);
  for (const auto& [name, percent] : options.word_errors) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return UnknownName({name, "--error-rate"}, "product or model", known);
    }
    const cost::WordErrors words = OwnRate(percent);
    for (cost::PricePlan& plan : tables.plans) {
      if (plan.id == name) plan.words = words;
    }
    for (cost::ModelSpeed& speed : tables.speeds) {
      if (speed.model == name) speed.words = words;
    }
  }
  for (cost::PricePlan& plan : tables.plans) {
    if (plan.words.test != kOwnTest) plan.words = {};
  }
  for (cost::ModelSpeed& speed : tables.speeds) {
    if (speed.words.test != kOwnTest) speed.words = {};
  }
  return OkStatus();
}

// Every speed on every machine that it is known for, in every way to have it.
void AddSetups(const PriceTables& tables, CostCase& made) {
  std::vector<std::string> unpriced;
  std::vector<std::string> unmeasured;
  for (const cost::Hardware& hardware : tables.hardware) {
    bool wanted = false;
    for (const cost::ModelSpeed& speed : tables.speeds) {
      if (!cost::Fits(speed, hardware)) continue;
      wanted = true;
      for (const cost::Offer& offer : hardware.offers) {
        made.subject.setups.push_back({hardware, offer, speed, {}});
      }
    }
    if (wanted && hardware.offers.empty()) unpriced.push_back(hardware.id);
    if (!wanted) unmeasured.push_back(hardware.id);
  }
  for (const cost::OwnSetup& setup : made.subject.setups) {
    if (setup.offer.lacks.empty()) continue;
    made.notes.push_back(fmt::format(
        "{} ({}) does not compete: its price lacks {}; lay a whole price over it (--prices)",
        setup.hardware.id, cost::OfferKindName(setup.offer.kind), setup.offer.lacks));
  }
  if (!unmeasured.empty()) {
    made.notes.push_back(
        fmt::format("no speed is known for {}; measure there, or state one in a table (--prices)",
                    fmt::join(unmeasured, ", ")));
  }
  if (unpriced.empty()) return;
  made.notes.push_back(
      fmt::format("no price is known for {}; state one in a table (--prices) or with "
                  "--core-hour-price, none is "
                  "guessed",
                  fmt::join(unpriced, ", ")));
}

void NoteAges(const CostOptions& options, const PriceTables& tables, const std::string& as_of,
              int day, CostCase& made) {
  const price_tables::Ages ages = price_tables::AgesOf(tables, day, options.max_age_days);
  if (ages.old + ages.undated + ages.later == 0) return;
  std::vector<std::string> parts;
  if (ages.old + ages.undated > 0) {
    parts.push_back(fmt::format("{} of {} prices are older than {} days on {}",
                                ages.old + ages.undated, ages.rows, options.max_age_days, as_of));
  }
  if (ages.undated > 0) {
    parts.push_back(fmt::format("{} of an unknown day count as old", ages.undated));
  }
  if (ages.old > 0) {
    parts.push_back(fmt::format("the oldest is of {} ({} days)", ages.oldest, ages.oldest_days));
  }
  if (ages.later > 0) {
    parts.push_back(fmt::format("{} of {} prices are dated after {}: they were not read then",
                                ages.later, ages.rows, as_of));
  }
  made.notes.push_back(fmt::format("{}", fmt::join(parts, "; ")));
}

// How providers bill channels is often not said; once is the lower bill.
void NoteChannels(CostCase& made) {
  if (!(made.subject.usage.channels > 1)) return;
  std::vector<std::string_view> unknown;
  for (const cost::PricePlan& plan : made.subject.plans) {
    if (!plan.billing.channels_known) unknown.push_back(plan.id);
  }
  if (unknown.empty()) return;
  made.notes.push_back(fmt::format(
      "own machines transcribe each of the {:g} channels; of {} no source says how channels are "
      "billed: they are counted once, and a bill for each would be {:g} times as high "
      "('channels: each' in a table of your own, --prices)",
      made.subject.usage.channels, fmt::join(unknown, ", "), made.subject.usage.channels));
}

Status ChooseAgainst(const CostOptions& options, const Scenario& scenario, cost::Case& subject) {
  const std::vector<std::string> known = IdsOf(subject.plans);
  const bool is_there = std::find(known.begin(), known.end(), kDefaultAgainst) != known.end();
  if (is_there) subject.against = kDefaultAgainst;
  std::optional<PlacedName> wanted = scenario.against;
  if (options.against.has_value()) wanted = PlacedName{*options.against, "--against"};
  if (!wanted.has_value()) return OkStatus();
  if (std::find(known.begin(), known.end(), wanted->name) == known.end()) {
    return UnknownName(*wanted, "product", known);
  }
  subject.against = wanted->name;
  return OkStatus();
}

// The defaults are dollars; what is stated is in the report's currency. Currencies never add.
Status ConvertDefaults(const CostOptions& options, const Scenario& scenario,
                       const cost::Exchange& exchange, CostCase& made) {
  if (exchange.report_currency() == cost::kDefaultsCurrency) return OkStatus();
  const auto rate = exchange.RateOf(cost::kDefaultsCurrency);
  if (!rate.ok()) return rate.status().Annotate("--exchange");
  if (const Status status = cost::ConvertAmounts(*rate, made.subject.assumptions); !status.ok()) {
    return status.Annotate("--exchange");
  }
  std::vector<std::string_view> converted;
  for (const cost::Parameter& parameter : cost::Parameters()) {
    const std::string key(parameter.key);
    if (!parameter.is_money() || parameter.get(made.subject.assumptions) == 0 ||
        options.parameters.contains(key) || scenario.parameters.contains(key)) {
      continue;
    }
    converted.push_back(parameter.key);
  }
  if (converted.empty()) return OkStatus();
  made.notes.push_back(fmt::format(
      "the defaults of {} are dollars and were converted at {}={:g}; what you state is taken in {}",
      fmt::join(converted, ", "), cost::kDefaultsCurrency, *rate, exchange.report_currency()));
  return OkStatus();
}

Status SetParameters(const CostOptions& options, const Scenario& scenario, cost::Case& subject) {
  for (const auto* values : {&scenario.parameters, &options.parameters}) {
    for (const auto& [key, value] : *values) {
      RETURN_IF_ERROR(cost::SetParameter(*cost::FindParameter(key), value, subject.assumptions));
    }
  }
  return OkStatus();
}

// The machines of a stated bill: whatever model is worked with.
void AddStated(double per_year, const std::string& model, std::optional<double> rate,
               const PriceTables& tables, cost::Case& subject) {
  cost::OwnSetup stated;
  // Features and speed count where they were measured by core; errors are those of the model.
  for (const cost::ModelSpeed& speed : tables.speeds) {
    if (speed.model == model && speed.by_core()) stated.speed = speed;
  }
  for (const cost::ModelSpeed& speed : tables.speeds) {
    if (speed.model != model || stated.speed.words.knowledge != cost::Knowledge::kUnknown) continue;
    stated.speed.words = speed.words;
  }
  if (rate.has_value()) stated.speed.words = OwnRate(*rate);
  stated.speed.model = model;
  stated.offer.provenance = {"--own-machines", ""};
  stated.stated_machines = cost::Money(per_year);
  subject.setups.push_back(std::move(stated));
}

}  // namespace

Result<CostCase> MakeCostCase(const CostOptions& options, const cost::Usage* volume,
                              const std::vector<cost_report::MeasuredSpeed>& measured,
                              const std::string& today) {
  ASSIGN_OR_RETURN(const Scenario scenario, OpenScenario(options));
  ASSIGN_OR_RETURN(const cost::Exchange exchange, ExchangeOf(options, scenario));
  ASSIGN_OR_RETURN(PriceTables tables, OpenTables(options, exchange));
  const std::string as_of = options.as_of.empty() ? today : options.as_of;
  const auto day = price_tables::DayNumber(as_of);
  if (!day.ok()) return day.status().Annotate("--as-of");
  CostCase made;
  if (volume == nullptr && !scenario.has_volume && !options.hours_per_year.has_value() &&
      options.months.empty()) {
    return InvalidArgumentError(
        "no volume; state --hours-per-year, --months, --volume-from or a --scenario with "
        "'volume:'");
  }
  ASSIGN_OR_RETURN(made.subject.usage, UsageOf(options, scenario, volume));
  RETURN_IF_ERROR(ConvertDefaults(options, scenario, exchange, made));
  RETURN_IF_ERROR(SetParameters(options, scenario, made.subject));
  PutMeasured(measured, today, tables);
  NoteUnmeasured(measured, made.subject.usage.features, made);
  PutCorePrice(options, today, measured, tables);
  RETURN_IF_ERROR(PutWordErrors(options, tables));
  RETURN_IF_ERROR(
      KeepNamed(Names(options.plans, "--plan", scenario.plans), "product", tables.plans));
  RETURN_IF_ERROR(KeepNamed(Names(options.hardware, "--hardware", scenario.hardware), "hardware",
                            tables.hardware));
  NoteAges(options, tables, as_of, *day, made);
  made.subject.plans = tables.plans;
  NoteChannels(made);
  RETURN_IF_ERROR(ChooseAgainst(options, scenario, made.subject));
  const auto stated = options.own_machines_per_year.has_value() ? options.own_machines_per_year
                                                                : scenario.own_machines_per_year;
  if (stated.has_value()) {
    const std::string& model = options.transcribe.model;
    const auto rate = options.word_errors.find(model);
    AddStated(*stated, model,
              rate == options.word_errors.end() ? std::nullopt : std::optional(rate->second),
              tables, made.subject);
  } else {
    AddSetups(tables, made);
  }
  made.notes.push_back(
      "a vCPU is not a core: speeds are known by core, and a machine with two threads a core "
      "counts "
      "half its vCPUs; speeds of other processors than the measured one are taken as equal by "
      "core");
  return made;
}

}  // namespace ironscribe::cli
