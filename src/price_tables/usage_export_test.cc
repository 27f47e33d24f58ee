#include "price_tables/usage_export.h"

#include <gtest/gtest.h>

namespace ironscribe::price_tables {
namespace {

const std::string kHead = "month,product,model,audio_seconds,requests\n";

std::string ErrorOf(const std::string& text) {
  const auto usage = ReadUsageExport(text, "usage.csv");
  return usage.ok() ? "no error" : usage.status().message();
}

TEST(UsageExport, SumsProductsAndModels) {
  const auto usage = ReadUsageExport(kHead +
                                         "2026-01,calls,base,3600,10\n"
                                         "2026-01,\"mail, \"\"voice\"\"\",tiny.en,3600,10\r\n"
                                         "2026-02,calls,base,14400,20\n",
                                     "usage.csv");
  ASSERT_TRUE(usage.ok()) << usage.status().message();
  EXPECT_EQ(usage->months, 2);
  EXPECT_EQ(usage->first, "2026-01");
  EXPECT_EQ(usage->last, "2026-02");
  EXPECT_EQ(usage->usage.months[0], cost::AudioHours(2));
  EXPECT_EQ(usage->usage.months[1], cost::AudioHours(4));
  EXPECT_EQ(usage->usage.months[11], cost::AudioHours(3)) << "the mean of those with data";
  ASSERT_EQ(usage->usage.clips.size(), 1u);
  EXPECT_EQ(usage->usage.clips[0].length, cost::AudioSeconds(540));
}

// What accounts::UsageCsv writes.
TEST(UsageExport, ReadsWhatAServerWrites) {
  const auto usage = ReadUsageExport(
      "day,key_id,key_name,model,requests,audio_seconds,errors\r\n"
      "2026-01-17,k1,\"calls, \"\"a\"\"\",base,10,3600.000,1\r\n"
      "2026-01-17,k1,\"calls, \"\"a\"\"\",tiny.en,5,1800.000,0\r\n"
      "2026-01-18,k1,\"calls, \"\"a\"\"\",base,5,1800.000,0\r\n"
      "2026-02-03,,,base,20,14400.000,0\r\n",
      "usage.csv");
  ASSERT_TRUE(usage.ok()) << usage.status().message();
  EXPECT_EQ(usage->months, 2);
  EXPECT_EQ(usage->usage.months[0], cost::AudioHours(2));
  EXPECT_EQ(usage->usage.months[1], cost::AudioHours(4));
  EXPECT_EQ(usage->requests, 40);
  EXPECT_EQ(usage->usage.clips[0].length, cost::AudioSeconds(540));
  EXPECT_EQ(usage->first_day, "2026-01-17");
  EXPECT_EQ(usage->last_day, "2026-02-03");
}

TEST(UsageExport, TakesTheLastTwelveMonths) {
  std::string text = kHead;
  for (int month = 0; month < 14; ++month) {
    text += std::to_string(2025 + month / 12) + "-" + (month % 12 < 9 ? "0" : "") +
            std::to_string(month % 12 + 1) + ",p,m," + std::to_string(3600 * (month + 1)) + ",1\n";
  }
  const auto usage = ReadUsageExport(text, "usage.csv");
  ASSERT_TRUE(usage.ok()) << usage.status().message();
  EXPECT_EQ(usage->months, 12);
  EXPECT_EQ(usage->first, "2025-03");
  EXPECT_EQ(usage->usage.months[0], cost::AudioHours(3));
  EXPECT_EQ(usage->usage.months[11], cost::AudioHours(14));
}

TEST(UsageExport, RefusesWithFileAndLine) {
  const struct {
    std::string text;
    const char* message;
  } cases[] = {
      {"", "usage.csv:1: no usage"},
      {kHead, "usage.csv:1: no usage"},
      {"month,seconds\n", "usage.csv:1: the head must be"},
      {kHead + "2026-01,p,m,5\n", "usage.csv:2: 4 fields"},
      {kHead + "2026-13,p,m,5,1\n", "usage.csv:2: the first field is no month"},
      {kHead + "26-1,p,m,5,1\n", "usage.csv:2: the first field is no month"},
      {kHead + "2026-01,p,m,-5,1\n", "usage.csv:2: audio_seconds"},
      {kHead + "2026-01,p,m,1e99,1\n", "usage.csv:2: audio_seconds"},
      {kHead + "2026-01,p,m,nan,1\n", "usage.csv:2: audio_seconds"},
      {kHead + "2026-01,p,m,5,many\n", "usage.csv:2: requests"},
      {kHead + "2026-01,p,m,5,0\n", "usage.csv:2: audio without a request"},
      {kHead + "2026-01,\"p,m,5,0\n", "usage.csv:2: a quote without end"},
      {kHead + "2026-01,p,m,5,1\n2026-01,q,m,5,1\n2026-01,p,m,5,1\n",
       "usage.csv:4: 2026-01 of 'p' and 'm' stands in line 2 already"},
      {std::string(kServerUsageHead) + "\n2026-01-01,k,n,m,1,5,0\n2026-01-01,k,other,m,2,9,0\n",
       "usage.csv:3: 2026-01-01 of 'k' and 'm' stands in line 2 already"},
      {std::string(kServerUsageHead) + "\n2026-02-30,k,n,m,1,5,0\n",
       "usage.csv:2: the first field is no day"},
      {std::string(kServerUsageHead) + "\n2026-02,k,n,m,1,5,0\n",
       "usage.csv:2: the first field is no day"},
      {std::string(kServerUsageHead) + "\n2026-01-01,k,m,1,5\n", "usage.csv:2: 5 fields"},
      {kHead + "2026-01,p,m,5,1\n2026-03,p,m,5,1\n", "usage.csv:3: 2026-02 is without data"},
  };
  for (const auto& one : cases) {
    EXPECT_NE(ErrorOf(one.text).find(one.message), std::string::npos)
        << one.text << " gave " << ErrorOf(one.text);
  }
}

}  // namespace
}  // namespace ironscribe::price_tables
