// Results on standard output, in the order of the inputs whatever the order in which they finish.
// Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>

#include "apps/cli/run_reporter.h"
#include "base/status.h"

namespace ironscribe::cli {

class TextOutput {
 public:
  // With `show_names` each text stands below its name, "==> NAME <==", as head(1) writes it.
  TextOutput(std::ostream& out, RunReporter& reporter, bool show_names)
      : out_(out), reporter_(reporter), show_names_(show_names) {}

  // The whole text of input `index`, held back until all before it are settled. Every index from 0
  // must be settled once, by this or by Skip. Errors: Unknown when standard output cannot be
  // written to; they may be those of a text held back earlier.
  Status Deliver(size_t index, const std::string& name, std::string text);
  void Skip(size_t index);

  // A piece of text at once; for a single input, instead of Deliver.
  Status Stream(const std::string& piece);

 private:
  Status SettleAndPrint(size_t index, std::optional<std::string> text);
  Status Print(const std::string& text);

  std::ostream& out_;
  RunReporter& reporter_;
  const bool show_names_;
  std::mutex mutex_;
  size_t next_ = 0;
  bool printed_any_ = false;
  std::map<size_t, std::optional<std::string>> settled_;  // Not printed yet.
};

}  // namespace ironscribe::cli
