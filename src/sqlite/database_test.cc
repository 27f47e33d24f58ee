#include "sqlite/database.h"

#include <gtest/gtest.h>

#include <string>

#include "io/durable_files.h"
#include "io/test_folder.h"
#include "sqlite/backup.h"
#include "sqlite/schema.h"

namespace ironscribe::sqlite {
namespace {

using io::TestFolder;

std::unique_ptr<Database> OpenOrDie(const std::filesystem::path& path,
                                    const DatabaseOptions& options = {}) {
  auto database = Database::Open(path, options);
  EXPECT_TRUE(database.ok()) << database.status().message();
  return std::move(database).value();
}

int64_t CountRows(Database& database) {
  auto rows = database.Query("SELECT count(*) FROM t");
  EXPECT_TRUE(rows.ok() && rows->Step().ok());
  return rows->Integer(0);
}

TEST(Database, KeepsValuesOfEveryKind) {
  const TestFolder home;
  const auto database = OpenOrDie(home.path() / "a.db");
  ASSERT_TRUE(database->Execute("CREATE TABLE t(a, b, c, d, e)").ok());
  constexpr char kBytes[] = "a\0b \xc3\xa9'; DROP TABLE t";
  const std::string text(kBytes, sizeof(kBytes) - 1);
  ASSERT_TRUE(database
                  ->Run("INSERT INTO t VALUES(?, ?, ?, ?, ?)", int64_t{1} << 60, 0.25, text,
                        std::optional<std::string>(), std::string_view())
                  .ok());
  EXPECT_EQ(database->num_changed(), 1);
  auto row = database->Query("SELECT a, b, c, d, e FROM t");
  ASSERT_TRUE(row.ok());
  ASSERT_TRUE(row->Step().value());
  EXPECT_EQ(row->Integer(0), int64_t{1} << 60);
  EXPECT_EQ(row->Real(1), 0.25);
  EXPECT_EQ(row->Text(2), text);
  EXPECT_TRUE(row->IsNull(3));
  EXPECT_FALSE(row->IsNull(4));
  EXPECT_FALSE(row->Step().value());
}

TEST(Database, MistakesAreErrors) {
  const TestFolder home;
  const auto database = OpenOrDie(home.path() / "a.db");
  EXPECT_EQ(database->Execute("SELEKT").code(), StatusCode::kInternal);
  EXPECT_EQ(database->Run("SELECT 1", 5).code(), StatusCode::kInternal);  // No parameter.
  ASSERT_TRUE(database->Execute("CREATE TABLE t(a UNIQUE)").ok());
  ASSERT_TRUE(database->Run("INSERT INTO t VALUES(?)", 1).ok());
  EXPECT_EQ(database->Run("INSERT INTO t VALUES(?)", 1).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(Database::Open(home.path() / "none" / "a.db", {}).status().code(),
            StatusCode::kNotFound);
  EXPECT_EQ(Database::Open(home.path() / "b.db", {.read_only = true}).status().code(),
            StatusCode::kNotFound);
  home.Write("c.db", std::string(5000, 'x'));
  const auto damaged = Database::Open(home.path() / "c.db", {});
  EXPECT_EQ(damaged.status().code(), StatusCode::kDataLoss);
  EXPECT_NE(damaged.status().message().find("backup"), std::string::npos);
}

TEST(Transaction, IsAllOrNothing) {
  const TestFolder home;
  const auto database = OpenOrDie(home.path() / "a.db");
  ASSERT_TRUE(database->Execute("CREATE TABLE t(a)").ok());
  {
    auto transaction = Transaction::Begin(*database);
    ASSERT_TRUE(transaction.ok());
    ASSERT_TRUE(database->Run("INSERT INTO t VALUES(1)").ok());
  }
  EXPECT_EQ(CountRows(*database), 0);
  auto transaction = Transaction::Begin(*database);
  ASSERT_TRUE(transaction.ok());
  ASSERT_TRUE(database->Run("INSERT INTO t VALUES(1)").ok());
  ASSERT_TRUE(transaction->Commit().ok());
  EXPECT_EQ(CountRows(*OpenOrDie(home.path() / "a.db")), 1);
}

TEST(Transaction, ADatabaseThatIsLockedIsAnErrorWithARemedy) {
  const TestFolder home;
  const auto first = OpenOrDie(home.path() / "a.db");
  const auto second = OpenOrDie(home.path() / "a.db", {.busy_wait_ms = 30});
  ASSERT_TRUE(first->Execute("CREATE TABLE t(a)").ok());
  {
    auto transaction = Transaction::Begin(*first);
    ASSERT_TRUE(transaction.ok());
    const Status refused = Transaction::Begin(*second).status();
    EXPECT_EQ(refused.code(), StatusCode::kUnavailable);
    EXPECT_NE(refused.message().find("another process has held it for 30 ms"), std::string::npos)
        << refused.message();
    EXPECT_EQ(CountRows(*second), 0) << "reading goes on";
  }
  EXPECT_TRUE(Transaction::Begin(*second).ok());
}

TEST(Database, NothingOfWhatIsDeletedStaysInTheFile) {
  const TestFolder home;
  const std::string secret = "a phrase that somebody wants deleted";
  {
    const auto database = OpenOrDie(home.path() / "a.db");
    ASSERT_TRUE(database->Execute("CREATE TABLE t(a)").ok());
    ASSERT_TRUE(database->Run("INSERT INTO t VALUES(?)", secret).ok());
    ASSERT_TRUE(database->Run("DELETE FROM t").ok());
  }
  const std::string content = io::SystemFiles().Read(home.path() / "a.db", 1 << 20).value();
  EXPECT_EQ(content.find(secret), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(home.path() / "a.db-wal"));
}

constexpr std::string_view kSteps[] = {"CREATE TABLE t(a)", "ALTER TABLE t ADD COLUMN b DEFAULT 7"};
constexpr Schema kOld{.name = "tests", .application_id = 77, .steps = std::span(kSteps, 1)};
constexpr Schema kNew{.name = "tests", .application_id = 77, .steps = kSteps};

TEST(Schema, TakesAnOlderDatabaseToTheNewestVersion) {
  const TestFolder home;
  const auto database = OpenOrDie(home.path() / "a.db");
  ASSERT_TRUE(Migrate(*database, kOld).ok());
  ASSERT_TRUE(database->Run("INSERT INTO t VALUES(1)").ok());
  EXPECT_EQ(CheckSchema(*database, kNew).code(), StatusCode::kFailedPrecondition);
  ASSERT_TRUE(Migrate(*database, kNew).ok());
  ASSERT_TRUE(Migrate(*database, kNew).ok());
  EXPECT_TRUE(CheckSchema(*database, kNew).ok());
  auto row = database->Query("SELECT b FROM t");
  ASSERT_TRUE(row->Step().value());
  EXPECT_EQ(row->Integer(0), 7);
}

TEST(Schema, RefusesANewerDatabaseAndThoseOfOthers) {
  const TestFolder home;
  const auto database = OpenOrDie(home.path() / "a.db");
  ASSERT_TRUE(Migrate(*database, kNew).ok());
  const Status newer = Migrate(*database, kOld);
  EXPECT_EQ(newer.code(), StatusCode::kFailedPrecondition);
  EXPECT_NE(newer.message().find("version 2 of its schema, this program knows 1"),
            std::string::npos)
      << newer.message();
  const Schema other{.name = "others", .application_id = 78, .steps = kSteps};
  EXPECT_NE(Migrate(*database, other).message().find("no database of others"), std::string::npos);
  const auto foreign = OpenOrDie(home.path() / "b.db");
  ASSERT_TRUE(foreign->Execute("CREATE TABLE x(a)").ok());
  EXPECT_EQ(Migrate(*foreign, kNew).code(), StatusCode::kFailedPrecondition);
}

TEST(Schema, AStepThatFailsLeavesTheVersionBefore) {
  const TestFolder home;
  const auto database = OpenOrDie(home.path() / "a.db");
  const std::string_view steps[] = {kSteps[0], "CREATE TABLE u(a); CREATE TABLE t(a)"};
  const Schema broken{.name = "tests", .application_id = 77, .steps = steps};
  EXPECT_FALSE(Migrate(*database, broken).ok());
  EXPECT_TRUE(CheckSchema(*database, kOld).ok());
  EXPECT_TRUE(Migrate(*database, kNew).ok());
  EXPECT_FALSE(database->Query("SELECT * FROM u").ok());
}

TEST(BackUp, IsTheDatabaseOfOneMomentWhileOthersWrite) {
  const TestFolder home;
  const auto database = OpenOrDie(home.path() / "a.db");
  ASSERT_TRUE(Migrate(*database, kNew).ok());
  ASSERT_TRUE(database->Run("INSERT INTO t VALUES(1, 2)").ok());
  const auto writer = OpenOrDie(home.path() / "a.db");
  auto transaction = Transaction::Begin(*writer);
  ASSERT_TRUE(transaction.ok());
  ASSERT_TRUE(writer->Run("INSERT INTO t VALUES(3, 4)").ok());
  const Status status = BackUp(*database, home.path() / "copy.db");
  ASSERT_TRUE(status.ok()) << status.message();
  ASSERT_TRUE(transaction->Commit().ok());

  std::vector<std::string> names = io::SystemFiles().List(home.path()).value();
  EXPECT_EQ(std::count_if(names.begin(), names.end(),
                          [](const std::string& name) { return name.starts_with("copy"); }),
            1);
  const auto copy = OpenOrDie(home.path() / "copy.db");
  EXPECT_TRUE(CheckSchema(*copy, kNew).ok());
  EXPECT_TRUE(CheckIntegrity(*copy).ok());
  EXPECT_EQ(CountRows(*copy), 1);
  EXPECT_EQ(CountRows(*database), 2);
  EXPECT_EQ(BackUp(*database, home.path() / "copy.db").code(), StatusCode::kAlreadyExists);
}

TEST(CheckIntegrity, NoticesDamage) {
  const TestFolder home;
  {
    const auto database = OpenOrDie(home.path() / "a.db");
    ASSERT_TRUE(database->Execute("CREATE TABLE t(a); CREATE INDEX i ON t(a)").ok());
    auto transaction = Transaction::Begin(*database);
    ASSERT_TRUE(transaction.ok());
    for (int i = 0; i < 200; ++i) {
      ASSERT_TRUE(database->Run("INSERT INTO t VALUES(?)", std::string(100, 'a')).ok());
    }
    ASSERT_TRUE(transaction->Commit().ok());
  }
  std::string content = io::SystemFiles().Read(home.path() / "a.db", 1 << 20).value();
  content.replace(3 * 4096 + 100, 3000, std::string(3000, 'b'));
  home.Write("a.db", content);
  const auto database = OpenOrDie(home.path() / "a.db");
  EXPECT_EQ(CheckIntegrity(*database).code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace ironscribe::sqlite
