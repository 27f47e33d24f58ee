// Aliases that an administrator changed while the server ran, for the next start: a file in the
// data folder, with the flags that it was made beside.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "apps/cli/serve_flags.h"
#include "base/status.h"
#include "engine/model_pool.h"

namespace ironscribe::cli {

// Thread-safe.
class KeptAliases {
 public:
  KeptAliases(std::filesystem::path path, const std::vector<ServedAlias>& flags);

  // Writes down all aliases of the pool, for good when it returns.
  Status Keep(const engine::ModelPool& pool);
  // Gives the pool, which has those of the flags, what was kept, unless the flags are others than
  // they were then: they say what the operator wants now. What to tell of it; empty: nothing was
  // kept. Errors: DataLoss for a file that cannot be read, with what to do.
  Result<std::string> Restore(engine::ModelPool& pool);

 private:
  const std::filesystem::path path_;
  const std::string flags_;
  std::mutex mutex_;
};

}  // namespace ironscribe::cli
