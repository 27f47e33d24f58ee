// The one owner of compute: windows to encode and searches to run come from many threads, batches
// go to the model. Continuous batching: at every step a finished search leaves and a waiting one
// enters.
//
// A result never depends on what it was batched with (see kernels/linear), so callers see only
// time. Thread rule: the WindowRunner calls are safe from any number of threads; each blocks its
// caller until its own work is done.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/thread_pool.h"
#include "models/window_model.h"
#include "models/window_runner.h"

namespace ironscribe::engine {

struct SchedulerOptions {
  int num_threads = 1;
  int batch_size = 8;  // Searches advanced together at most.
  // Takes what everything costs; not owned, may be null.
  models::Profile* profile = nullptr;
};

class Scheduler final : public models::WindowRunner {
 public:
  // Requires: model outlives the scheduler.
  Scheduler(const models::WindowModel& model, const SchedulerOptions& options);
  // Waits for the work under way; requires: no caller is left inside.
  ~Scheduler() override;

  const models::WindowModel& model() const override { return model_; }
  models::Profile* profile() const override { return options_.profile; }
  Result<std::shared_ptr<const models::Encoding>> Encode(std::vector<float> features,
                                                         std::stop_token stop) override;
  Status Run(const std::shared_ptr<const models::Encoding>& encoding, decoding::Search& search,
             std::stop_token stop) override;
  Result<Alignment> Align(const std::shared_ptr<const models::Encoding>& encoding,
                          std::span<const decoding::TokenId> tokens,
                          decoding::TokenId vocabulary_end, std::stop_token stop) override;

 private:
  struct EncodeJob;
  struct SearchJob;

  Status RunJob(SearchJob& job);
  void Loop();
  // Waits for work; false when the scheduler is to end.
  bool TakeWork(std::vector<EncodeJob*>& encodes);
  std::unique_ptr<models::Scratch> NewScratch() const;
  void EncodeAll(std::span<EncodeJob* const> jobs);
  void StepAll();
  // Fills step_rows_ with what the searches want next; cancelled ones leave.
  void FormStep();
  // Gives the results to the searches; finished ones leave.
  void AdvanceAll();
  template <typename Job>
  void Finish(Job& job);

  const models::WindowModel& model_;
  const SchedulerOptions options_;
  ThreadPool pool_;
  std::unique_ptr<models::Scratch> scratch_;
  // For windows encoded side by side, one thread each.
  std::vector<std::unique_ptr<ThreadPool>> single_pools_;
  std::vector<std::unique_ptr<models::Scratch>> single_scratches_;

  std::mutex mutex_;
  std::condition_variable work_;      // Something was queued.
  std::condition_variable finished_;  // Some job is done.
  std::deque<EncodeJob*> encode_queue_;
  std::deque<SearchJob*> search_queue_;
  bool stopping_ = false;

  // Used by the compute thread only.
  std::vector<SearchJob*> active_;
  std::vector<SearchJob*> ended_;  // By the step under way.
  std::vector<models::StepRow> step_rows_;
  std::vector<decoding::RowResult> step_results_;
  std::thread thread_;
};

}  // namespace ironscribe::engine
