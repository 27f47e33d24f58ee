// Several models in one process: loaded on first use, shared by all who ask, unloaded when they are
// idle or another one needs their memory.
//
// Goals: a model is loaded once however many wait for it, and loading one delays nobody who uses
// another; memory stays within one budget; one set of threads computes for all. Non-goals: waiting
// for memory that running recognitions hold (the request is refused, with the figures).
//
// Thread rule: every function is safe from any number of threads; only Acquire, Load and the
// destructor block. Requires: no handle outlives the pool.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/status.h"
#include "engine/memory_gate.h"
#include "engine/model_aliases.h"
#include "engine/recognizer.h"
#include "engine/scheduler_progress.h"
#include "engine/shared_pool.h"

namespace ironscribe::engine {

struct PooledModel {
  std::string name;
  std::filesystem::path path = {};  // A model folder or file, as ResolveModel gives it.
  // SHA-256 of the weights in hexadecimal (ModelInfo::digest): another model under that path is not
  // served. Empty: whatever is there.
  std::string sha256 = {};
  bool load_at_start = false;
  bool keep_loaded = false;  // Neither idleness nor another model's need unloads it.
  // Absent: as in ModelPoolOptions::recognizer.
  std::optional<ComputeType> compute = {};
  std::optional<int> batch_size = {};
};

struct ModelPoolOptions {
  // What all models are opened with. Of these the pool sets model_name, stop, pool, memory,
  // on_step; memory_bytes is not used.
  RecognizerOptions recognizer;
  // Models and what works on them, together; 0: four fifths of what the system has available when
  // the pool is made.
  int64_t memory_bytes = 0;
  // Unloads what nobody used for so long; 0: never.
  std::chrono::seconds idle_unload{0};
  // A model that could not be loaded is tried again for a request that comes so much later; those
  // before get the error again, without the work.
  std::chrono::seconds retry_after{30};
  // Told after every decoding step how many searches it advanced; on the threads of the pool.
  std::function<void(std::string_view model, int searches)> on_step = {};

  // For tests: time, and what opens a model.
  using Clock = std::chrono::steady_clock;
  std::function<Clock::time_point()> now = &Clock::now;
  using Opener = std::function<Result<std::unique_ptr<Recognizer>>(const std::filesystem::path&,
                                                                   const RecognizerOptions&)>;
  Opener open = &Recognizer::Open;
};

enum class ModelState { kUnloaded, kLoading, kReady, kFailed };
// "unloaded", "loading", "ready", "failed".
std::string_view ModelStateName(ModelState state);

// One model as /v1/models and the metrics tell of it.
struct ModelReport {
  std::string name;
  ModelState state = ModelState::kUnloaded;
  Status error;        // Of kFailed.
  std::string family;  // What follows is known once it was loaded, and stays so.
  std::string digest;
  std::string compute_type;
  std::string note;        // Such as that no packed form could be kept; see Recognizer::note.
  int64_t size_bytes = 0;  // Of the weights in memory; 0 while it is not loaded.
  int users = 0;           // Handles.
  int batch_size = 0;
  double load_seconds = 0;  // Of the last load.
  double idle_seconds = 0;  // Since the last use ended; 0 while in use or never used.
  uint64_t loads = 0;       // Since the start of the process.
};

class ModelPool {
 private:
  struct Entry;

 public:
  using Clock = ModelPoolOptions::Clock;

  // Keeps a model loaded. Movable; destroyed on any thread but the pool's compute threads.
  class Handle {
   public:
    Handle() = default;
    Handle(Handle&& other) noexcept { *this = std::move(other); }
    Handle& operator=(Handle&& other) noexcept {
      std::swap(pool_, other.pool_);
      std::swap(entry_, other.entry_);
      return *this;
    }
    ~Handle();

    explicit operator bool() const { return entry_ != nullptr; }
    // Requires for both: not empty.
    Recognizer& recognizer() const;
    // The model's own name, not the alias it was asked for by.
    const std::string& name() const;

   private:
    friend class ModelPool;
    Handle(ModelPool* pool, Entry* entry) : pool_(pool), entry_(entry) {}
    ModelPool* pool_ = nullptr;
    Entry* entry_ = nullptr;
  };

