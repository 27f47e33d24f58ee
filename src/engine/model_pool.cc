#include "engine/model_pool.h"

#include <fmt/format.h>

#include <limits>

#include "base/cpu.h"
#include "base/memory.h"
#include "base/nearest_names.h"
#include "engine/model_digest.h"
#include "engine/model_pool_entry.h"

namespace ironscribe::engine {
namespace {

// Of what is available when the pool is made; the rest is for audio, requests and other processes.
constexpr double kUsableMemory = 0.8;
int64_t MemoryBudget(const ModelPoolOptions& options) {
  if (options.memory_bytes > 0) return options.memory_bytes;
  const auto available = AvailableMemoryBytes();
  if (!available) return std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(kUsableMemory * static_cast<double>(*available));
}

}  // namespace

std::string_view ModelStateName(ModelState state) {
  constexpr std::string_view kNames[] = {"unloaded", "loading", "ready", "failed"};
  return kNames[static_cast<size_t>(state)];
}

// --- The pool itself -----------------------------------------------------------------------------

ModelPool::ModelPool(ModelPoolOptions options)
    : options_(std::move(options)),
      memory_bytes_(MemoryBudget(options_)),
      pool_(std::make_shared<SharedPool>(
          options_.recognizer.num_threads > 0 ? options_.recognizer.num_threads : UsableCpus())),
      gate_(std::make_shared<MemoryGate>(memory_bytes_)) {
  if (options_.idle_unload.count() > 0) {
    idle_watch_ = std::jthread([this](const std::stop_token& stop) { WatchIdle(stop); });
  }
}

ModelPool::~ModelPool() {
  idle_watch_ = {};
  std::vector<std::thread> loaders;
  {
    std::lock_guard lock(mutex_);
    for (auto& [name, entry] : entries_) {
      if (entry->attempt != nullptr) entry->attempt->stop.request_stop();
      loaders.push_back(std::move(entry->loader));
    }
  }
  for (std::thread& loader : loaders) {
    if (loader.joinable()) loader.join();
  }
}

void ModelPool::WatchIdle(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  while (!stop.stop_requested()) {
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, options_.idle_unload / 2.0, [] { return false; });
    if (!stop.stop_requested()) UnloadIdle();
  }
}

Status ModelPool::Add(PooledModel model) {
  if (model.name.empty()) return InvalidArgumentError("a model needs a name");
  if (!model.sha256.empty() && !IsSha256(model.sha256)) {
    return InvalidArgumentError(
        fmt::format("model '{}' is pinned to '{}', which is no SHA-256", model.name, model.sha256));
  }
  std::lock_guard lock(mutex_);
  if (entries_.contains(model.name) || aliases_.Has(model.name)) {
    return AlreadyExistsError(fmt::format("'{}' is in use already", model.name));
  }
  auto entry = std::make_unique<Entry>();
  entry->report.name = model.name;
  entry->report.batch_size = model.batch_size.value_or(options_.recognizer.batch_size);
  entry->report.compute_type =
      models::ComputeTypeName(model.compute.value_or(options_.recognizer.compute));
  entry->report.digest = model.sha256;
  entry->config = std::move(model);
  std::string name = entry->config.name;
  entries_.emplace(std::move(name), std::move(entry));
  return OkStatus();
}

Status ModelPool::Remove(std::string_view name) {
  std::unique_ptr<Entry> removed;
  {
    std::lock_guard lock(mutex_);
    ASSIGN_OR_RETURN(Entry* const entry, Find(name));
    if (entry->callers > 0 || entry->users > 0 || entry->attempt != nullptr) {
      return FailedPreconditionError(fmt::format("model '{}' is in use", name));
    }
    if (aliases_.Mentions(name)) {
      return FailedPreconditionError(fmt::format("an alias stands for model '{}'", name));
    }
    const auto found = entries_.find(name);
    removed = std::move(found->second);
    entries_.erase(found);
    UpdateGate();
  }
  if (removed->loader.joinable()) removed->loader.join();
  return OkStatus();
}

