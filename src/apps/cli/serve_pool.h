// The models of a server on the real engine: the pool, filled by what the flags say.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "apps/cli/serve_flags.h"
#include "base/status.h"
#include "engine/model_pool.h"
#include "models/profile.h"

namespace ironscribe::cli {

struct ServePool {
  std::unique_ptr<engine::ModelPool> pool;
  std::string default_name;  // Of a model.
  std::string note;          // What the operator should know; may be empty.
};

// Who is told what the engine does; outlives the pool.
struct EngineWatchers {
  std::function<void(std::string_view model, int searches)> on_step = {};  // ModelPoolOptions.
  models::Profile* profile = nullptr;                                      // RecognizerOptions.
};

// Errors: a model that is not installed, two of one name,
// aliases that are none.
Result<ServePool> MakeServePool(const ServeOptions& options, const EngineWatchers& watchers);

// Whether a server could start with these options, as far as can be told without loading a model:
// models and aliases are there, certificates can be read. Errors: what is wrong.
Status CheckServeOptions(const ServeOptions& options);

// Loads what is to be loaded at the start; blocks. Errors: the first model that cannot be, with
// what helps.
Status LoadAtStart(engine::ModelPool& pool, const ServeOptions& options, std::stop_token stop);

}  // namespace ironscribe::cli
