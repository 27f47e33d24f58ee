#include "engine/scheduler.h"

#include <algorithm>

#include "decoding/forced_search.h"

namespace ironscribe::engine {

struct Scheduler::EncodeJob {
  std::vector<float> features;
  std::stop_token stop;
  Result<std::shared_ptr<const models::Encoding>> result = CancelledError("not run");
  bool done = false;
};

struct Scheduler::SearchJob {
  decoding::Search* search = nullptr;
  std::unique_ptr<models::DecoderState> state = nullptr;
  std::stop_token stop = {};
  // [rows, heads, frames] of alignment scores to fill, or null; rows in the order they are handed
  // out.
  float* alignment_scores = nullptr;
  size_t alignment_row_floats = 0;
  Status status = {};
  bool done = false;
};

Scheduler::Scheduler(const models::WindowModel& model, const SchedulerOptions& options)
    : model_(model), options_(options), pool_(std::max(1, options.num_threads)) {
  scratch_ = NewScratch();
  for (int i = 0; i < pool_.num_threads(); ++i) {
    single_pools_.push_back(std::make_unique<ThreadPool>(1));
    single_scratches_.push_back(nullptr);  // Made when windows first run side by side.
  }
  thread_ = std::thread([this] { Loop(); });
}

std::unique_ptr<models::Scratch> Scheduler::NewScratch() const {
  std::unique_ptr<models::Scratch> scratch = model_.NewScratch();
  scratch->profile = options_.profile;
  return scratch;
}

Scheduler::~Scheduler() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  thread_.join();
}

Result<std::shared_ptr<const models::Encoding>> Scheduler::Encode(std::vector<float> features,
                                                                  std::stop_token stop) {
  EncodeJob job{.features = std::move(features), .stop = std::move(stop)};
  std::unique_lock lock(mutex_);
  encode_queue_.push_back(&job);
  work_.notify_one();
  finished_.wait(lock, [&] { return job.done; });
  return std::move(job.result);
}

Status Scheduler::Run(const std::shared_ptr<const models::Encoding>& encoding,
                      decoding::Search& search, std::stop_token stop) {
  if (search.done()) return OkStatus();
  SearchJob job{.search = &search,
                .state = model_.NewState(encoding, search.num_slots()),
                .stop = std::move(stop)};
  return RunJob(job);
}

Result<models::WindowRunner::Alignment> Scheduler::Align(
    const std::shared_ptr<const models::Encoding>& encoding,
    std::span<const decoding::TokenId> tokens, decoding::TokenId vocabulary_end,
    std::stop_token stop) {
  if (tokens.empty()) return Alignment();
  if (tokens.size() > static_cast<size_t>(model_.max_positions())) {
    return InvalidArgumentError("cannot align " + std::to_string(tokens.size()) +
                                " tokens: the model has " +
                                std::to_string(model_.max_positions()) + " positions");
  }
  decoding::ForcedSearch search({tokens.begin(), tokens.end()}, {.vocabulary_end = vocabulary_end});
  const size_t row_floats = static_cast<size_t>(model_.num_alignment_heads()) *
                            static_cast<size_t>(model_.encoding_frames(model_.max_frames()));
  Alignment alignment;
  alignment.scores.resize(row_floats * tokens.size());
  SearchJob job{.search = &search,
                .state = model_.NewState(encoding, search.num_slots()),
                .stop = std::move(stop),
                .alignment_scores = alignment.scores.data(),
                .alignment_row_floats = row_floats};
  RETURN_IF_ERROR(RunJob(job));
  const auto log_probabilities = search.log_probabilities();
  alignment.log_probabilities.assign(log_probabilities.begin(), log_probabilities.end());
  return alignment;
}

Status Scheduler::RunJob(SearchJob& job) {
  std::unique_lock lock(mutex_);
  search_queue_.push_back(&job);
  work_.notify_one();
  finished_.wait(lock, [&] { return job.done; });
  return std::move(job.status);
}

