// Records begin with a letter: S the scope (four texts, each after its length), R a result (64
// digits of its key, the result), P how far the recording is finished (seconds). The scope comes
// first.
#include "engine/resume_journal.h"

#include <chrono>
#include <cstring>
#include <utility>

namespace ironscribe::engine {
namespace {

constexpr char kScopeRecord = 'S';
constexpr char kResultRecord = 'R';
constexpr char kPositionRecord = 'P';

constexpr size_t kKeyDigits = 64;  // SHA-256

// So much work may be lost when the machine dies; when the process dies, none is.
constexpr double kSyncSeconds = 2;

// No recording is as long as thirty years.
constexpr double kMaxPositionSeconds = 1e9;

double SteadySeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string ScopeRecord(const ResumeScope& scope) {
  std::string record(1, kScopeRecord);
  for (const std::string* text : {&scope.program, &scope.model, &scope.options, &scope.recording}) {
    record += std::to_string(text->size()) + ":" + *text;
  }
  return record;
}

// Which of the four differs, for people.
std::string Difference(std::string_view record, const ResumeScope& scope) {
  const auto holds = [&](const std::string& text) {
    return record.find(std::to_string(text.size()) + ":" + text) != std::string_view::npos;
  };
  if (!holds(scope.recording)) return "the recording has changed since";
  if (!holds(scope.model)) return "it used another model";
  if (!holds(scope.options)) return "it had other options";
  return "it was another version of the program";
}

}  // namespace

Result<std::unique_ptr<ResumeJournal>> ResumeJournal::Open(const std::filesystem::path& path,
                                                           const ResumeScope& scope) {
  std::unique_ptr<ResumeJournal> resume(new ResumeJournal());
  ASSIGN_OR_RETURN(resume->journal_, io::Journal::Open(path, [&](std::string_view record) {
                     return resume->ReadRecord(record, scope);
                   }));
  if (!resume->is_in_scope_) RETURN_IF_ERROR(resume->journal_->Append(ScopeRecord(scope)));
  resume->reached_seconds_ = resume->resumed_seconds_;
  resume->synced_at_seconds_ = SteadySeconds();
  return resume;
}

ResumeJournal::~ResumeJournal() = default;

bool ResumeJournal::ReadRecord(std::string_view record, const ResumeScope& scope) {
  if (!is_in_scope_) {
    if (!record.starts_with(kScopeRecord)) return false;
    is_in_scope_ = record == ScopeRecord(scope);
    if (!is_in_scope_) mismatch_ = Difference(record, scope);
    return is_in_scope_;
  }
  if (record.empty()) return false;
  const char kind = record[0];
  record.remove_prefix(1);
  if (kind == kResultRecord && record.size() >= kKeyDigits) {
    found_.insert_or_assign(std::string(record.substr(0, kKeyDigits)),
                            std::string(record.substr(kKeyDigits)));
    return true;
  }
  double seconds = 0;
  if (kind != kPositionRecord || record.size() != sizeof(seconds)) return false;
  std::memcpy(&seconds, record.data(), sizeof(seconds));
  if (!(seconds >= resumed_seconds_ && seconds <= kMaxPositionSeconds)) return false;
  resumed_seconds_ = seconds;
  return true;
}

bool ResumeJournal::is_empty() const {
  const std::lock_guard lock(mutex_);
  return found_.empty() && !has_kept_;
}

double ResumeJournal::reached_seconds() const {
  const std::lock_guard lock(mutex_);
  return reached_seconds_;
}

void ResumeJournal::Reached(double seconds) {
  const std::lock_guard lock(mutex_);
  if (seconds <= reached_seconds_) return;
  reached_seconds_ = seconds;
  std::string record(1, kPositionRecord);
  record.append(reinterpret_cast<const char*>(&seconds), sizeof(seconds));
  Append(record);
}

std::optional<std::string> ResumeJournal::Find(const std::string& key) {
  // Not changed once it is open.
  const auto found = found_.find(key);
  if (found == found_.end()) return std::nullopt;
  return found->second;
}

void ResumeJournal::Keep(const std::string& key, std::string_view result) {
  std::string record(1, kResultRecord);
  record += key;
  record += result;
  // Done again then; what follows is kept all the same.
  if (record.size() > io::Journal::kMaxRecordBytes) return;
  const std::lock_guard lock(mutex_);
  has_kept_ = true;
  Append(record);
}

void ResumeJournal::Append(std::string_view record) {
  if (!status_.ok()) return;
  status_ = journal_->Append(record);
  const double now = SteadySeconds();
  if (!status_.ok() || now < synced_at_seconds_ + kSyncSeconds) return;
  synced_at_seconds_ = now;
  status_ = journal_->Sync();
}

Status ResumeJournal::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

Status ResumeJournal::Remove() {
  const std::lock_guard lock(mutex_);
  if (status_.ok()) status_ = CancelledError("the journal was removed");
  return journal_->Remove();
}

}  // namespace ironscribe::engine
