// Where finished pieces of model work are kept, so that a recognition that was interrupted need not
// do them again: results under names that say all they depend on. A recognition goes the same way
// every time, so one that finds the results of an earlier one ends as that would have ended.
//
// The caller of a recognition brings one if it wants to; see engine/resume_journal.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ironscribe::models {

// Thread rule: safe from many threads. What is found may have been written by an enemy: whoever
// asks checks it, and does the work itself if it cannot be right.
class ResultStore {
 public:
  virtual ~ResultStore() = default;

  // What was kept under this key by an earlier run.
  virtual std::optional<std::string> Find(const std::string& key) = 0;

  virtual void Keep(const std::string& key, std::string_view result) = 0;
};

}  // namespace ironscribe::models