template <typename Job>
void Scheduler::Finish(Job& job) {
  {
    std::lock_guard lock(mutex_);
    job.done = true;
  }
  finished_.notify_all();
}

bool Scheduler::TakeWork(std::vector<EncodeJob*>& encodes) {
  std::unique_lock lock(mutex_);
  work_.wait(lock, [&] {
    return stopping_ || !encode_queue_.empty() || !search_queue_.empty() || !active_.empty();
  });
  while (!search_queue_.empty() && active_.size() < static_cast<size_t>(options_.batch_size)) {
    active_.push_back(search_queue_.front());
    search_queue_.pop_front();
  }
  // Windows first: each one encoded makes the batch of the next steps larger.
  while (!encode_queue_.empty() && encodes.size() < static_cast<size_t>(pool_.num_threads())) {
    encodes.push_back(encode_queue_.front());
    encode_queue_.pop_front();
  }
  return !(stopping_ && encodes.empty() && active_.empty());
}

void Scheduler::Loop() {
  std::vector<EncodeJob*> encodes;
  while (TakeWork(encodes)) {
    if (!encodes.empty()) {
      EncodeAll(encodes);
      encodes.clear();
    } else {
      StepAll();
    }
  }
}

void Scheduler::EncodeAll(std::span<EncodeJob* const> jobs) {
  const auto encode = [&](EncodeJob& job, models::Scratch& scratch, ThreadPool& pool) {
    if (job.stop.stop_requested()) {
      job.result = CancelledError("recognition was cancelled");
    } else {
      job.result = model_.Encode(job.features, scratch, pool);
    }
  };
  // As many windows as threads: one each, without barriers. Fewer: all threads on one after
  // another.
  if (jobs.size() > 1 && jobs.size() == static_cast<size_t>(pool_.num_threads())) {
    pool_.ParallelFor(static_cast<int64_t>(jobs.size()), [&](int64_t index) {
      const auto i = static_cast<size_t>(index);
      if (single_scratches_[i] == nullptr) single_scratches_[i] = NewScratch();
      encode(*jobs[i], *single_scratches_[i], *single_pools_[i]);
    });
  } else {
    for (EncodeJob* job : jobs) encode(*job, *scratch_, pool_);
  }
  for (EncodeJob* job : jobs) Finish(*job);
}

void Scheduler::StepAll() {
  FormStep();
  model_.Step(step_rows_, *scratch_, pool_);
  AdvanceAll();
}

void Scheduler::FormStep() {
  const models::StageTimer timer(options_.profile, models::Stage::kSearch, pool_.num_threads());
  std::erase_if(active_, [&](SearchJob* job) {
    if (!job->stop.stop_requested()) return false;
    job->status = CancelledError("recognition was cancelled");
    Finish(*job);
    return true;
  });
  size_t count = 0;
  for (const SearchJob* job : active_) count += job->search->rows().size();
  step_rows_.clear();
  step_results_.resize(count);
  for (SearchJob* job : active_) {
    for (const decoding::TokenRow& row : job->search->rows()) {
      step_rows_.push_back({.state = job->state.get(),
                            .row = &row,
                            .result = &step_results_[step_rows_.size()],
                            .alignment_scores = job->alignment_scores});
      if (job->alignment_scores != nullptr) job->alignment_scores += job->alignment_row_floats;
    }
  }
}

void Scheduler::AdvanceAll() {
  {
    const models::StageTimer timer(options_.profile, models::Stage::kSearch, pool_.num_threads());
    const std::span<const decoding::RowResult> results(step_results_);
    size_t at = 0;
    std::erase_if(active_, [&](SearchJob* job) {
      const size_t rows = job->search->rows().size();
      job->search->Advance(results.subspan(at, rows));
      at += rows;
      if (!job->search->done()) return false;
      ended_.push_back(job);
      return true;
    });
  }
  // After the timer: whoever waits finds all of its time in the profile, and none comes later.
  for (SearchJob* job : ended_) Finish(*job);
  ended_.clear();
}

}  // namespace ironscribe::engine
