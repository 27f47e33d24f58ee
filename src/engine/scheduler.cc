#include "engine/scheduler.h"

#include <algorithm>
#include <chrono>
#include <iterator>

#include "decoding/forced_search.h"

namespace ironscribe::engine {
namespace {

// Hypotheses whose memory is admitted together with a window; what beams and samples take beyond is
// admitted when they start.
constexpr int kSlotsOfWindow = 1;

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

// Both kinds of job live on their callers' stacks; `finished` is signalled under the scheduler's
// mutex, after which the job may be gone.
struct Scheduler::EncodeJob {
  models::EncodeRequest request;
  std::stop_token stop;
  ComputeShare* share = nullptr;
  Result<std::shared_ptr<const models::Encoding>> result = CancelledError("not run");
  bool done = false;
  std::condition_variable_any finished = {};
};

struct Scheduler::SearchJob {
  decoding::Search* search = nullptr;
  std::unique_ptr<models::DecoderState> state = nullptr;
  std::stop_token stop = {};
  // [rows, heads, frames] of alignment scores to fill, or null; rows in the order they are handed
  // out.
  float* alignment_scores = nullptr;
  size_t alignment_row_floats = 0;
  ComputeShare* share = nullptr;
  Status status = {};
  bool done = false;
  std::condition_variable_any finished = {};
};

template <typename Job>
bool Scheduler::IsLight(const Job& job) {
  return job.share != nullptr && job.share->IsLight();
}

Scheduler::Scheduler(const models::WindowModel& model, const SchedulerOptions& options)
    : model_(model),
      options_(options),
      memory_(options.memory ? options.memory : std::make_shared<MemoryGate>(options.memory_bytes)),
      step_scratch_(NewScratch()),
      pool_(options.pool ? options.pool
                         : std::make_shared<SharedPool>(std::max(1, options.num_threads))),
      registration_(pool_->Register([this] { return RunTask(); })) {}

Scheduler::~Scheduler() = default;

SchedulerProgress Scheduler::progress() const {
  std::lock_guard lock(mutex_);
  SchedulerProgress progress = progress_;
  progress.has_work = HasWork();
  return progress;
}

std::unique_ptr<models::Scratch> Scheduler::NewScratch() const {
  std::unique_ptr<models::Scratch> scratch = model_.NewScratch();
  scratch->profile = options_.profile;
  return scratch;
}

Result<std::shared_ptr<const models::Encoding>> Scheduler::Encode(models::EncodeRequest request,
                                                                  std::stop_token stop,
                                                                  ComputeShare* share) {
  // With the state of the search that will follow: else windows could take all of the memory, and
  // their searches run one at a time.
  ASSIGN_OR_RETURN(
      auto lease,
      memory_->Admit(MemoryGate::Kind::kWindow,
                     model_.encoding_bytes() + model_.state_bytes(kSlotsOfWindow), stop));
  EncodeJob job{.request = std::move(request), .stop = std::move(stop), .share = share};
  if (!QueueAndWait(encode_queue_, job)) return CancelledError("recognition was cancelled");
  ASSIGN_OR_RETURN(auto encoding, std::move(job.result));
  // The lease lives as long as the encoding does.
  const models::Encoding* pointer = encoding.get();
  return std::shared_ptr<const models::Encoding>(
      pointer,
      [encoding = std::move(encoding), lease = std::move(lease)](const models::Encoding*) mutable {
        encoding = nullptr;
        lease = nullptr;
      });
}

Result<std::shared_ptr<const MemoryGate::Lease>> Scheduler::AdmitSearch(
    const decoding::Search& search, int64_t more_bytes, const std::stop_token& stop) {
  const int more_slots = std::max(0, search.num_slots() - kSlotsOfWindow);
  const int64_t bytes = more_bytes + model_.state_bytes(more_slots);
  if (bytes == 0) return std::shared_ptr<const MemoryGate::Lease>();
  return memory_->Admit(MemoryGate::Kind::kSearch, bytes, stop);
}

Status Scheduler::Run(const std::shared_ptr<const models::Encoding>& encoding,
                      decoding::Search& search, std::stop_token stop, ComputeShare* share) {
  if (search.done()) return OkStatus();
  ASSIGN_OR_RETURN(const auto lease, AdmitSearch(search, 0, stop));
  SearchJob job{.search = &search,
                .state = model_.NewState(encoding, search.num_slots()),
                .stop = std::move(stop),
                .share = share};
  return RunJob(job);
}

Result<models::WindowRunner::Alignment> Scheduler::Align(
    const std::shared_ptr<const models::Encoding>& encoding,
    std::span<const decoding::TokenId> tokens, decoding::TokenId vocabulary_end,
    std::stop_token stop, ComputeShare* share) {
  if (tokens.empty()) return Alignment();
  if (tokens.size() > static_cast<size_t>(model_.max_positions())) {
    return InvalidArgumentError("cannot align " + std::to_string(tokens.size()) +
                                " tokens: the model has " + std::to_string(model_.max_positions()) +
                                " positions");
  }
  decoding::ForcedSearch search({tokens.begin(), tokens.end()}, {.vocabulary_end = vocabulary_end});
  const size_t row_floats = static_cast<size_t>(model_.num_alignment_heads()) *
                            static_cast<size_t>(model_.encoding_frames(model_.max_frames()));
  const auto score_bytes = static_cast<int64_t>(row_floats * tokens.size() * sizeof(float));
  ASSIGN_OR_RETURN(const auto lease, AdmitSearch(search, score_bytes, stop));
  Alignment alignment;
  alignment.scores.resize(row_floats * tokens.size());
  SearchJob job{.search = &search,
                .state = model_.NewState(encoding, search.num_slots()),
                .stop = std::move(stop),
                .alignment_scores = alignment.scores.data(),
                .alignment_row_floats = row_floats,
                .share = share};
  RETURN_IF_ERROR(RunJob(job));
  const auto log_probabilities = search.log_probabilities();
  alignment.log_probabilities.assign(log_probabilities.begin(), log_probabilities.end());
  return alignment;
}

Status Scheduler::RunJob(SearchJob& job) {
  if (!QueueAndWait(search_queue_, job)) return CancelledError("recognition was cancelled");
  return std::move(job.status);
}

template <typename Job>
bool Scheduler::QueueAndWait(std::deque<Job*>& queue, Job& job) {
  std::unique_lock lock(mutex_);
  if (!HasWork()) progress_.since = std::chrono::steady_clock::now();
  queue.push_back(&job);
  UpdateHasTask();
  pool_->Notify();
  const auto done = [&] { return job.done; };
  if (job.finished.wait(lock, job.stop, done)) return true;
  if (std::erase(queue, &job) > 0) {
    UpdateHasTask();
    return false;
  }
  job.finished.wait(lock, done);  // A thread has it and will see the stop.
  return true;
}

template <typename Job>
void Scheduler::Finish(Job& job) {
  std::lock_guard lock(mutex_);
  job.done = true;
  job.finished.notify_one();
}

bool Scheduler::IsLightEncodeWaiting() const {
  return std::any_of(encode_queue_.begin(), encode_queue_.end(),
                     [](const EncodeJob* job) { return IsLight(*job); });
}

bool Scheduler::LeavesAThreadToOthers() const {
  if (!CanStep() || num_encoding_ < std::max(1, pool_->num_threads() - 1)) return false;
  return std::all_of(encode_queue_.begin(), encode_queue_.end(), [](const EncodeJob* job) {
    return job->share != nullptr && job->share->IsHeavy();
  });
}

bool Scheduler::WantsEncode() const {
  if (IsLightEncodeWaiting()) return true;
  if (LeavesAThreadToOthers()) return false;
  // A window comes first while the batch has room for it: a step costs nearly the same however few
  // searches it advances, an encoder the same whenever it runs.
  return !encode_queue_.empty() &&
         num_active_ + search_queue_.size() < static_cast<size_t>(options_.batch_size);
}

bool Scheduler::CanStep() const {
  return !stepping_ && (num_active_ > 0 || !search_queue_.empty());
}

bool Scheduler::HasWork() const {
  return !encode_queue_.empty() || !search_queue_.empty() || num_active_ > 0 || num_encoding_ > 0;
}

void Scheduler::UpdateHasTask() {
  has_task_.store(!encode_queue_.empty() || CanStep(), std::memory_order_release);
}

void Scheduler::EndTask() {
  ++progress_.finished_tasks;
  progress_.since = std::chrono::steady_clock::now();
}

Scheduler::EncodeJob* Scheduler::NextEncode() {
  auto next = std::find_if(encode_queue_.begin(), encode_queue_.end(),
                           [](const EncodeJob* job) { return IsLight(*job); });
  if (next == encode_queue_.end()) next = encode_queue_.begin();
  EncodeJob* job = *next;
  encode_queue_.erase(next);
  return job;
}

void Scheduler::EnterSearches() {
  // What is light does not wait for room in the batch: it is advanced alone, and there is little of
  // it.
  std::erase_if(search_queue_, [&](SearchJob* job) {
    if (!IsLight(*job)) return false;
    active_.push_back(job);
    return true;
  });
  advanced_.clear();
  std::copy_if(active_.begin(), active_.end(), std::back_inserter(advanced_),
               [](const SearchJob* job) { return IsLight(*job); });
  if (!advanced_.empty()) return;
  while (!search_queue_.empty() && active_.size() < static_cast<size_t>(options_.batch_size)) {
    active_.push_back(search_queue_.front());
    search_queue_.pop_front();
  }
  advanced_ = active_;
}

Scheduler::Task Scheduler::TakeTask() {
  std::lock_guard lock(mutex_);
  Task task;
  const bool can_step = CanStep();
  if (WantsEncode() || (!can_step && !encode_queue_.empty())) {
    task = {TaskKind::kEncode, NextEncode()};
    ++num_encoding_;
  } else if (can_step) {
    stepping_ = true;
    EnterSearches();
    num_active_ = active_.size();
    task.kind = TaskKind::kStep;
  }
  UpdateHasTask();
  return task;
}

bool Scheduler::RunTask() {
  if (!has_task_.load(std::memory_order_acquire)) return false;
  const Task task = TakeTask();
  switch (task.kind) {
    case TaskKind::kNone:
      return false;
    case TaskKind::kEncode:
      EncodeOne(*task.encode);
      return true;
    case TaskKind::kStep:
      StepAll();
      return true;
  }
  return false;
}

std::unique_ptr<models::Scratch> Scheduler::TakeScratch() {
  {
    std::lock_guard lock(mutex_);
    if (!idle_scratches_.empty()) {
      auto scratch = std::move(idle_scratches_.back());
      idle_scratches_.pop_back();
      return scratch;
    }
  }
  return NewScratch();
}

void Scheduler::GiveBackScratch(std::unique_ptr<models::Scratch> scratch) {
  std::lock_guard lock(mutex_);
  idle_scratches_.push_back(std::move(scratch));
}

void Scheduler::EncodeOne(EncodeJob& job) {
  if (job.stop.stop_requested()) {
    job.result = CancelledError("recognition was cancelled");
  } else {
    const Clock::time_point begin = Clock::now();
    std::unique_ptr<models::Scratch> scratch = TakeScratch();
    job.result = model_.Encode({job.request.features, job.request.silence_level}, *scratch,
                               pool_->threads());
    GiveBackScratch(std::move(scratch));
    if (job.share != nullptr) job.share->Charge(SecondsSince(begin));
  }
  Finish(job);
  std::lock_guard lock(mutex_);
  --num_encoding_;
  EndTask();
}

void Scheduler::StepAll() {
  DropCancelled();
  const auto searches = static_cast<int>(advanced_.size());
  const Clock::time_point begin = Clock::now();
  CollectRows();
  model_.Step(step_rows_, *step_scratch_, pool_->threads());
  if (options_.on_step && searches > 0) options_.on_step(searches);
  for (SearchJob* job : advanced_) {
    if (job->share != nullptr) job->share->Charge(SecondsSince(begin) / searches);
  }
  AdvanceSearches();
  std::lock_guard lock(mutex_);
  stepping_ = false;
  num_active_ = active_.size();
  EndTask();
  UpdateHasTask();
}

void Scheduler::DropCancelled() {
  std::copy_if(active_.begin(), active_.end(), std::back_inserter(ended_),
               [](const SearchJob* job) { return job->stop.stop_requested(); });
  for (SearchJob* job : ended_) job->status = CancelledError("recognition was cancelled");
  EndSearches();
}

void Scheduler::EndSearches() {
  const auto has_ended = [&](const SearchJob* job) {
    return std::find(ended_.begin(), ended_.end(), job) != ended_.end();
  };
  if (!ended_.empty()) {
    std::erase_if(active_, has_ended);
    std::erase_if(advanced_, has_ended);
  }
  for (SearchJob* job : ended_) Finish(*job);
  ended_.clear();
}

void Scheduler::CollectRows() {
  const models::StageTimer timer(options_.profile, models::Stage::kSearch);
  size_t count = 0;
  for (const SearchJob* job : advanced_) count += job->search->rows().size();
  step_rows_.clear();
  step_results_.resize(count);
  for (SearchJob* job : advanced_) {
    for (const decoding::TokenRow& row : job->search->rows()) {
      step_rows_.push_back({.state = job->state.get(),
                            .row = &row,
                            .result = &step_results_[step_rows_.size()],
                            .alignment_scores = job->alignment_scores});
      if (job->alignment_scores != nullptr) job->alignment_scores += job->alignment_row_floats;
    }
  }
}

void Scheduler::AdvanceSearches() {
  {
    const models::StageTimer timer(options_.profile, models::Stage::kSearch);
    const std::span<const decoding::RowResult> results(step_results_);
    size_t at = 0;
    for (SearchJob* job : advanced_) {
      const size_t rows = job->search->rows().size();
      job->search->Advance(results.subspan(at, rows));
      at += rows;
      if (job->search->done()) ended_.push_back(job);
    }
  }
  // After the timer: whoever waits finds all of its time in the profile, and none comes later.
  EndSearches();
}

}  // namespace ironscribe::engine
