// What becomes of the models while the server runs: told in the log, and each one that was loaded
// transcribes the built-in clip, soon and again every few minutes.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "api/canary.h"
#include "apps/cli/json_log.h"
#include "engine/model_pool.h"

namespace ironscribe::cli {

// Used by one thread.
class ModelWatch {
 public:
  // Everything outlives it. A model that nobody used in the meantime is left alone where
  // `idle_unload` is set, or the clip would keep it loaded for ever.
  ModelWatch(const engine::ModelPool& pool, api::Canary& canary, JsonLog& log, bool idle_unload)
      : pool_(pool), canary_(canary), log_(log), idle_unload_(idle_unload) {}

  // Every second or so; blocks while the clip is transcribed. The first error of the clip.
  Status Look(const std::stop_token& stop);

 private:
  struct Known {
    engine::ModelState state = engine::ModelState::kUnloaded;
    uint64_t loads = 0;
  };
  // Tells what is new; true when the model has been loaded since.
  bool Tell(const engine::ModelReport& report);

  const engine::ModelPool& pool_;
  api::Canary& canary_;
  JsonLog& log_;
  const bool idle_unload_;
  std::map<std::string, Known> known_;
  std::chrono::steady_clock::time_point checked_ = std::chrono::steady_clock::now();
};

}  // namespace ironscribe::cli
