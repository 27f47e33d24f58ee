// What a pool keeps of each model. Of model_pool.cc and model_pool_load.cc only; guarded by the
// pool's mutex.
#pragma once

#include "engine/model_pool.h"

namespace ironscribe::engine {

struct ModelPool::Attempt {
  bool done = false;
  bool abandoned = false;  // All who waited have gone, and so will it.
  Status status = {};
  int waiters = 0;
  std::stop_source stop = {};
};

struct ModelPool::Entry {
  PooledModel config;
  std::unique_ptr<Recognizer> recognizer = nullptr;
  std::shared_ptr<Attempt> attempt = nullptr;  // While one is under way.
  std::thread loader = {};
  int callers = 0;  // Inside Acquire.
  int users = 0;
  bool unload_when_idle = false;
  Clock::time_point last_used = {}, failed_at = {};
  int64_t known_bytes = 0;  // What it took when it was last loaded.
  int64_t size_bytes = 0;   // While it loads, what it will take.
  ModelReport report = {};  // What is known of it: error, digest and so on.
};

}  // namespace ironscribe::engine
