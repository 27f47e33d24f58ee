#include "price_tables/price_tables.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace ironscribe::price_tables {
namespace {

const cost::Exchange kDollars("USD");

const std::string kHead = "format: 1\ncurrency: USD\n";
// Lines 3 to 11 of a file after kHead.
const std::string kPlan = R"(plans:
  - id: one
    name: One
    kind: graduated
    per: hour
    tiers:
      - {from: 0, to: 100, price: 0.6}
      - {from: 100, price: 0.3}
    source: test
    date: 2026-01-02
)";

std::string ErrorOf(const std::string& text, const cost::Exchange& exchange = kDollars) {
  const auto tables = ReadPriceTables(text, "my.yaml", exchange);
  return tables.ok() ? "no error" : tables.status().message();
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

// A plan with one thing changed is refused with a message that begins with `place`.
void ExpectRefused(const std::string& from, const std::string& to, const std::string& place,
                   const std::string& part) {
  const std::string error = ErrorOf(kHead + Replaced(kPlan, from, to));
  EXPECT_EQ(error.substr(0, place.size()), place) << error;
  EXPECT_NE(error.find(part), std::string::npos) << error;
}

TEST(PriceTables, ReadsAPlan) {
  const auto tables = ReadPriceTables(kHead + kPlan, "my.yaml", kDollars);
  ASSERT_TRUE(tables.ok()) << tables.status().message();
  ASSERT_EQ(tables->plans.size(), 1u);
  const cost::PricePlan& plan = tables->plans[0];
  EXPECT_EQ(plan.tiers[0].to, cost::AudioMinutes(6000));
  EXPECT_NEAR(plan.tiers[0].price.value(), 0.01, 1e-15);
  EXPECT_EQ(plan.words.knowledge, cost::Knowledge::kUnknown);
}

TEST(PriceTables, RefusesBrokenPlansWithFileAndLine) {
  ExpectRefused("    source: test\n", "", "my.yaml:4: ", "without 'source'");
  ExpectRefused("source: test", "source: \"  \\t\"", "my.yaml:11: ", "the text is empty");
  ExpectRefused("    date: 2026-01-02\n", "", "my.yaml:4: ", "without 'date'");
  ExpectRefused("2026-01-02", "2026-02-30", "my.yaml:12: ", "no day");
  ExpectRefused("{from: 100,", "{from: 90,", "my.yaml:10: ", "overlaps");
  ExpectRefused("{from: 100,", "{from: 110,", "my.yaml:10: ", "gap");
  ExpectRefused("{from: 100,", "{from: 100, to: 200,", "my.yaml:10: ", "no price");
  ExpectRefused("price: 0.3", "price: -0.3", "my.yaml:10: ", "outside 0");
  ExpectRefused("price: 0.3", "price: cheap", "my.yaml:10: ", "expected a number, not 'cheap'");
  ExpectRefused("price: 0.3", "price: nan", "my.yaml:10: ", "expected a number");
  ExpectRefused("graduated", "gradual", "my.yaml:6: ", "unknown kind");
  ExpectRefused("per: hour", "per: day", "my.yaml:7: ", "minute or hour");
  ExpectRefused("name: One", "nam: One", "my.yaml:5: ", "did you mean 'name'?");
  ExpectRefused("name: One", "id: One", "my.yaml:5: ", "stands twice");
  ExpectRefused("name: One", "name: ''", "my.yaml:5: ", "empty");
  ExpectRefused("tiers:\n", "tiers: 5\n    note:\n", "my.yaml:8: ", "expected a list");
  ExpectRefused("source: test", "wer: {percent: 5, kind: guessed}\n    source: test",
                "my.yaml:11: ", "guessed");
  ExpectRefused("source: test", "wer: {percent: 5, kind: published}\n    source: test",
                "my.yaml:11: ", "'test' is missing");
  ExpectRefused("source: test", "add_ons:\n      - {feature: magic, price: 1}\n    source: test",
                "my.yaml:12: ", "unknown feature 'magic'");
  ExpectRefused("source: test", "billing: {channels: both}\n    source: test",
                "my.yaml:11: ", "known are once, each");
  ExpectRefused(
      "    source: test",
      "    levels:\n      - {fee_per_month: 1, included: 1, overage: 1}\n    source: test",
      "my.yaml:12: ", "a graduated plan has no 'levels'");
  ExpectRefused("source: test",
                "add_ons:\n      - {feature: redaction, price: 1}\n"
                "      - {feature: redaction, price: 2}\n    source: test",
                "my.yaml:13: ", "'redaction' stands twice");
}

TEST(PriceTables, RefusesBrokenFiles) {
  EXPECT_EQ(ErrorOf("format: 1\ncurrency: [").substr(0, 8), "my.yaml:");
  EXPECT_NE(ErrorOf("").find("my.yaml:1: expected 'key: value'"), std::string::npos);
  EXPECT_NE(ErrorOf("# nothing\n").find("my.yaml:1: expected 'key: value'"), std::string::npos);
  EXPECT_NE(ErrorOf(kHead + "---\n" + kHead).find("my.yaml:4: a second document"),
            std::string::npos);
  EXPECT_NE(ErrorOf("currency: USD\n").find("'format' is missing"), std::string::npos);
  EXPECT_NE(ErrorOf("format: 2\ncurrency: USD\n").find("format 2"), std::string::npos);
  EXPECT_NE(ErrorOf("format: 1\ncurrency: dollars\n").find("my.yaml:2"), std::string::npos);
  EXPECT_NE(ErrorOf("format: 1\ncurrency: USD\nplans: x\n").find("my.yaml:3: expected a list"),
            std::string::npos);
  EXPECT_NE(ErrorOf(std::string((1 << 20) + 1, '#')).find("at most"), std::string::npos);
  const std::string twice = kHead + kPlan + kPlan.substr(kPlan.find("  - id"));
  EXPECT_NE(ErrorOf(twice).find("my.yaml:13: 'one' stands twice"), std::string::npos);
  EXPECT_NE(ErrorOf("format: 1\ncurrency: USD\nplans: " + std::string(10'000, '[')), "no error");
}

// Cut anywhere, a table is read whole, read as a shorter one or refused; it never crashes.
TEST(PriceTables, SurvivesEveryCut) {
  const std::string text = kHead + kPlan;
  for (size_t length = 0; length < text.size(); ++length) {
    const auto tables = ReadPriceTables(text.substr(0, length), "my.yaml", kDollars);
    if (!tables.ok()) {
      EXPECT_EQ(tables.status().message().substr(0, 8), "my.yaml:") << length;
    }
  }
}

TEST(PriceTables, CurrenciesNeedARate) {
  const std::string euros = Replaced(kHead, "USD", "EUR") + kPlan;
  EXPECT_NE(ErrorOf(euros).find("my.yaml:2: there is no rate from EUR to USD"), std::string::npos);
  cost::Exchange exchange("USD");
  ASSERT_TRUE(exchange.Add("EUR", 2).ok());
  const auto tables = ReadPriceTables(euros, "my.yaml", exchange);
  ASSERT_TRUE(tables.ok());
  EXPECT_NEAR(tables->plans[0].tiers[0].price.value(), 0.02, 1e-15);
}

TEST(PriceTables, HardwareAndSpeeds) {
  const std::string text = kHead + R"(hardware:
  - id: box
    name: Box
    vcpus: 8
    threads_per_core: 2
    offers:
      - {kind: bought, price: 4000, life_years: 4, watts: 300, pue: 1.2, source: s, date: 2026-01}
  - id: unpriced
    name: No price is known
speeds:
  - {model: m, software: s, speed_per_core: 10, low: 9, high: 12, kind: measured, source: s, date: 2026-01}
)";
  const auto tables = ReadPriceTables(text, "my.yaml", kDollars);
  ASSERT_TRUE(tables.ok()) << tables.status().message();
  EXPECT_EQ(tables->hardware[0].cores(), 4);
  EXPECT_EQ(tables->hardware[0].offers[0].pue, 1.2);
  EXPECT_TRUE(tables->hardware[1].offers.empty());
  EXPECT_TRUE(tables->speeds[0].by_core());
  const auto refused = [&](const std::string& from, const std::string& to) {
    return ErrorOf(Replaced(text, from, to));
  };
  EXPECT_NE(refused("    threads_per_core: 2\n", "").find("my.yaml:4: 'threads_per_core'"),
            std::string::npos);
  EXPECT_NE(refused("kind: bought", "kind: stolen").find("my.yaml:9: unknown kind"),
            std::string::npos);
  EXPECT_NE(refused("life_years: 4", "life_years: 0").find("my.yaml:9: 0 is outside"),
            std::string::npos);
  EXPECT_NE(refused(", source: s, date: 2026-01}\n  -", "}\n  -").find("without 'source'"),
            std::string::npos);
  EXPECT_NE(refused("low: 9", "low: 11").find("my.yaml:13: 11 is outside"), std::string::npos);
  EXPECT_NE(refused("low: 9", "speed: 9").find("one of 'speed'"), std::string::npos);
  EXPECT_NE(refused("low: 9", "hardware: box").find("any hardware"), std::string::npos);
  const std::string again =
      "  - {model: m, software: s, speed_per_core: 1, kind: measured, source: s, date: 2026-01}\n";
  EXPECT_NE(ErrorOf(text + again).find("my.yaml:14: 'm of s by core' stands twice"),
            std::string::npos);
  const std::string elsewhere =
      "  - {model: m, software: s, hardware: bux, speed: 1, kind: measured, source: s, date: "
      "2026-01}\n";
  EXPECT_NE(
      ErrorOf(text + elsewhere).find("my.yaml:14: unknown hardware 'bux'; did you mean 'box'"),
      std::string::npos)
      << ErrorOf(text + elsewhere);
  PriceTables under;
  under.hardware = {{.id = "bux"}};
  EXPECT_TRUE(ReadPriceTables(text + elsewhere, "my.yaml", kDollars, under).ok());
  EXPECT_NE(refused("kind: measured", "kind: rumoured").find("measured or published"),
            std::string::npos);
}

TEST(PriceTables, OwnContractsLieOverTheList) {
  auto tables = ReadPriceTables(kHead + kPlan, "list.yaml", kDollars);
  auto contract = ReadPriceTables(kHead + Replaced(kPlan, "price: 0.3", "price: 0.12"),
                                  "contract.yaml", kDollars);
  LayOver(std::move(contract).value(), *tables);
  ASSERT_EQ(tables->plans.size(), 1u);
  EXPECT_NEAR(tables->plans[0].tiers[1].price.value(), 0.002, 1e-15);
  auto other = ReadPriceTables(kHead + Replaced(kPlan, "id: one", "id: two"), "x.yaml", kDollars);
  LayOver(std::move(other).value(), *tables);
  EXPECT_EQ(tables->plans.size(), 2u);
}

// Another price makes no other errors.
TEST(PriceTables, WordErrorsOfAProductOutliveItsPrice) {
  const std::string wer = "    wer: {percent: 5, kind: published, test: t, source: s}\n";
  auto tables =
      ReadPriceTables(kHead + Replaced(kPlan, "    source: test\n", wer + "    source: test\n"),
                      "list.yaml", kDollars);
  ASSERT_TRUE(tables.ok()) << tables.status().message();
  const auto kept = ReadPriceTables(kHead + kPlan, "contract.yaml", kDollars, *tables);
  EXPECT_EQ(kept->plans[0].words.rate, 0.05);
  EXPECT_EQ(kept->plans[0].words.test, "t");
  const std::string stated = "    wer: {kind: unknown}\n    source: test\n";
  const auto unknown = ReadPriceTables(kHead + Replaced(kPlan, "    source: test\n", stated),
                                       "contract.yaml", kDollars, *tables);
  EXPECT_EQ(unknown->plans[0].words.knowledge, cost::Knowledge::kUnknown) << "as stated";
  const auto other =
      ReadPriceTables(kHead + Replaced(kPlan, "id: one", "id: two"), "c.yaml", kDollars, *tables);
  EXPECT_EQ(other->plans[0].words.knowledge, cost::Knowledge::kUnknown) << "another product";
}

TEST(PriceTables, Ages) {
  EXPECT_EQ(*DayNumber("1970-01-02"), 1);
  EXPECT_EQ(*DayNumber("2026-03"), *DayNumber("2026-03-01"));
  for (const char* wrong : {"", "2026", "2026-13-01", "2026-1-1", "2026-02-29", "x026-01-01",
                            "2026-01-0x", "2026-01-00"}) {
    EXPECT_FALSE(DayNumber(wrong).ok()) << wrong;
  }
  const auto tables = ReadPriceTables(kHead + kPlan, "list.yaml", kDollars);
  const int day = *DayNumber("2026-01-02");
  EXPECT_EQ(AgesOf(*tables, day + 90, 90).old, 0);
  const Ages ages = AgesOf(*tables, day + 91, 90);
  EXPECT_EQ(ages.old, 1);
  EXPECT_EQ(ages.rows, 1);
  EXPECT_EQ(ages.oldest, "one, 2026-01-02");
  const Ages before = AgesOf(*tables, day - 1, 90);
  EXPECT_EQ(before.old, 0);
  EXPECT_EQ(before.later, 1);
}

TEST(PriceTables, AnUnknownDateIsSaidAndNoAge) {
  const auto tables =
      ReadPriceTables(kHead + Replaced(kPlan, "2026-01-02", "unknown"), "list.yaml", kDollars);
  ASSERT_TRUE(tables.ok()) << tables.status().message();
  const Ages ages = AgesOf(*tables, *DayNumber("2026-01-03"), 90);
  EXPECT_EQ(ages.rows, 1);
  EXPECT_EQ(ages.undated, 1);
  EXPECT_EQ(ages.old, 0);
  EXPECT_EQ(ages.oldest, "");
}

// What the program brings along, with the bills that are known for it.
TEST(BuiltIn, TablesAreWholeAndGiveTheKnownBills) {
  const auto tables = ReadBuiltInTables(kDollars);
  ASSERT_TRUE(tables.ok()) << tables.status().message();
  const struct {
    const char* id;
    double year;  // Of 500,000 h; reliability-adaptation-cost.md C1 and C5.
  } known[] = {{"google-v2", 276'000},
               {"google-v2-dynamic-batch", 120'000},
               {"google-v1", 720'000},
               {"google-v1-data-logging", 480'000},
               {"google-v1-medical", 2'340'000},
               {"aws-transcribe", 390'600},
               {"aws-transcribe-medical", 2'250'000},
               {"azure-realtime", 500'000},
               {"azure-batch", 180'000},
               {"azure-fast", 330'000},
               {"deepgram-nova-3", 129'000},
               {"deepgram-nova-3-stream", 144'000},
               {"deepgram-nova-3-growth", 108'000},
               {"assemblyai-universal-2", 75'000},
               {"assemblyai-universal-3.5-pro", 105'000},
               {"assemblyai-streaming-pro", 225'000},
               {"openai-whisper-1", 180'000},
               {"openai-gpt-4o-mini-transcribe", 90'000},
               {"groq-whisper-large-v3", 55'500},
               {"groq-whisper-large-v3-turbo", 20'000},
               {"speechmatics", 120'000},
               {"xai-batch", 50'000}};
  for (const auto& one : known) {
    const auto plan = std::find_if(tables->plans.begin(), tables->plans.end(),
                                   [&](const auto& row) { return row.id == one.id; });
    ASSERT_NE(plan, tables->plans.end()) << one.id;
    const cost::Usage usage = cost::EvenUsage(cost::AudioHours(500'000));
    EXPECT_NEAR(cost::BillYear(*plan, usage).total().value(), one.year, 0.01) << one.id;
  }
  int processors = 0;
  bool has_4090 = false;
  for (const cost::Hardware& hardware : tables->hardware) {
    processors += hardware.id.starts_with("aws-c") && !hardware.offers.empty() ? 1 : 0;
    has_4090 |= hardware.id == "rtx-4090" && hardware.offers.size() == 2;
  }
  EXPECT_GE(processors, 3);
  EXPECT_TRUE(has_4090);
  EXPECT_GE(tables->speeds.size(), 2u);
}

}  // namespace
}  // namespace ironscribe::price_tables
