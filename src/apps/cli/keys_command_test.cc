#include "apps/cli/keys_command.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "accounts/account_database.h"
#include "accounts/key_store.h"
#include "apps/cli/backup_command.h"
#include "io/durable_files.h"
#include "io/test_folder.h"
#include "jobs/job_queue.h"

namespace ironscribe::cli {
namespace {

struct Outcome {
  int exit_status = 0;
  std::string out;
  std::string err;
};

class KeysCommand : public testing::Test {
 protected:
  // With --data-dir of this test.
  Outcome Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--data-dir", Data()});
    return RunAsIs(arguments);
  }
  Outcome RunAsIs(const std::vector<std::string>& arguments) {
    std::ostringstream out;
    std::ostringstream err;
    const int exit_status =
        RunKeys(arguments, {.wall_ms = [this] { return now_ms_; }, .out = out, .err = err});
    return {exit_status, out.str(), err.str()};
  }
  nlohmann::json ListJson() { return nlohmann::json::parse(Run({"list", "--json"}).out); }
  std::string Data() const { return (home_.path() / "data").string(); }

  io::TestFolder home_;
  int64_t now_ms_ = 1'795'392'000'000;  // 2026-11-23, 00:00:00 UTC.
};

TEST_F(KeysCommand, TheSecretIsAllOfStandardOutput) {
  const Outcome created = Run({"create", "--name", "newsroom"});
  EXPECT_EQ(created.exit_status, 0) << created.err;
  EXPECT_EQ(created.out.size(), 48u) << created.out;
  EXPECT_TRUE(created.out.starts_with("isk_"));
  EXPECT_NE(created.err.find("not shown again"), std::string::npos);
  EXPECT_EQ(created.err.find(created.out.substr(0, 47)), std::string::npos);
  const auto database = accounts::AccountDatabase::Open(Data(), {}).value();
  const auto keys = accounts::KeyStore::Open(*database).value();
  EXPECT_EQ((*keys->Authenticate(created.out.substr(0, 47)))->name, "newsroom");
}

TEST_F(KeysCommand, FlagsBecomeTheKey) {
  ASSERT_EQ(Run({"create", "--name", "trial", "--owner", "team", "--scopes", "jobs,usage",
                 "--expires-days", "30", "--audio-seconds-per-day", "3600", "--concurrent-requests",
                 "4", "--requests-per-minute", "60"})
                .exit_status,
            0);
  const auto list = ListJson();
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0]["name"], "trial");
  EXPECT_EQ(list[0]["owner"], "team");
  EXPECT_EQ(list[0]["scopes"], "jobs,usage");
  EXPECT_EQ(list[0]["status"], "active");
  EXPECT_EQ(list[0]["expires"], "2026-12-23T00:00:00Z");
  EXPECT_EQ(list[0]["audio_seconds_per_day"], 3600);
  EXPECT_EQ(list[0]["concurrent_requests"], 4);
  EXPECT_EQ(list[0]["requests_per_minute"], 60);
  EXPECT_TRUE(list[0]["last_used"].is_null());
  const std::string table = Run({"list"}).out;
  for (const char* part :
       {"trial", "active", "3600 s/day, 4 at once, 60/min", "2026-12-23 00:00", "never"}) {
    EXPECT_NE(table.find(part), std::string::npos) << part << " in\n" << table;
  }
}

TEST_F(KeysCommand, RotatesAndRevokes) {
  const auto created = nlohmann::json::parse(Run({"create", "--name", "x", "--json"}).out);
  const std::string id = created["id"];
  const Outcome rotated = Run({"rotate", id, "--grace-hours", "1"});
  EXPECT_EQ(rotated.exit_status, 0) << rotated.err;
  EXPECT_NE(rotated.out.substr(0, 47), created["secret"]);
  EXPECT_EQ(ListJson()[0]["secrets"].size(), 2u);
  const Outcome third = Run({"rotate", id});
  EXPECT_EQ(third.exit_status, 1);
  EXPECT_NE(third.err.find("two secrets"), std::string::npos);
  EXPECT_EQ(Run({"rotate", id, "--now"}).exit_status, 0);
  EXPECT_EQ(ListJson()[0]["secrets"].size(), 1u);
  EXPECT_EQ(Run({"revoke", id}).exit_status, 0);
  EXPECT_EQ(ListJson()[0]["status"], "revoked");
  EXPECT_EQ(Run({"revoke", "key_none"}).exit_status, 1);
}

