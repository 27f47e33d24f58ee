// How a pool loads: one attempt for all who wait, on a thread of its own.
#include <fmt/format.h>

#include <algorithm>

#include "engine/model_loader.h"
#include "engine/model_pool_entry.h"

namespace ironscribe::engine {
namespace {

// Of the budget: the rest is for the windows and searches of whatever is loaded.
constexpr double kModelShare = 0.8;
constexpr double kMega = 1e6;

int64_t ModelBudget(int64_t memory_bytes) {
  return static_cast<int64_t>(kModelShare * static_cast<double>(memory_bytes));
}

double Megabytes(int64_t bytes) { return static_cast<double>(bytes) / kMega; }

std::string LowerCase(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

}  // namespace

Result<bool> ModelPool::Join(Entry& entry, std::unique_lock<std::mutex>& lock,
                             const std::stop_token& stop) {
  if (entry.attempt == nullptr) RETURN_IF_ERROR(StartLoad(entry));
  const std::shared_ptr<Attempt> attempt = entry.attempt;
  const auto done = [&] { return attempt->done; };
  if (attempt->abandoned) {
    loaded_.wait(lock, stop, done);
    return false;  // Then another try.
  }
  ++attempt->waiters;
  if (loaded_.wait(lock, stop, done)) {
    RETURN_IF_ERROR(attempt->status);
    return true;  // RunLoad has counted all waiters as users.
  }
  if (--attempt->waiters == 0) {
    attempt->abandoned = true;
    attempt->stop.request_stop();
  }
  return CancelledError("the request was cancelled");
}

Status ModelPool::StartLoad(Entry& entry) {
  if (!entry.report.error.ok()) {
    const auto waited = options_.now() - entry.failed_at;
    const auto left = std::chrono::ceil<std::chrono::seconds>(options_.retry_after - waited);
    if (left.count() > 0) {
      return Status(
          entry.report.error.code(),
          fmt::format("{} (tried again in {} s)", entry.report.error.message(), left.count()));
    }
  }
  if (entry.loader.joinable()) entry.loader.join();  // It has nothing left to do.
  entry.attempt = std::make_shared<Attempt>();
  entry.loader = std::thread([this, &entry, attempt = entry.attempt] { RunLoad(entry, attempt); });
  return OkStatus();
}

Result<std::unique_ptr<Recognizer>> ModelPool::Open(const PooledModel& model,
                                                    std::stop_token stop) const {
  RecognizerOptions options = options_.recognizer;
  options.model_name = model.name;
  options.stop = std::move(stop);
  options.pool = pool_;
  options.memory = gate_;
  options.compute = model.compute.value_or(options.compute);
  options.batch_size = model.batch_size.value_or(options.batch_size);
  if (options_.on_step) {
    options.on_step = [this, name = model.name](int searches) { options_.on_step(name, searches); };
  }
  ASSIGN_OR_RETURN(auto recognizer, options_.open(model.path, options));
  const std::string digest = recognizer->model_info().digest;
  if (!model.sha256.empty() && digest != LowerCase(model.sha256)) {
    return FailedPreconditionError(
        fmt::format("model '{}' is pinned to the SHA-256 {} and '{}' has {}", model.name,
                    model.sha256, model.path.string(), digest));
  }
  return recognizer;
}

void ModelPool::RunLoad(Entry& entry, const std::shared_ptr<Attempt>& attempt) {
  const auto start = Clock::now();
  RecognizerOptions estimated = options_.recognizer;
  estimated.compute = entry.config.compute.value_or(estimated.compute);
  int64_t estimate = entry.known_bytes;
  if (estimate == 0) {
    const Result<int64_t> sized = EstimateModelBytes(entry.config.path, estimated);
    if (sized.ok()) estimate = *sized;  // Opening tells what is wrong otherwise.
  }
  Evicted evicted;
  Status status;
  {
    std::lock_guard lock(mutex_);
    status = MakeRoom(entry, estimate, evicted);
    if (status.ok()) entry.size_bytes = estimate;
    UpdateGate();
  }
  evicted.clear();
  std::unique_ptr<Recognizer> opened;
  if (status.ok()) {
    Result<std::unique_ptr<Recognizer>> result = Open(entry.config, attempt->stop.get_token());
    status = result.status();
    if (status.ok()) opened = std::move(*result);
  }
  const std::chrono::duration<double> seconds = Clock::now() - start;
  std::unique_lock lock(mutex_);
  if (opened != nullptr) {
    status = MakeRoom(entry, opened->size_bytes(), evicted);
    entry.size_bytes = opened->size_bytes();
    if (!status.ok()) evicted.push_back(std::move(opened));
    lock.unlock();  // Nobody else is told of this model yet.
    evicted.clear();
    lock.lock();
  }
  FinishLoad(entry, *attempt, std::move(opened), status);
  if (status.ok()) entry.report.load_seconds = seconds.count();
}

void ModelPool::FinishLoad(Entry& entry, Attempt& attempt, std::unique_ptr<Recognizer> opened,
                           const Status& status) {
  entry.size_bytes = 0;
  ModelReport& report = entry.report;
  // Full memory and a cancelled load say nothing about the model.
  const bool is_fault = !status.ok() && status.code() != StatusCode::kCancelled &&
                        status.code() != StatusCode::kResourceExhausted;
  report.error = is_fault ? status : OkStatus();
  entry.failed_at = options_.now();
  entry.unload_when_idle = entry.unload_when_idle && attempt.waiters > 0;
  if (opened != nullptr) {
    const transcript::ModelInfo info = opened->model_info();
    report.family = info.family;
    report.digest = info.digest;
    report.compute_type = info.compute_type;
    report.note = opened->note();
    ++report.loads;
    entry.size_bytes = entry.known_bytes = opened->size_bytes();
    entry.recognizer = std::move(opened);
    entry.users += attempt.waiters;
    entry.last_used = options_.now();
  }
  UpdateGate();
  attempt.status = status;
  attempt.done = true;
  entry.attempt = nullptr;
  loaded_.notify_all();
}

// Either enough of the idle models go, the longest idle first, or none does.
Status ModelPool::MakeRoom(const Entry& entry, int64_t bytes, Evicted& evicted) {
  const int64_t budget = ModelBudget(memory_bytes_);
  int64_t others = 0, idle_bytes = 0;
  std::string held;
  std::vector<Entry*> idle;
  for (const auto& [name, other] : entries_) {
    if (other.get() == &entry || other->size_bytes == 0) continue;
    others += other->size_bytes;
    if (other->recognizer != nullptr && other->users == 0 && !other->config.keep_loaded) {
      idle.push_back(other.get());
      idle_bytes += other->size_bytes;
    } else {
      held += fmt::format("{} '{}' {:.0f} MB", held.empty() ? "" : ",", name,
                          Megabytes(other->size_bytes));
    }
  }
  if (bytes + others - idle_bytes > budget) {
    return ResourceExhaustedError(fmt::format(
        "model '{}' needs {:.0f} MB, models may take {:.0f} MB together{}{}; {}", entry.config.name,
        Megabytes(bytes), Megabytes(budget), held.empty() ? "" : " and what is in use takes", held,
        bytes > budget ? "give the server more memory or choose a smaller model or compute type"
                       : "try again when those are idle, or give the server more memory"));
  }
  std::sort(idle.begin(), idle.end(),
            [](const Entry* a, const Entry* b) { return a->last_used < b->last_used; });
  for (Entry* const victim : idle) {
    if (bytes + others <= budget) break;
    others -= victim->size_bytes;
    evicted.push_back(TakeOut(*victim));
  }
  return OkStatus();
}

}  // namespace ironscribe::engine
