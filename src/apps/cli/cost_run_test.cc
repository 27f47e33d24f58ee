#include "apps/cli/cost_run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "apps/cli/capacity_run.h"
#include "apps/cli/cost_case.h"
#include "apps/cli/cost_measure.h"
#include "apps/cli/test_fakes.h"

namespace ironscribe::cli {
namespace {

// Lines may break anywhere.
bool Holds(std::string text, std::string_view part) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text.find(part) != std::string::npos;
}

// A call of a command on the fake recogniser; every call of the clock is a second later.
class CostTest : public ::testing::Test {
 protected:
  struct Outcome {
    ExitCode code = ExitCode::kDone;
    std::string out;
    std::string err;
  };

  TranscribeServices Services() {
    return {.open_model = [this](const TranscribeOptions&) -> Result<std::unique_ptr<Transcriber>> {
              ++models_opened_;
              return std::unique_ptr<Transcriber>(std::make_unique<FakeTranscriber>());
            },
            .open_input = OpenFake,
            .open_channels = OpenFakeChannels,
            .standard_output = out_,
            .standard_error = err_,
            .console = {},
            .now_seconds = [this] { return ++clock_; }};
  }

  Outcome Cost(std::vector<std::string> arguments) {
    arguments.push_back("--draws=200");
    const auto parsed = ParseCostFlags(arguments, folders_);
    if (!parsed.ok()) return {ExitCode::kWrongUsage, "", parsed.status().message()};
    if (!parsed->help.empty()) return {ExitCode::kDone, parsed->help, ""};
    return Finish(RunCost(parsed->options, Services(), "2026-11-23", {}));
  }

  Outcome Capacity(const std::vector<std::string>& arguments) {
    const auto parsed = ParseCapacityFlags(arguments, folders_);
    if (!parsed.ok()) return {ExitCode::kWrongUsage, "", parsed.status().message()};
    if (!parsed->help.empty()) return {ExitCode::kDone, parsed->help, ""};
    return Finish(RunCapacity(parsed->options, Services(), {}));
  }

  std::string Path(const std::string& name) { return (folder_.path() / name).string(); }
  std::string Write(const std::string& name, std::string_view text) {
    return folder_.Write(name, text).string();
  }

  // Refused as wrong usage with that message.
  void ExpectRefused(const std::vector<std::string>& arguments, std::string_view message) {
    const Outcome outcome = Cost(arguments);
    EXPECT_EQ(outcome.code, ExitCode::kWrongUsage) << message;
    EXPECT_TRUE(Holds(outcome.err, message)) << outcome.err;
    EXPECT_EQ(outcome.out, "");
  }

  TestFolder folder_;
  Folders folders_;
  int models_opened_ = 0;

 private:
  Outcome Finish(ExitCode code) {
    Outcome outcome{code, out_.str(), err_.str()};
    out_.str("");
    err_.str("");
    return outcome;
  }

