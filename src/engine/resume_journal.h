// What a recognition has finished, on the disk: a run that is killed goes on from there the next
// time, and ends with what it would have ended with. It holds what was said, so it is its owner's
// only (io/journal.h), and whoever writes the transcript removes it.
//
// Every result stands under a digest of all that it depends on within one scope: model, options,
// program. A result of other audio is therefore never found, whatever the scope says.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/status.h"
#include "io/journal.h"
#include "models/result_store.h"

namespace ironscribe::engine {

// What results are valid for: any texts, compared as a whole.
struct ResumeScope {
  std::string program;    // Its version.
  std::string model;      // Weights and the arithmetic they are used with.
  std::string options;    // All that may change text.
  std::string recording;  // Which version of which.
};

// Thread-safe.
class ResumeJournal final : public models::ResultStore {
 public:
  // Opens or creates the journal. One of another scope, or a damaged one, is empty, or ends where
  // the damage begins. Errors: see io::Journal::Open.
  static Result<std::unique_ptr<ResumeJournal>> Open(const std::filesystem::path& path,
                                                     const ResumeScope& scope);
  ~ResumeJournal() override;

  // Why what an earlier run left is of no use, for people: "it used another model"; or "".
  const std::string& mismatch() const { return mismatch_; }

  // How far the earlier run came, all before it finished.
  double resumed_seconds() const { return resumed_seconds_; }

  // Neither this run nor the earlier one has finished anything.
  bool is_empty() const;

  // How far this run or the earlier one came.
  double reached_seconds() const;
  void Reached(double seconds);

  std::optional<std::string> Find(const std::string& key) override;
  // A result that is too large for a record of io::Journal is not kept.
  void Keep(const std::string& key, std::string_view result) override;

  // The first failure to write; what is finished is not kept from then on.
  Status status() const;

  // To be called when the transcript is safe.
  Status Remove();

 private:
  ResumeJournal() = default;
  bool ReadRecord(std::string_view record, const ResumeScope& scope);
  void Append(std::string_view record);  // Requires: mutex_ held.

  std::unique_ptr<io::Journal> journal_;
  std::string mismatch_;
  bool is_in_scope_ = false;
  double resumed_seconds_ = 0;
  std::unordered_map<std::string, std::string> found_;  // Of the earlier run.

  mutable std::mutex mutex_;
  bool has_kept_ = false;
  double reached_seconds_ = 0;
  double synced_at_seconds_ = 0;
  Status status_;
};

}  // namespace ironscribe::engine