TEST_F(KeysCommand, WrongUsageSaysWhatIsWrong) {
  const std::vector<std::vector<std::string>> kCalls = {
      {},
      {"create"},
      {"create", "--name", "x", "--scopes", "root"},
      {"create", "--name", "x", "--expires-days", "-1"},
      {"create", "--name", "x", "--expires-days", "0"},
      {"create", "--name", "x", "--requests-per-minute", "0"},
      {"create", "--name", "x", "--audio-seconds-per-day", "nan"},
      {"rotate"},
      {"rotate", "key_1", "--grace-hours", "-5"},
      {"frobnicate"},
  };
  for (const auto& call : kCalls) {
    const Outcome outcome = Run(call);
    EXPECT_EQ(outcome.exit_status, 2) << testing::PrintToString(call) << outcome.err;
    EXPECT_NE(outcome.err, "");
    EXPECT_EQ(outcome.out, "");
  }
  EXPECT_EQ(RunAsIs({"list"}).exit_status, 2);
}

TEST_F(KeysCommand, AFolderThatNobodyServedFromIsNotMade) {
  const Outcome outcome = Run({"list"});
  EXPECT_EQ(outcome.exit_status, 1);
  EXPECT_FALSE(std::filesystem::exists(Data()));
}

class BackupCommand : public KeysCommand {
 protected:
  Outcome Backup(const std::vector<std::string>& arguments) {
    std::ostringstream out;
    std::ostringstream err;
    const int exit_status = RunBackup(arguments, out, err);
    return {exit_status, out.str(), err.str()};
  }
  std::string Target() const { return (home_.path() / "copy").string(); }
};

TEST_F(BackupCommand, ACopyOfAServerThatRunsIsADataFolder) {
  ASSERT_EQ(Run({"create", "--name", "x"}).exit_status, 0);
  auto folder = io::OwnedFolder::Acquire(Data(), "test").value();
  const auto queue = jobs::JobQueue::Open(std::move(folder), {}).value();
  const std::string id = queue->Submit({.owner = "alice", .payload = "x"})->id;
  const auto lease = *queue->TryLease("w").value();
  ASSERT_TRUE(queue->Succeed(lease, "text").ok());

  const Outcome made = Backup({"--data-dir", Data(), "--to", Target()});
  EXPECT_EQ(made.exit_status, 0) << made.err;
  EXPECT_NE(made.out.find("1 jobs, 1 files"), std::string::npos) << made.out;
  const auto names = io::SystemFiles().List(Target()).value();
  EXPECT_EQ(names, (std::vector<std::string>{"accounts.db", "audio", "jobs.db", "results"}));
  EXPECT_EQ(Backup({"--check", Target()}).exit_status, 0);
  EXPECT_EQ(io::SystemFiles().List(Target()).value(), names) << "checking changes nothing";
  EXPECT_EQ(Backup({"--data-dir", Data(), "--to", Target()}).exit_status, 1) << "is there already";

  const auto restored =
      jobs::JobQueue::Open(io::OwnedFolder::Acquire(Target(), "test").value(), {}).value();
  EXPECT_EQ(restored->ReadResult(jobs::Viewer::Owner("alice"), id).value(), "text");
}

TEST_F(BackupCommand, RefusesWhatIsNoDataFolder) {
  EXPECT_EQ(Backup({}).exit_status, 2);
  EXPECT_EQ(Backup({"--data-dir", Data()}).exit_status, 2);
  EXPECT_EQ(Backup({"--check", Data(), "--to", Target()}).exit_status, 2);
  const Outcome none = Backup({"--data-dir", Data(), "--to", Target()});
  EXPECT_EQ(none.exit_status, 1);
  EXPECT_NE(none.err.find("no data folder"), std::string::npos) << none.err;
  EXPECT_EQ(Backup({"--check", Data()}).exit_status, 1);
  EXPECT_FALSE(std::filesystem::exists(Target()));
  EXPECT_FALSE(std::filesystem::exists(Target() + ".new"));
}

}  // namespace
}  // namespace ironscribe::cli
