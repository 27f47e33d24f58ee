#include "apps/cli/access_audit.h"

#include <gtest/gtest.h>

#include "accounts/test_accounts.h"

namespace ironscribe::cli {
namespace {

using accounts::Must;

api::RequestRecord Record(const std::string& listener, int status, const std::string& key) {
  api::RequestRecord record;
  record.method = "GET";
  record.route = "/v1/keys";
  record.listener = listener;
  record.status = status;
  record.key_id = key;
  return record;
}

TEST(AccessAudit, RefusalsOfAdministrationAreToldOnceAMinute) {
  accounts::TestAccounts accounts;
  accounts::AuditLog log(*accounts.database);
  AccessAudit audit("admin");
  std::chrono::steady_clock::time_point now{std::chrono::hours(1)};
  const auto lines = [&] {
    Must(audit.Flush(log, now));
    return Must(log.Read(0, 100));
  };
  EXPECT_TRUE(lines().empty());
  audit.Note(Record("admin", 403, "key_1"));
  audit.Note(Record("admin", 403, "key_1"));
  audit.Note(Record("admin", 401, ""));
  audit.Note(Record("admin", 200, "key_1"));
  audit.Note(Record("http", 401, ""));
  auto told = lines();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[1].actor, "key_1");
  EXPECT_EQ(told[1].action, "access.refuse");
  EXPECT_EQ(told[1].target, "GET /v1/keys");
  EXPECT_EQ(told[1].outcome, "PERMISSION_DENIED");
  EXPECT_EQ(told[0].actor, "unknown");
  EXPECT_EQ(told[0].outcome, "UNAUTHENTICATED");
  audit.Note(Record("admin", 401, ""));
  EXPECT_EQ(lines().size(), 2u);
  now += std::chrono::minutes(2);
  EXPECT_EQ(lines().size(), 2u);
  audit.Note(Record("admin", 401, ""));
  EXPECT_EQ(lines().size(), 3u);
}

TEST(AccessAudit, WithoutAnAdminListenerThereIsNothingToTell) {
  accounts::TestAccounts accounts;
  accounts::AuditLog log(*accounts.database);
  AccessAudit audit("");
  audit.Note(Record("", 401, ""));
  Must(audit.Flush(log, {}));
  EXPECT_TRUE(Must(log.Read(0, 10)).empty());
}

}  // namespace
}  // namespace ironscribe::cli
