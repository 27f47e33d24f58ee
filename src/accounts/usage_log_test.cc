#include "accounts/usage_log.h"

#include <gtest/gtest.h>

#include "accounts/key_store.h"
#include "accounts/test_accounts.h"

namespace ironscribe::accounts {
namespace {

constexpr int64_t kDayMs = 86'400'000;

TEST(UsageLog, CountsByKeyModelAndDay) {
  TestAccounts accounts;
  const auto keys = Must(KeyStore::Open(*accounts.database));
  const std::string id = Must(keys->Create({.name = "newsroom"}, "cli")).key_id;
  {
    UsageLog usage(*accounts.database);
    usage.Add(id, "base", 10.5, false);
    usage.Add(id, "base", 1, true);
    Must(usage.Flush());
    usage.Add(id, "base", 2, false);
    usage.Add(id, "small", 3, false);
    accounts.wall_ms += kDayMs - 1;
    usage.Add("key_gone", "base", 4, false);
    accounts.wall_ms += 1;
    usage.Add(id, "base", 5, false);
    Must(usage.Flush());
    Must(usage.Flush());
  }
  UsageLog usage(*accounts.database);
  const auto rows = Must(usage.Read({.key_id = id, .last_day = "2026-11-23"}));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].model, "base");
  EXPECT_EQ(rows[0].key_name, "newsroom");
  EXPECT_EQ(rows[0].day, "2026-11-23");
  EXPECT_EQ(rows[0].requests, 3);
  EXPECT_EQ(rows[0].errors, 1);
  EXPECT_EQ(rows[0].audio_seconds, 13.5);
  EXPECT_EQ(rows[1].model, "small");
  EXPECT_EQ(Must(usage.Read({})).size(), 4u);
  EXPECT_EQ(Must(usage.Read({.first_day = "2026-11-24"})).size(), 1u);
  for (const char* day : {"yesterday", "2026-02-30", "2026-1-1", "2026-11-23 ", "2026/11/23"}) {
    EXPECT_EQ(usage.Read({.first_day = day}).status().code(), StatusCode::kInvalidArgument) << day;
    EXPECT_EQ(usage.Read({.last_day = day}).status().code(), StatusCode::kInvalidArgument) << day;
  }
}

TEST(UsageLog, TheDaysAudioComesBackAfterARestart) {
  TestAccounts accounts;
  UsageLog usage(*accounts.database);
  usage.Add("a", "base", 7, false);
  accounts.wall_ms += kDayMs;
  usage.Add("a", "base", 10, false);
  usage.Add("a", "small", 20, false);
  Must(usage.Flush());
  KeyQuotas quotas([&accounts] { return accounts.wall_ms.load(); }, [] { return int64_t{0}; });
  Must(usage.RestoreToday(quotas));
  EXPECT_EQ(quotas.AudioToday("a"), 30);
}

TEST(UsageLog, WhatCannotBeWrittenIsStillCounted) {
  TestAccounts accounts;
  const auto database = Must(AccountDatabase::Open(
      accounts.home.path(),
      {.wall_ms = [&accounts] { return accounts.wall_ms.load(); }, .busy_wait_ms = 20}));
  UsageLog usage(*database);
  usage.Add("a", "base", 1, false);
  {
    const auto other = accounts.database->Lock();
    const auto transaction = sqlite::Transaction::Begin(*other);
    EXPECT_EQ(usage.Flush().code(), StatusCode::kUnavailable);
    usage.Add("a", "base", 1, false);
  }
  const auto rows = Must(usage.Read({}));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].requests, 2);
}

TEST(UsageCsv, QuotesAndDisarms) {
  const std::vector<UsageRow> rows = {{.key_id = "key_1",
                                       .key_name = "=HYPERLINK(\"x\"), or so",
                                       .model = "base",
                                       .day = "2026-11-23",
                                       .requests = 3,
                                       .audio_seconds = 13.5,
                                       .errors = 1}};
  EXPECT_EQ(UsageCsv(rows),
            "day,key_id,key_name,model,requests,audio_seconds,errors\r\n"
            "2026-11-23,key_1,\"'=HYPERLINK(\"\"x\"\"), or so\",base,3,13.500,1\r\n");
  EXPECT_EQ(UsageCsv({}), "day,key_id,key_name,model,requests,audio_seconds,errors\r\n");
}

}  // namespace
}  // namespace ironscribe::accounts
