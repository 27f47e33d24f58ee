// The one owner of compute: windows to encode and searches to run come from many threads, batches
// go to the model. Continuous batching: at every step a finished search leaves and a waiting one
// enters.
//
// The unit of work is a task: encode one window, or advance all running searches by one step. Tasks
// run side by side on the pool's threads (an encoder is bound by arithmetic, a step by memory, so
// they go well together); a task is split over threads only while there are fewer tasks than
// threads.
//
// Work of a client whose share of the compute is light (base/compute_shares.h) goes before all
// other, alone: whoever asks for little has its answer nearly as soon as if nobody else was there.
//
// A result never depends on what it was batched with (see kernels/linear), so callers see only
// time. Several schedulers, one per model, may share their threads (SharedPool) and their memory.
// Thread rule: the WindowRunner calls are safe from any number of threads; each blocks its
// caller until its own work is done.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <vector>

#include "base/compute_shares.h"
#include "engine/memory_gate.h"
#include "engine/scheduler_progress.h"
#include "engine/shared_pool.h"
#include "models/window_model.h"
#include "models/window_runner.h"

namespace ironscribe::engine {

struct SchedulerOptions {
  int num_threads = 1;  // Without a `pool`.
  int batch_size = 8;   // Searches advanced together at most.
  // Takes what everything costs; not owned, may be null.
  models::Profile* profile = nullptr;
  // For windows and searches; see MemoryGate.
  int64_t memory_bytes = std::numeric_limits<int64_t>::max();
  // Handed on to those who ask; may be null.
  std::shared_ptr<const models::VoiceActivityModel> voice_activity = nullptr;
  const models::TextJudge* judge = nullptr;  // Not owned.
  // Threads shared with other schedulers; null: num_threads of its own.
  std::shared_ptr<SharedPool> pool = nullptr;
  // Memory shared with other schedulers; null: memory_bytes of its own.
  std::shared_ptr<MemoryGate> memory = nullptr;
  // Told after every step how many searches it advanced, on the thread that made it; may be empty.
  std::function<void(int searches)> on_step = {};
};

class Scheduler final : public models::WindowRunner {
 public:
  // Requires: model outlives the scheduler.
  Scheduler(const models::WindowModel& model, const SchedulerOptions& options);
  // Waits for the work under way; requires: no caller is left inside.
  ~Scheduler() override;

  const models::WindowModel& model() const override { return model_; }
  int batch_size() const override { return options_.batch_size; }
  SchedulerProgress progress() const;
  models::Profile* profile() const override { return options_.profile; }
  std::shared_ptr<const models::VoiceActivityModel> voice_activity() const override {
    return options_.voice_activity;
  }
  const models::TextJudge* judge() const override { return options_.judge; }
  // The work of nobody in particular.
  Result<std::shared_ptr<const models::Encoding>> Encode(models::EncodeRequest request,
                                                         std::stop_token stop) override {
    return Encode(std::move(request), std::move(stop), nullptr);
  }
  Status Run(const std::shared_ptr<const models::Encoding>& encoding, decoding::Search& search,
             std::stop_token stop) override {
    return Run(encoding, search, std::move(stop), nullptr);
  }
  Result<Alignment> Align(const std::shared_ptr<const models::Encoding>& encoding,
                          std::span<const decoding::TokenId> tokens,
                          decoding::TokenId vocabulary_end, std::stop_token stop) override {
    return Align(encoding, tokens, vocabulary_end, std::move(stop), nullptr);
  }

 private:
  friend class SchedulerClient;
  struct EncodeJob;
  struct SearchJob;
  enum class TaskKind { kNone, kEncode, kStep };
  struct Task {
    TaskKind kind = TaskKind::kNone;
    EncodeJob* encode = nullptr;
  };