Result<ModelPool::Entry*> ModelPool::Find(std::string_view name) const {
  const auto found = entries_.find(name);
  if (found != entries_.end()) return found->second.get();
  constexpr size_t kNames = 3;
  std::vector<std::string> known;
  for (const auto& [other, entry] : entries_) known.push_back(other);
  for (const ModelAlias& alias : aliases_.List()) known.push_back(alias.name);
  const std::vector<std::string> nearest = NearestNames(name, known, kNames);
  return NotFoundError(fmt::format("no model '{}' is served here{}{}", name,
                                   nearest.empty() ? "" : "; did you mean ",
                                   fmt::join(nearest, " or ")));
}

// --- Aliases -------------------------------------------------------------------------------------

Status ModelPool::PointAlias(std::string_view alias, std::string_view model) {
  std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(Find(model).status());
  if (alias.empty()) return InvalidArgumentError("an alias needs a name");
  if (entries_.contains(alias)) {
    return AlreadyExistsError(fmt::format("'{}' is a model, not an alias", alias));
  }
  aliases_.Point(alias, model);
  return OkStatus();
}

Status ModelPool::TryAlias(std::string_view alias, std::string_view candidate, double share) {
  std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(Find(candidate).status());
  return aliases_.Try(alias, candidate, share);
}

Status ModelPool::RestoreAlias(ModelAlias alias) {
  std::lock_guard lock(mutex_);
  RETURN_IF_ERROR(Find(alias.model).status());
  if (!alias.candidate.empty()) RETURN_IF_ERROR(Find(alias.candidate).status());
  if (!alias.previous.empty() && !Find(alias.previous).ok()) alias.previous.clear();
  const bool is_share = alias.candidate_share >= 0 && alias.candidate_share <= 1;
  if (alias.name.empty() || !is_share) return InvalidArgumentError("no name, or no share");
  if (entries_.contains(alias.name)) {
    return AlreadyExistsError(fmt::format("'{}' is a model, not an alias", alias.name));
  }
  aliases_.Restore(std::move(alias));
  return OkStatus();
}

Status ModelPool::PromoteAlias(std::string_view alias) {
  std::lock_guard lock(mutex_);
  return aliases_.Promote(alias);
}

Status ModelPool::RollBackAlias(std::string_view alias) {
  std::lock_guard lock(mutex_);
  return aliases_.RollBack(alias);
}

Status ModelPool::RemoveAlias(std::string_view alias) {
  std::lock_guard lock(mutex_);
  return aliases_.Remove(alias);
}

std::vector<ModelAlias> ModelPool::Aliases() const {
  std::lock_guard lock(mutex_);
  return aliases_.List();
}

Result<std::string> ModelPool::Resolve(std::string_view name, std::string_view request_id) const {
  std::lock_guard lock(mutex_);
  return ResolveLocked(name, request_id);
}

Result<std::string> ModelPool::ResolveLocked(std::string_view name,
                                             std::string_view request_id) const {
  if (const std::string* const chosen = aliases_.Choose(name, request_id)) return *chosen;
  RETURN_IF_ERROR(Find(name).status());
  return std::string(name);
}

// --- Loading -------------------------------------------------------------------------------------

Result<ModelPool::Handle> ModelPool::Acquire(std::string_view name, std::string_view request_id,
                                             std::stop_token stop) {
  std::unique_lock lock(mutex_);
  ASSIGN_OR_RETURN(const std::string model, ResolveLocked(name, request_id));
  ASSIGN_OR_RETURN(Entry* const entry, Find(model));
  ++entry->callers;
  Result<bool> joined = false;
  while (joined.ok() && !*joined) {
    if (stop.stop_requested()) {
      joined = CancelledError("the request was cancelled");
    } else if (entry->recognizer != nullptr) {
      ++entry->users;
      joined = true;
    } else {
      joined = Join(*entry, lock, stop);
    }
  }
  --entry->callers;
  RETURN_IF_ERROR(joined.status());
  return Handle(this, entry);
}

