// Whether the disk that other tests believe loses what a disk would lose.
#include "sqlite/simulated_disk.h"

#include <gtest/gtest.h>

#include "sqlite/database.h"
#include "sqlite/simulated_vfs.h"

namespace ironscribe::sqlite {
namespace {

TEST(SimulatedDisk, KeepsWhatWasSynced) {
  SimulatedDisk disk;
  Random random(1);
  ASSERT_TRUE(io::WriteDurably(disk, "/d/a", "safe").ok());
  ASSERT_TRUE(disk.Append("/d/a", " and more").ok());
  ASSERT_TRUE(disk.Append("/d/b", "unsynced").ok());
  ASSERT_TRUE(disk.Sync("/d/b").ok());  // Its contents, not its name.
  ASSERT_TRUE(disk.Rename("/d/b", "/d/c").ok());
  EXPECT_EQ(disk.List("/d").value(), (std::vector<std::string>{"a", "c"}));
  disk.Restart(Loss::kAll, random);
  EXPECT_EQ(disk.List("/d").value(), std::vector<std::string>{"a"});
  EXPECT_EQ(disk.Read("/d/a", 100).value(), "safe");
}

TEST(SimulatedDisk, StopsBeforeAStepAndForAllAfterIt) {
  SimulatedDisk disk;
  Random random(1);
  disk.StopBefore(2);
  EXPECT_TRUE(disk.Append("/d/a", "x").ok());  // Two steps: the name, the contents.
  EXPECT_TRUE(disk.Read("/d/a", 9).ok());
  EXPECT_FALSE(disk.Sync("/d/a").ok());
  EXPECT_FALSE(disk.Sync("/d/a").ok());
  EXPECT_FALSE(disk.Read("/d/a", 9).ok());
  disk.Restart(Loss::kNothing, random);
  EXPECT_EQ(disk.Read("/d/a", 9).value(), "x");
}

TEST(SimulatedDisk, IsFullAtItsCapacity) {
  SimulatedDisk disk;
  disk.SetCapacity(10);
  EXPECT_TRUE(disk.Append("/d/a", "0123456789").ok());
  EXPECT_EQ(disk.Append("/d/a", "x").code(), StatusCode::kResourceExhausted);
  disk.SetCapacity({});
  EXPECT_TRUE(disk.Append("/d/a", "x").ok());
}

// The number of rows after the machine stopped before each step of two commits; -1 if the table is
// not there.
std::vector<int64_t> RowsAfterEachStop(bool is_durable) {
  std::vector<int64_t> num_rows;
  for (int64_t stop = 0;; ++stop) {
    SimulatedDisk disk;
    const SimulatedVfs vfs(disk);
    Random random(1);
    bool is_complete = false;
    {
      auto database = Database::Open("/d/a.db", {.vfs = vfs.name()}).value();
      EXPECT_TRUE(disk.SyncFolder("/d").ok());
      EXPECT_TRUE(database->Execute("CREATE TABLE t(a)").ok());
      EXPECT_TRUE(database->SetDurable(is_durable).ok());
      disk.StopBefore(stop);
      is_complete = database->Run("INSERT INTO t VALUES(1)").ok() &&
                    database->Run("INSERT INTO t VALUES(2)").ok();
      if (is_complete) disk.StopBefore(0);  // Closing would sync.
    }
    disk.Restart(Loss::kAll, random);
    auto database = Database::Open("/d/a.db", {.vfs = vfs.name()}).value();
    auto row = database->Query("SELECT count(*) FROM t");
    num_rows.push_back(row.ok() && row->Step().ok() ? row->Integer(0) : -1);
    if (is_complete) return num_rows;
  }
}

TEST(SimulatedVfs, SqliteKeepsWhatItCommittedDurably) {
  const auto num_rows = RowsAfterEachStop(true);
  EXPECT_GT(num_rows.size(), 4u);
  EXPECT_EQ(num_rows.front(), 0);
  EXPECT_EQ(num_rows.back(), 2);
  EXPECT_TRUE(std::is_sorted(num_rows.begin(), num_rows.end()));
}

TEST(SimulatedVfs, ButNotWhatItDidNotSync) { EXPECT_EQ(RowsAfterEachStop(false).back(), 0); }

}  // namespace
}  // namespace ironscribe::sqlite