  std::ostringstream out_;
  std::ostringstream err_;
  double clock_ = 0;
};

TEST_F(CostTest, TheCustomersCase) {
  const Outcome outcome =
      Cost({"--hours-per-year", "500000", "--own-machines", "50000", "--months-stored", "0",
            "--plan", "google-v1-data-logging", "--plan", "google-v2", "--error-rate", "base=8",
            "--error-rate", "google-v2=8", "--json", Path("r.json")});
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.err;
  EXPECT_EQ(outcome.out.find("At 500,000 hours a year"), 0u) << "the sentence stands first";
  EXPECT_TRUE(Holds(outcome.out, "$210,000")) << outcome.out;
  EXPECT_TRUE(Holds(outcome.out, "$480,000"));
  EXPECT_TRUE(Holds(outcome.out, "$270,000"));
  EXPECT_TRUE(Holds(outcome.out, "312,500"));
  const auto json = nlohmann::json::parse(ReadAll(Path("r.json")));
  EXPECT_EQ(json["cheapest"], "own-as-stated");
  EXPECT_EQ(models_opened_, 0);
}

TEST_F(CostTest, WritesEveryOutput) {
  const Outcome outcome = Cost({"--hours-per-year", "1000", "--json", Path("r.json"), "--csv",
                                Path("r.csv"), "--html", Path("r.html")});
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.err;
  EXPECT_TRUE(Holds(ReadAll(Path("r.csv")), "google-v2,"));
  EXPECT_TRUE(Holds(ReadAll(Path("r.html")), "<svg"));
  EXPECT_TRUE(Holds(outcome.out, "a vCPU is not a core"));
  EXPECT_TRUE(Holds(outcome.out, "no price is known for this-machine"));
  EXPECT_TRUE(Holds(outcome.out, "prices are older than 90 days on 2026-11-23"));
}

TEST_F(CostTest, AgesCountAgainstTheDayThatIsAsked) {
  const Outcome outcome =
      Cost({"--hours-per-year", "1000", "--as-of", "2026-11-24", "--max-age-days", "99999"});
  EXPECT_TRUE(Holds(outcome.out,
                    "2 of 37 prices are older than 99999 days on 2026-11-24; 2 of an "
                    "unknown day count as old"))
      << outcome.out;
  EXPECT_FALSE(Holds(outcome.out, "the oldest is"));
  const Outcome past = Cost({"--hours-per-year", "1", "--as-of", "2020-01-01"});
  EXPECT_TRUE(Holds(past.out, "35 of 37 prices are dated after 2020-01-01")) << past.out;
  EXPECT_FALSE(Holds(past.out, "37 of 37 prices are older"));
  EXPECT_TRUE(Holds(Cost({"--hours-per-year", "1", "--as-of", "2027-11-24"}).out,
                    "37 of 37 prices are older than 90 days on 2027-11-24"));
}

TEST_F(CostTest, OwnContractLiesOverTheList) {
  const std::string contract = Write("contract.yaml", R"(format: 1
currency: EUR
plans:
  - id: google-v2
    name: our contract
    kind: graduated
    per: hour
    tiers:
      - {from: 0, price: 0.5}
    source: contract of 2026
    date: 2026-11-01
)");
  const Outcome outcome =
      Cost({"--hours-per-year", "1000", "--prices", contract, "--exchange", "EUR=2"});
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.err;
  EXPECT_TRUE(Holds(outcome.out, "our contract")) << outcome.out;
  EXPECT_FALSE(Holds(outcome.out, "Chirp"));
  ExpectRefused({"--hours-per-year", "1000", "--prices", contract},
                "contract.yaml:2: there is no rate from EUR to USD");
}

TEST_F(CostTest, StatedCorePriceGivesTheMachineAPrice) {
  const Outcome outcome = Cost({"--hours-per-year", "1000", "--core-hour-price", "0.05"});
  EXPECT_TRUE(Holds(outcome.out, "on this-machine, on_demand")) << outcome.out;
  EXPECT_FALSE(Holds(outcome.out, "no price is known"));
}

// docs/cost.md shows this contract; it is far cheaper than own machines.
TEST_F(CostTest, AContractKeepsTheWordErrorsOfItsProduct) {
  const std::string contract = Write("contract.yaml", R"(format: 1
currency: USD
plans:
  - id: google-v2
    name: our contract with Google
    kind: graduated
    per: minute
    tiers:
      - {from: 0, price: 0.0004}
    source: contract 4711
    date: 2026-09-01
)");
  const Outcome outcome =
      Cost({"--hours-per-year", "500000", "--prices", contract, "--json", Path("r.json")});
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.err;
  EXPECT_TRUE(Holds(outcome.out, "the cheapest is our contract with Google (word error rate 6.63"))
      << outcome.out;
  EXPECT_EQ(nlohmann::json::parse(ReadAll(Path("r.json")))["cheapest"], "google-v2");
}

TEST_F(CostTest, DefaultsInDollarsAreConverted) {
  const Outcome outcome = Cost({"--hours-per-year", "1000", "--currency", "EUR", "--exchange",
                                "USD=0.5", "--migration", "7000", "--json", Path("r.json")});
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.err;
  const auto json = nlohmann::json::parse(ReadAll(Path("r.json")));
  EXPECT_EQ(json["parameters"]["salary"], 80'000);
  EXPECT_EQ(json["parameters"]["hosting"], 300);
  EXPECT_EQ(json["parameters"]["electricity"], 0.06);
  EXPECT_EQ(json["parameters"]["migration"], 7000) << "as stated, in euros";
  EXPECT_EQ(json["parameters"]["engineers"], 1);
  EXPECT_TRUE(Holds(outcome.out, "the defaults of salary, storage-price")) << outcome.out;
  EXPECT_TRUE(Holds(outcome.out, "converted at USD=0.5; what you state is taken in EUR"));
  ExpectRefused({"--hours-per-year", "1000", "--currency", "EUR"}, "no rate from USD to EUR");
}

TEST_F(CostTest, StatedMachinesKeepTheErrorsOfTheirModel) {
  const Outcome outcome = Cost({"--hours-per-year", "500000", "--own-machines", "50000", "--model",
                                "large-v3", "--plan", "google-v2"});
  EXPECT_TRUE(
      Holds(outcome.out, "self-hosted large-v3 on machines as stated (word error rate 7.44"))
      << outcome.out;
  const Outcome stated =
      Cost({"--hours-per-year", "500000", "--own-machines", "50000", "--model", "small", "--plan",
            "google-v2", "--error-rate", "small=5", "--error-rate", "google-v2=6"});
  EXPECT_TRUE(Holds(stated.out, "self-hosted small on machines as stated (word error rate 5.00"))
      << stated.out << stated.err;
}

TEST_F(CostTest, WageIsNotAdvisedWhereItIsGiven) {
  const Outcome outcome =
      Cost({"--hours-per-year", "500000", "--own-machines", "50000", "--wage", "30", "--model",
            "base", "--plan", "google-v2", "--plan", "groq-whisper-large-v3-turbo"});
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.err;
  EXPECT_FALSE(Holds(outcome.out, "--wage")) << outcome.out;
  EXPECT_TRUE(Holds(outcome.out, "no break-even, payback or saving is told")) << outcome.out;
}

TEST_F(CostTest, ReadsTheExportOfAServer) {
  const std::string usage = Write("u.csv",
                                  "day,key_id,key_name,model,requests,audio_seconds,errors\r\n"
                                  "2026-01-17,k1,calls,base,100,36000.000,1\r\n"
                                  "2026-02-02,k1,calls,base,100,36000.000,0\r\n");
  const Outcome outcome = Cost({"--volume-from", usage});
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.err;
  EXPECT_TRUE(Holds(outcome.out, "2 months, 2026-01 to 2026-02, 200 requests of 360.0 s"))
      << outcome.out;
  EXPECT_TRUE(Holds(outcome.out, "days from 2026-01-17 to 2026-02-02"));
  EXPECT_TRUE(Holds(outcome.out, "an export tells the mean length only")) << outcome.out;
  EXPECT_FALSE(Holds(Cost({"--volume-from", usage, "--clips", "5:1"}).out, "mean length only"));
}

TEST_F(CostTest, ChannelsOfUnknownBillsAreSaid) {
  const std::vector<std::string> one = {"--hours-per-year", "1000"};
  EXPECT_FALSE(Holds(Cost(one).out, "channels are billed"));
  const Outcome outcome = Cost({"--hours-per-year", "1000", "--mean-channels", "2"});
  EXPECT_TRUE(Holds(outcome.out, "of aws-transcribe, ")) << outcome.out;
  EXPECT_TRUE(Holds(outcome.out, "no source says how channels are billed"));
  EXPECT_FALSE(Holds(outcome.out, "groq-whisper-large-v3, ")) << "its source says so";
}

TEST_F(CostTest, ACardWithoutItsHostDoesNotWin) {
  const Outcome outcome = Cost({"--hours-per-year", "500000", "--hardware", "rtx-4090",
                                "--engineers", "0", "--json", Path("r.json")});
  EXPECT_TRUE(Holds(outcome.out, "rtx-4090 (bought) does not compete: its price lacks a host"))
      << outcome.out;
  EXPECT_NE(nlohmann::json::parse(ReadAll(Path("r.json")))["cheapest"],
            "own/large-v3/rtx-4090/bought");
}

TEST_F(CostTest, OutputsAreDifferentFiles) {
  ExpectRefused({"--hours-per-year", "1", "--json", "r.out", "--html", "./r.out"},
                "--json and --html name the same file");
  EXPECT_EQ(Cost({"--hours-per-year", "1e12"}).code, ExitCode::kDone) << "included";
}

TEST_F(CostTest, BrokenInputNamesFileAndLine) {
  ExpectRefused({}, "no volume");
  ExpectRefused({"--hours-per-year", "-5"}, "--hours-per-year: -5 is less than nothing");
  ExpectRefused({"--hours-per-year", "nan"}, "--hours-per-year");
  ExpectRefused({"--hours-per-year", "1", "--exchange", "EUR=1.1", "--exchange", "EUR=2"},
                "--exchange: EUR is given twice");
  ExpectRefused({"--hours-per-year", "1", "--error-rate", "base=1", "--error-rate", "base=2"},
                "--error-rate: base is given twice");
  ExpectRefused({"--hours-per-year", "1e13"}, "more than anyone speaks");
  ExpectRefused({"--months", "1,2,3"}, "3 months; a year has 12");
  ExpectRefused({"--months", "1,2,,4,5,6,7,8,9,10,11,12"}, "month 3 is without data");
  ExpectRefused({"--hours-per-year", "1", "--clips", "5:0.5"}, "sum to 0.5, not to 1");
  ExpectRefused({"--hours-per-year", "1", "--clips", "5"}, "not SECONDS:SHARE");
  ExpectRefused({"--hours-per-year", "1", "--plan", "gogle-v2"},
                "--plan: unknown product 'gogle-v2'; nearest: google-v2");
  ExpectRefused({"--hours-per-year", "1", "--against", "aws-transcrib"},
                "--against: unknown product 'aws-transcrib'; nearest: aws-transcribe");
  ExpectRefused({"--hours-per-year", "1", "--hardware", "rtx-4080"}, "nearest: rtx-4090");
  ExpectRefused({"--hours-per-year", "1", "--error-rate", "bse=5"}, "nearest: base");
  ExpectRefused({"--hours-per-year", "1", "--error-rate", "base"}, "not NAME=NUMBER");
  ExpectRefused({"--hours-per-year", "1", "--error-rate", "base=500"}, "between 0 and 100");
  ExpectRefused({"--hours-per-year", "1", "--utilization", "35"}, "--utilization 35 is outside");
  ExpectRefused({"--hours-per-year", "1", "--feature", "magic"}, "unknown 'magic'");
  ExpectRefused({"--hours-per-year", "1", "--as-of", "yesterday"}, "--as-of");
  ExpectRefused({"--hours-per-year", "1", "--currency", "dollars"}, "--currency");
  ExpectRefused({"--scenario", Write("s.yaml", "volume:\n  hours_per_year: 5\nagainst: azure\n")},
                "s.yaml:3: unknown product 'azure'; nearest: azure-fast");
  ExpectRefused({"--scenario", Write("m.yaml", "volume:\n  months: [1, 2]\n")},
                "m.yaml:2: 2 months");
  ExpectRefused({"--volume-from", Write("u.csv",
                                        "month,product,model,audio_seconds,requests\n"
                                        "2026-01,a,b,-1,1\n")},
                "u.csv:2: audio_seconds");
  const std::string no_source =
      Write("p.yaml", "format: 1\ncurrency: USD\nplans:\n  - id: x\n    name: X\n");
  ExpectRefused({"--hours-per-year", "1", "--prices", no_source}, "p.yaml:4: a price without");
}

TEST_F(CostTest, VolumeOfAFolder) {
  Write("calls/a.wav", "one");
  Write("calls/b.wav", "two");
  Write("calls/c.wav", "broken");
  const Outcome outcome = Cost({"--volume-from", Path("calls"), "--volume-days", "1"});
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.err;
  EXPECT_TRUE(Holds(outcome.out, "2 recordings of")) << outcome.out;
  EXPECT_TRUE(Holds(outcome.out, "1 could not be read"));
  EXPECT_EQ(models_opened_, 0) << "lengths need no model";
  Write("empty/readme.txt", "no recording");
  const Outcome nothing = Cost({"--volume-from", Path("empty")});
  EXPECT_EQ(nothing.code, ExitCode::kSomeFailed);
  EXPECT_TRUE(Holds(nothing.err, "empty: the folder has no audio or video files")) << nothing.err;
  EXPECT_FALSE(Holds(nothing.err, "--include")) << "this command has no such flag";
}

TEST_F(CostTest, MeasuresByTheClockAndPrintsTheLineOfARelease) {
  Write("samples/a.wav", "one");
  Write("samples/b.wav", "two");
  const Outcome outcome =
      Cost({"--measure", Path("samples"), "--model", "base", "--quiet", "--batch-size", "1"});
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.err;
  EXPECT_TRUE(Holds(outcome.out, "measured: 3 repeats of 4 s")) << outcome.out;
  EXPECT_TRUE(Holds(outcome.out, "base: ")) << outcome.out;
  EXPECT_TRUE(Holds(outcome.out, "falls to $20,000"));
  EXPECT_FALSE(Holds(outcome.out, "one")) << "texts go nowhere";
}

TEST_F(CostTest, MeasuredSpeedAndItsIntervalReachTheComparison) {
  Write("samples/a.wav", "one");
  const Outcome outcome = Cost({"--measure", Path("samples"), "--hours-per-year", "1000", "--json",
                                Path("r.json"), "--quiet"});
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.err;
  const auto json = nlohmann::json::parse(ReadAll(Path("r.json")));
  ASSERT_EQ(json["measured"].size(), 1u);
  bool found = false;
  for (const auto& row : json["rows"]) {
    if (!row["own"] || row["speed"]["model"] != "base") continue;
    found = true;
    EXPECT_EQ(row["speed"]["source"], "measured by this run");
    EXPECT_LE(row["speed"]["low"], row["speed"]["value"]);
  }
  EXPECT_TRUE(found);
}

TEST_F(CostTest, AFailedRecordingIsNoMeasurement) {
  Write("samples/a.wav", "one");
  Write("samples/b.wav", "broken");
  const Outcome outcome = Cost({"--measure", Path("samples"), "--quiet"});
  EXPECT_EQ(outcome.code, ExitCode::kSomeFailed);
  EXPECT_TRUE(Holds(outcome.err, "would not be yours")) << outcome.err;
  Write("none/readme.txt", "");
  const int opened = models_opened_;
  EXPECT_EQ(Cost({"--measure", Path("none"), "--quiet"}).code, ExitCode::kSomeFailed);
  EXPECT_NE(Cost({"--measure", Path("missing"), "--quiet"}).code, ExitCode::kDone);
  EXPECT_EQ(models_opened_, opened) << "an empty folder needs no model";
}

// What ran is what the measured row has.
TEST_F(CostTest, MeasuredFeaturesAreThoseThatRan) {
  Write("samples/a.wav", "one");
  std::vector<std::string> arguments = {
      "--measure", Path("samples"),  "--quiet", "--hours-per-year", "1000", "--feature",
      "redaction", "--own-machines", "1",       "--model",          "base"};
  const Outcome without = Cost(arguments);
  ASSERT_EQ(without.code, ExitCode::kDone) << without.err;
  EXPECT_TRUE(Holds(without.out, "base was measured without redaction, so it does not compete"))
      << without.out;
  EXPECT_TRUE(Holds(without.out, "nothing can be compared")) << without.out;
  arguments.insert(arguments.end(), {"--redact", "all"});
  const Outcome with = Cost(arguments);
  ASSERT_EQ(with.code, ExitCode::kDone) << with.err;
  EXPECT_TRUE(Holds(with.out, "with finishing"));
  EXPECT_FALSE(Holds(with.out, "measured without"));
  EXPECT_FALSE(Holds(with.out, "nothing can be compared")) << with.out;
  EXPECT_EQ(Capacity({"--recordings-per-day", "10", "--measure", Path("samples"), "--redact", "all",
                      "--quiet"})
                .code,
            ExitCode::kDone);
}

TEST_F(CostTest, MeasuredSpeedIsOfItsArchitecture) {
  cost_report::MeasuredSpeed measured;
  measured.model = "base";
  measured.architecture = "arm64";
  measured.cores = 4;
  measured.speed = measured.low = measured.high = cost::Speed(40);
  CostOptions options;
  options.hours_per_year = 1000;
  options.core_hour_price = 0.05;
  const auto made = MakeCostCase(options, nullptr, {measured}, "2026-11-23");
  ASSERT_TRUE(made.ok()) << made.status().message();
  std::vector<std::string> machines;
  for (const cost::OwnSetup& setup : made->subject.setups) {
    if (setup.speed.model == "base") machines.push_back(setup.hardware.id);
  }
  EXPECT_EQ(machines,
            (std::vector<std::string>{"aws-c8g.4xlarge", "aws-c7g.4xlarge", "this-machine"}));
}

// Student's t of two degrees of freedom is 4.303.
TEST_F(CostTest, IntervalOfThreeRepeats) {
  const MeanInterval interval = IntervalOf({9, 10, 11});
  EXPECT_EQ(interval.mean, 10);
  EXPECT_NEAR(interval.half_width, 4.303 / std::sqrt(3.0), 1e-3);
  EXPECT_EQ(IntervalOf({5, 5, 5}).half_width, 0);
}

TEST_F(CostTest, HelpHasExamplesOfBothCommands) {
  EXPECT_TRUE(Holds(Cost({"--help"}).out, "ironscribe cost --hours-per-year 500000"));
  EXPECT_TRUE(Holds(Capacity({"--help"}).out, "--simulate"));
}

TEST_F(CostTest, CapacityOfTheKnownQueue) {
  const Outcome outcome = Capacity({"--recordings-per-day", "24657", "--speed", "46", "--peak", "1",
                                    "--share", "0.8", "--simulate", "--cores", "4", "--kubernetes",
                                    Path("k.yaml"), "--json", Path("c.json")});
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.err;
  EXPECT_EQ(outcome.out.find("5 machines carry the busiest hour"), 0u) << outcome.out;
  EXPECT_TRUE(Holds(outcome.out, "formula 4.615 s"));
  EXPECT_TRUE(Holds(ReadAll(Path("k.yaml")), "maxReplicas: 6"));
  EXPECT_EQ(nlohmann::json::parse(ReadAll(Path("c.json")))["machines"], 5);
}

// What is published holds in its own simulation.
TEST_F(CostTest, CapacityIsSizedByItsSimulation) {
  std::vector<std::string> arguments = {
      "--recordings-per-day", "8000",         "--clips",       "30:0.5,1200:0.5", "--batch-speeds",
      "1:46,8:120",           "--kubernetes", Path("kb.yaml"), "--json",          Path("c.json")};
  const Outcome formula = Capacity(arguments);
  ASSERT_EQ(formula.code, ExitCode::kDone) << formula.err;
  EXPECT_TRUE(Holds(formula.out, "counted at the speed of a full batch of 8")) << formula.out;
  EXPECT_TRUE(Holds(formula.out, "Kubernetes is asked for 2 cpu and 4 GB a machine, which is"));
  EXPECT_TRUE(Holds(ReadAll(Path("kb.yaml")), "# not simulated: machines are counted"))
      << ReadAll(Path("kb.yaml"));
  EXPECT_TRUE(Holds(ReadAll(Path("kb.yaml")), "requests: {cpu: \"2\""));
  arguments.push_back("--simulate");
  const Outcome simulated = Capacity(arguments);
  ASSERT_EQ(simulated.code, ExitCode::kDone) << simulated.err;
  const auto json = nlohmann::json::parse(ReadAll(Path("c.json")));
  EXPECT_GE(json["simulation"]["share_in_time"], 0.947);
  EXPECT_GT(json["machines"], json["formula_machines"]);
  EXPECT_TRUE(Holds(simulated.out, "every hour was given machines until it does")) << simulated.out;
  EXPECT_FALSE(Holds(ReadAll(Path("kb.yaml")), "not simulated"));
  EXPECT_TRUE(Holds(ReadAll(Path("kb.yaml")),
                    "maxReplicas: " + std::to_string(json["with_spare"].get<int>())));
}

TEST_F(CostTest, CapacityOfAnExportSaysWhatItDoesNotTell) {
  const std::string head = "month,product,model,audio_seconds,requests\n";
  const std::string many = Write("many.csv", head + "2026-01,a,base,72000000,120000\n");
  const Outcome whole = Capacity(
      {"--volume-from", many, "--speed", "46", "--peak", "1", "--json", Path("whole.json")});
  ASSERT_EQ(whole.code, ExitCode::kDone) << whole.err;
  EXPECT_TRUE(Holds(whole.out, "1 month, 2026-01 to 2026-01, 120000 requests of 600.0 s on"))
      << whole.out;
  EXPECT_TRUE(Holds(whole.out, "squared variation of 1 (--length-variability, or")) << whole.out;
  EXPECT_FALSE(Holds(whole.out, "too few"));
  const auto json = nlohmann::json::parse(ReadAll(Path("whole.json")));
  EXPECT_EQ(json["service_variability"], 1);
  EXPECT_NEAR(json["hours"][0]["recordings_per_hour"].get<double>(), 120000.0 * 12 / 365 / 24,
              1e-6);
  EXPECT_EQ(json["notes"].size(), 2u);

  const std::string few = Write("few.csv", head + "2026-01,a,base,720,12\n");
  const Outcome doubtful = Capacity({"--volume-from", few, "--speed", "46"});
  EXPECT_TRUE(Holds(doubtful.out, "12 requests of 60.0 s on average; too few for a mean length"))
      << doubtful.out;
  const std::string nothing = Write("nothing.csv", head + "2026-01,a,base,0,0\n");
  const Outcome empty = Capacity({"--volume-from", nothing, "--speed", "46"});
  EXPECT_TRUE(Holds(empty.err, "no load")) << empty.err;
}

TEST_F(CostTest, CapacityMeasuresByBatch) {
  Write("samples/a.wav", "one");
  const Outcome outcome = Capacity({"--recordings-per-day", "10", "--measure", Path("samples"),
                                    "--measure-batches", "1,2", "--quiet"});
  ASSERT_EQ(outcome.code, ExitCode::kDone) << outcome.err;
  EXPECT_TRUE(Holds(outcome.out, "x at batch 2")) << outcome.out;
  EXPECT_EQ(models_opened_, 2);
}

TEST_F(CostTest, CapacityRefusesBrokenInput) {
  const auto refused = [&](std::vector<std::string> arguments, std::string_view message) {
    const Outcome outcome = Capacity(arguments);
    EXPECT_EQ(outcome.code, ExitCode::kWrongUsage) << message;
    EXPECT_TRUE(Holds(outcome.err, message)) << outcome.err;
  };
  refused({"--recordings-per-day", "5"}, "a machine's speed is needed");
  refused({"--speed", "46"}, "no load");
  refused({"--speed", "46", "--recordings-per-day", "5", "--hours-per-year", "9"},
          "exclude each other");
  refused({"--speed", "46", "--recordings-per-day", "5", "--json", "a", "--kubernetes", "a"},
          "--json and --kubernetes name the same file");
  refused({"--speed", "46", "--recordings-per-day", "-1"}, "recordings a day");
  refused({"--speed", "0", "--recordings-per-day", "1"}, "above 0");
  refused({"--batch-speeds", "2:5", "--recordings-per-day", "1"}, "begin with batch 1");
  refused({"--batch-speeds", "x", "--recordings-per-day", "1"}, "not BATCH:SPEED");
  refused({"--speed", "5", "--recordings-per-day", "1", "--share", "1"}, "the target");
  refused({"--speed", "5", "--recordings-per-day", "1", "--spare", "1e300"}, "the target");
  refused({"--speed", "1e-300", "--recordings-per-day", "1"}, "needs more than");
  refused({"--speed", "5", "--recordings-per-day", "1", "--mean-seconds", "inf"}, "1000 hours");
  refused({"--speed", "inf", "--recordings-per-day", "1"}, "speed inf");
  refused({"--speed", "5", "--recordings-per-day", "1", "--wait", "inf"}, "the target");
  refused({"--speed", "5", "--recordings-per-day", "1", "--clips", "5:0.1"}, "sum to 0.1");
  refused({"--speed", "5", "--recordings-per-day", "1", "--day-profile",
           Write("day.yaml", "- 0.5\n- 0.5\n")},
          "day.yaml:1: 2 hours; a day has 24");
}

}  // namespace
}  // namespace ironscribe::cli