// --- Giving back ---------------------------------------------------------------------------------

std::unique_ptr<Recognizer> ModelPool::TakeOut(Entry& entry) {
  entry.size_bytes = 0;
  entry.unload_when_idle = false;
  auto recognizer = std::move(entry.recognizer);
  UpdateGate();
  return recognizer;
}

void ModelPool::Release(Entry& entry) {
  std::unique_ptr<Recognizer> unloaded;  // Destroyed when nobody else has to wait for it.
  std::lock_guard lock(mutex_);
  entry.last_used = options_.now();
  if (--entry.users == 0 && entry.unload_when_idle) unloaded = TakeOut(entry);
}

Status ModelPool::Unload(std::string_view name) {
  std::unique_ptr<Recognizer> unloaded;
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(Entry* const entry, Find(name));
  if (entry->users > 0 || entry->attempt != nullptr) {
    entry->unload_when_idle = true;
  } else {
    unloaded = TakeOut(*entry);
  }
  return OkStatus();
}

void ModelPool::UnloadIdle() {
  Evicted unloaded;
  std::lock_guard lock(mutex_);
  if (options_.idle_unload.count() <= 0) return;
  for (const auto& [name, entry] : entries_) {
    if (entry->recognizer == nullptr || entry->users > 0 || entry->config.keep_loaded) continue;
    if (options_.now() - entry->last_used < options_.idle_unload) continue;
    unloaded.push_back(TakeOut(*entry));
  }
}

Status ModelPool::Load(std::string_view name, std::stop_token stop) {
  return Acquire(name, "", std::move(stop)).status();
}

Status ModelPool::LoadAtStart(std::stop_token stop) {
  std::vector<std::string> names;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [name, entry] : entries_) {
      if (entry->config.load_at_start) names.push_back(name);
    }
  }
  for (const std::string& name : names) RETURN_IF_ERROR(Load(name, stop));
  return OkStatus();
}

// --- Telling -------------------------------------------------------------------------------------

int64_t ModelPool::UsedBytes() const {
  int64_t bytes = 0;
  for (const auto& [name, entry] : entries_) bytes += entry->size_bytes;
  return bytes;
}

int64_t ModelPool::used_bytes() const {
  std::lock_guard lock(mutex_);
  return UsedBytes();
}

void ModelPool::UpdateGate() { gate_->SetBudget(memory_bytes_ - UsedBytes()); }

std::vector<ModelReport> ModelPool::Report() const {
  std::vector<ModelReport> reports;
  std::lock_guard lock(mutex_);
  for (const auto& [name, entry] : entries_) {
    ModelReport report = entry->report;
    report.users = entry->users;
    if (entry->attempt != nullptr) {
      report.state = ModelState::kLoading;
    } else if (entry->recognizer != nullptr) {
      report.state = ModelState::kReady;
      report.size_bytes = entry->size_bytes;
      const std::chrono::duration<double> idle = options_.now() - entry->last_used;
      report.idle_seconds = entry->users > 0 ? 0 : idle.count();
    } else if (!report.error.ok()) {
      report.state = ModelState::kFailed;
    }
    reports.push_back(std::move(report));
  }
  return reports;
}

std::vector<SchedulerProgress> ModelPool::Progress() const {
  std::vector<SchedulerProgress> progress;
  std::lock_guard lock(mutex_);
  for (const auto& [name, entry] : entries_) {
    if (entry->recognizer != nullptr) progress.push_back(entry->recognizer->progress());
  }
  return progress;
}

// --- Handles -------------------------------------------------------------------------------------

ModelPool::Handle::~Handle() {
  if (entry_ != nullptr) pool_->Release(*entry_);
}

Recognizer& ModelPool::Handle::recognizer() const { return *entry_->recognizer; }

const std::string& ModelPool::Handle::name() const { return entry_->config.name; }

}  // namespace ironscribe::engine