  explicit ModelPool(ModelPoolOptions options);
  // Cancels loads under way and waits for them.
  ~ModelPool();
  ModelPool(const ModelPool&) = delete;
  ModelPool& operator=(const ModelPool&) = delete;

  // Errors: AlreadyExists for a name in use, InvalidArgument for an empty name or a sha256 that is
  // none.
  Status Add(PooledModel model);
  // The model must be idle and no alias may stand for it. Errors: NotFound, FailedPrecondition.
  Status Remove(std::string_view name);

  // Aliases; see ModelAliases. Models they name must be known (NotFound), an alias may not be
  // called as a model (AlreadyExists).
  Status PointAlias(std::string_view alias, std::string_view model);
  Status TryAlias(std::string_view alias, std::string_view candidate, double share);
  Status PromoteAlias(std::string_view alias);
  Status RollBackAlias(std::string_view alias);
  Status RemoveAlias(std::string_view alias);
  std::vector<ModelAlias> Aliases() const;
  // As Aliases told it, in the place of what has its name. Errors: as PointAlias and TryAlias; a
  // model before that is not known any more is left out.
  Status RestoreAlias(ModelAlias alias);

  // The name of the model that serves the request. Never blocks. Errors: NotFound, with the nearest
  // names.
  Result<std::string> Resolve(std::string_view name, std::string_view request_id) const;

  // The model, loaded. Waits while it loads; when all who wait have stopped, the load is cancelled.
  // Errors: those of Resolve and of loading; Cancelled; FailedPrecondition for a model that is not
  // the one pinned; ResourceExhausted when it does not fit beside what is in use.
  Result<Handle> Acquire(std::string_view name, std::string_view request_id, std::stop_token stop);
  // Acquires and gives back.
  Status Load(std::string_view name, std::stop_token stop);
  // Loads what is marked load_at_start, one after the other; ends at the first error.
  Status LoadAtStart(std::stop_token stop);

  // At once if it is idle, else as soon as it is: what came before is finished. A later request
  // loads it again, from what is then under its path. Errors: NotFound.
  Status Unload(std::string_view name);
  // Unloads what was idle for options.idle_unload; called by the pool itself twice in that time.
  void UnloadIdle();

  // Sorted by name.
  std::vector<ModelReport> Report() const;
  // Of every loaded model; for a probe of liveness.
  std::vector<SchedulerProgress> Progress() const;
  // See MemoryGate.
  std::optional<Clock::time_point> memory_stuck_since() const { return gate_->stuck_since(); }
  int64_t memory_bytes() const { return memory_bytes_; }
  // Of the weights of all loaded models.
  int64_t used_bytes() const;

 private:
  struct Attempt;  // To load a model; shared by all who wait for it.
  using Evicted = std::vector<std::unique_ptr<Recognizer>>;

  // All of these require mutex_ to be held.
  Result<std::string> ResolveLocked(std::string_view name, std::string_view request_id) const;
  Result<Entry*> Find(std::string_view name) const;
  Status StartLoad(Entry& entry);
  // Waits for the attempt under way; true if the entry is loaded and counts this caller as a user.
  Result<bool> Join(Entry& entry, std::unique_lock<std::mutex>& lock, const std::stop_token& stop);
  void FinishLoad(Entry& entry, Attempt& attempt, std::unique_ptr<Recognizer> opened,
                  const Status& status);
  Status MakeRoom(const Entry& entry, int64_t bytes, Evicted& evicted);
  std::unique_ptr<Recognizer> TakeOut(Entry& entry);
  int64_t UsedBytes() const;
  void UpdateGate();

  // On a thread of its own.
  void RunLoad(Entry& entry, const std::shared_ptr<Attempt>& attempt);
  Result<std::unique_ptr<Recognizer>> Open(const PooledModel& model, std::stop_token stop) const;
  void Release(Entry& entry);
  void WatchIdle(const std::stop_token& stop);

  const ModelPoolOptions options_;
  const int64_t memory_bytes_;
  const std::shared_ptr<SharedPool> pool_;
  const std::shared_ptr<MemoryGate> gate_;
  mutable std::mutex mutex_;
  std::condition_variable_any loaded_;  // An attempt ended.
  std::map<std::string, std::unique_ptr<Entry>, std::less<>> entries_;
  ModelAliases aliases_;
  std::jthread idle_watch_;
};

}  // namespace ironscribe::engine
