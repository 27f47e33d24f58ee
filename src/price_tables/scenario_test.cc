#include "price_tables/scenario.h"

#include <gtest/gtest.h>

namespace ironscribe::price_tables {
namespace {

std::string ErrorOf(const std::string& text) {
  const auto scenario = ReadScenario(text, "case.yaml");
  return scenario.ok() ? "no error" : scenario.status().message();
}

TEST(Scenario, ReadsEverything) {
  const auto scenario = ReadScenario(R"(volume:
  months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
  growth_per_year: 0.2
  channels: 2
  clips:
    - {seconds: 5, share: 0.25}
    - {seconds: 600, share: 0.75}
features: [redaction]
parameters: {engineers: 0.25, utilization: 0.5}
plans: [google-v2]
against: google-v2
own_machines_per_year: 50000
exchange: {EUR: 1.1}
)",
                                     "case.yaml");
  ASSERT_TRUE(scenario.ok()) << scenario.status().message();
  EXPECT_EQ(scenario->usage.year(), cost::AudioHours(78));
  EXPECT_EQ(scenario->usage.channels, 2);
  EXPECT_EQ(scenario->usage.clips.size(), 2u);
  EXPECT_EQ(scenario->parameters.at("engineers"), 0.25);
  EXPECT_EQ(scenario->plans[0].place, "case.yaml:10");
  EXPECT_EQ(scenario->against->place, "case.yaml:11");
  EXPECT_EQ(scenario->own_machines_per_year, 50'000);
  EXPECT_EQ(scenario->exchange.at("EUR"), 1.1);
}

TEST(Scenario, RefusesWithFileAndLine) {
  const struct {
    const char* text;
    const char* message;
  } cases[] = {
      {"volume:\n  hours_per_year: -5\n", "case.yaml:2: -5 is outside 0"},
      {"volume:\n  hours_per_year: 1e13\n", "case.yaml:2: 1e+13 is outside"},
      {"volume:\n  months: [1, 2, 3]\n", "case.yaml:2: 3 months; a year has 12"},
      {"volume:\n  months: [1, ~, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]\n",
       "case.yaml:2: month 2 is without data"},
      {"volume:\n  months:\n    - 1\n    - -2\n", "case.yaml:4: -2 is outside"},
      {"volume:\n  hours_per_year: 1\n  months: [1]\n", "case.yaml:3: "},
      {"volume:\n  clips:\n    - {seconds: 5, share: 0.5}\n", "sum to 0.5, not to 1"},
      {"volume:\n  clips:\n    - {seconds: 0, share: 1}\n", "0 seconds"},
      {"volume:\n  hour_per_year: 1\n", "case.yaml:2: unknown key 'hour_per_year'; did you mean"},
      {"volumes: 5\n", "case.yaml:1: unknown key 'volumes'; did you mean 'volume'?"},
      {"features: [magic]\n", "case.yaml:1: unknown feature 'magic'"},
      {"parameters:\n  enginers: 1\n",
       "case.yaml:2: unknown parameter 'enginers'; did you mean "
       "'engineers'?"},
      {"parameters:\n  utilization: 2\n", "case.yaml:2: 2 is outside 0.001 to 1"},
      {"parameters:\n  wage: 1\n  wage: 2\n", "case.yaml:3: 'wage' stands twice"},
      {"exchange:\n  EUR: 0\n", "case.yaml:2: 0 is outside"},
      {"parameters: [1, 2]\n", "case.yaml:1: expected 'key: value' lines"},
      {"parameters: 5\n", "case.yaml:1: expected 'key: value' lines"},
      {"exchange: [EUR]\n", "case.yaml:1: expected 'key: value' lines"},
      {"against: a\nexchange: EUR\n", "case.yaml:2: expected 'key: value' lines"},
      {"exchange:\n  EUR: 1\n  EUR: 2\n", "case.yaml:3: 'EUR' stands twice"},
      {"against: a\n---\nagainst: b\n", "case.yaml:3: a second document"},
      {"", "case.yaml:1: expected"},
      {"exchange:\n  euro: 1\n", "case.yaml:2: 'euro' is no currency"},
      {"day_profile: [1, 2]\n", "case.yaml:1: 2 hours; a day has 24"},
      {"against: [a]\n", "case.yaml:1: expected a text"},
  };
  for (const auto& one : cases) {
    EXPECT_NE(ErrorOf(one.text).find(one.message), std::string::npos)
        << one.text << " gave " << ErrorOf(one.text);
  }
}

TEST(Scenario, DayProfiles) {
  std::string hours = "- 0.08\n- 0";
  for (int i = 0; i < 22; ++i) hours += "\n- 0.0418";
  EXPECT_TRUE(ReadDayProfile(hours, "day.yaml").ok());
  hours.replace(hours.find("0.08"), 4, "0.18");
  const auto wrong = ReadDayProfile(hours, "day.yaml");
  ASSERT_FALSE(wrong.ok());
  EXPECT_NE(wrong.status().message().find("day.yaml:1: the shares of the hours of the day sum to"),
            std::string::npos);
}

}  // namespace
}  // namespace ironscribe::price_tables
