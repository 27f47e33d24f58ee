#include "accounts/audit_log.h"

#include <gtest/gtest.h>

#include "accounts/test_accounts.h"

namespace ironscribe::accounts {
namespace {

TEST(AuditLog, LinesAreChainedAndOnlyAdded) {
  TestAccounts accounts;
  AuditLog audit(*accounts.database);
  EXPECT_EQ(Must(audit.Verify()), "");
  for (int i = 0; i < 5; ++i) {
    accounts.wall_ms += 1000;
    Must(audit.Append("key_1", "model.load", "base", i == 3 ? "PERMISSION_DENIED" : "ok"));
  }
  const auto lines = Must(audit.Read(0, 100));
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[0].number, 5);
  EXPECT_EQ(lines[0].time_ms, accounts.wall_ms);
  EXPECT_EQ(lines[1].outcome, "PERMISSION_DENIED");
  EXPECT_EQ(Must(audit.Verify()), lines[0].digest);
  EXPECT_EQ(Must(audit.Read(3, 1))[0].number, 2);
  const auto database = accounts.database->Lock();
  EXPECT_FALSE(database->Run("UPDATE audit SET actor = 'x'").ok());
  EXPECT_FALSE(database->Run("DELETE FROM audit").ok());
}

TEST(AuditLog, NoticesWhatWasChangedOrTakenOut) {
  for (const char* change : {"UPDATE audit SET actor = 'key_2' WHERE number = 2",
                             "UPDATE audit SET time_ms = time_ms + 1 WHERE number = 2",
                             "UPDATE audit SET action = 'ab', target = 'c' WHERE number = 2",
                             "DELETE FROM audit WHERE number = 2",
                             "UPDATE audit SET number = number - 1 WHERE number > 2"}) {
    TestAccounts accounts;
    AuditLog audit(*accounts.database);
    Must(audit.Append("key_1", "a", "bc", "ok"));
    Must(audit.Append("key_1", "a", "bc", "ok"));
    Must(audit.Append("key_1", "a", "bc", "ok"));
    {
      const auto database = accounts.database->Lock();
      Must(
          database->Execute("DROP TRIGGER audit_is_not_changed; "
                            "DROP TRIGGER audit_is_not_deleted; "));
      if (std::string_view(change).find("number - 1") != std::string_view::npos) {
        Must(database->Execute("DELETE FROM audit WHERE number = 2"));
      }
      Must(database->Execute(change));
    }
    const auto verified = audit.Verify();
    EXPECT_EQ(verified.status().code(), StatusCode::kDataLoss) << change;
    EXPECT_NE(verified.status().message().find("line 2"), std::string::npos) << change;
  }
}

TEST(AuditLog, RefusesWhatIsNoLine) {
  TestAccounts accounts;
  AuditLog audit(*accounts.database);
  const std::string long_text(201, 'x');
  EXPECT_EQ(audit.Append("", "a", "", "ok").code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(audit.Append("k", "", "", "ok").code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(audit.Append("k\n", "a", "", "ok").code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(audit.Append("k", long_text, "", "ok").code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(audit.Append("k", "a", long_text, "ok").code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(audit.Append("k", "a", "", "\x7f").code(), StatusCode::kInvalidArgument);
  EXPECT_TRUE(Must(audit.Read(0, 10)).empty());
}

}  // namespace
}  // namespace ironscribe::accounts