  // As above, for a share that may be null and outlives the call.
  Result<std::shared_ptr<const models::Encoding>> Encode(models::EncodeRequest request,
                                                         std::stop_token stop, ComputeShare* share);
  Status Run(const std::shared_ptr<const models::Encoding>& encoding, decoding::Search& search,
             std::stop_token stop, ComputeShare* share);
  Result<Alignment> Align(const std::shared_ptr<const models::Encoding>& encoding,
                          std::span<const decoding::TokenId> tokens,
                          decoding::TokenId vocabulary_end, std::stop_token stop,
                          ComputeShare* share);
  // Memory of a search beyond what its window brought; null when there is none.
  Result<std::shared_ptr<const MemoryGate::Lease>> AdmitSearch(const decoding::Search& search,
                                                               int64_t more_bytes,
                                                               const std::stop_token& stop);
  Status RunJob(SearchJob& job);
  // The pool's task source.
  bool RunTask();
  Task TakeTask();
  template <typename Job>
  static bool IsLight(const Job& job);
  // Moves waiting searches into active_ and notes which of those are advanced now.
  void EnterSearches();               // Requires: mutex_ held.
  EncodeJob* NextEncode();            // Taken out of its queue. Requires: mutex_ held; one waits.
  bool IsLightEncodeWaiting() const;  // Requires: mutex_ held.
  // All windows that wait are of those who have most, and would take the last thread: whoever
  // comes with little would wait for a whole window, for a step they wait much less. Requires:
  // mutex_ held.
  bool LeavesAThreadToOthers() const;
  bool WantsEncode() const;  // Requires: mutex_ held.
  bool CanStep() const;      // Requires: mutex_ held.
  bool HasWork() const;      // Requires: mutex_ held.
  void UpdateHasTask();      // Requires: mutex_ held.
  // Queues a job and waits for its end. One that was stopped before it was begun is taken out of
  // the queue; false then.
  template <typename Job>
  bool QueueAndWait(std::deque<Job*>& queue, Job& job);
  void EndTask();  // Requires: mutex_ held.
  void EncodeOne(EncodeJob& job);
  void StepAll();
  // Puts the rows of all searches that are advanced into step_rows_.
  void CollectRows();
  // Hands out the results and lets finished searches leave.
  void AdvanceSearches();
  void DropCancelled();
  void EndSearches();  // Those in ended_.
  template <typename Job>
  void Finish(Job& job);
  std::unique_ptr<models::Scratch> NewScratch() const;
  std::unique_ptr<models::Scratch> TakeScratch();
  void GiveBackScratch(std::unique_ptr<models::Scratch> scratch);

  const models::WindowModel& model_;
  const SchedulerOptions options_;
  const std::shared_ptr<MemoryGate> memory_;

  mutable std::mutex mutex_;
  std::deque<EncodeJob*> encode_queue_;
  std::deque<SearchJob*> search_queue_;
  bool stepping_ = false;       // Some thread has the step, and with it what is below the line.
  size_t num_active_ = 0;       // Size of active_.
  int num_encoding_ = 0;        // Windows being encoded.
  SchedulerProgress progress_;  // has_work is not kept.
  std::vector<std::unique_ptr<models::Scratch>> idle_scratches_;
  // So that idle threads see without the mutex that there is nothing for them.
  std::atomic<bool> has_task_{false};

  // --- Used by the thread that has the step only.
  std::vector<SearchJob*> active_;
  std::vector<SearchJob*> advanced_;  // By the step under way: some of active_,
  std::vector<SearchJob*> ended_;     // and of those the ones that end by it.
  std::vector<models::StepRow> step_rows_;
  std::vector<decoding::RowResult> step_results_;
  std::unique_ptr<models::Scratch> step_scratch_;

  const std::shared_ptr<SharedPool> pool_;
  // Last: from its end on no thread uses the above.
  std::unique_ptr<SharedPool::Registration> registration_;
};

// A scheduler as one of those sees it who share the machine. Both outlive the object.
class SchedulerClient final : public models::WindowRunner {
 public:
  // `share` may be null.
  SchedulerClient(Scheduler& scheduler, ComputeShare* share)
      : scheduler_(scheduler), share_(share) {}

  const models::WindowModel& model() const override { return scheduler_.model(); }
  int batch_size() const override { return scheduler_.batch_size(); }
  models::Profile* profile() const override { return scheduler_.profile(); }
  std::shared_ptr<const models::VoiceActivityModel> voice_activity() const override {
    return scheduler_.voice_activity();
  }
  const models::TextJudge* judge() const override { return scheduler_.judge(); }
  Result<std::shared_ptr<const models::Encoding>> Encode(models::EncodeRequest request,
                                                         std::stop_token stop) override {
    return scheduler_.Encode(std::move(request), std::move(stop), share_);
  }
  Status Run(const std::shared_ptr<const models::Encoding>& encoding, decoding::Search& search,
             std::stop_token stop) override {
    return scheduler_.Run(encoding, search, std::move(stop), share_);
  }
  Result<Alignment> Align(const std::shared_ptr<const models::Encoding>& encoding,
                          std::span<const decoding::TokenId> tokens,
                          decoding::TokenId vocabulary_end, std::stop_token stop) override {
    return scheduler_.Align(encoding, tokens, vocabulary_end, std::move(stop), share_);
  }

 private:
  Scheduler& scheduler_;
  ComputeShare* share_;
};

}  // namespace ironscribe::engine
