// For tests: SQLite on a simulated disk (sqlite.org/vfs.html), with shared memory and locks among
// the connections of this process.
#pragma once

#include <memory>
#include <string>

#include "sqlite/simulated_disk.h"

struct sqlite3_vfs;

namespace ironscribe::sqlite {

// Registered with SQLite as long as it lives; connections must be gone before.
class SimulatedVfs {
 public:
  explicit SimulatedVfs(SimulatedDisk& disk);
  ~SimulatedVfs();
  SimulatedVfs(const SimulatedVfs&) = delete;
  SimulatedVfs& operator=(const SimulatedVfs&) = delete;

  // For DatabaseOptions::vfs.
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  struct Shared;
  std::unique_ptr<Shared> shared_;
  std::unique_ptr<::sqlite3_vfs> vfs_;
};

}  // namespace ironscribe::sqlite
