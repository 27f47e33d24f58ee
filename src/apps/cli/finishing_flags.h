// The flags of what is done to the recognised text: redaction, masks, numbers, punctuation.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "apps/cli/transcribe_options.h"
#include "base/status.h"

namespace ironscribe::cli {

class FinishingFlags {
 public:
  // Adds the flags to `app`, which writes into `all` and into this object while it parses.
  FinishingFlags(CLI::App& app, TranscribeOptions& all);
  FinishingFlags(const FinishingFlags&) = delete;
  FinishingFlags& operator=(const FinishingFlags&) = delete;

  // What was typed, checked, the lists read, in `all`, which is the constructor's.
  Status Convert(TranscribeOptions& all) const;

 private:
  CLI::Option* redact_option_ = nullptr;  // Of the app.
  std::vector<std::string> redact_;
  std::string redaction_list_;
  std::string profanity_list_;
  std::string numbers_;
};

}  // namespace ironscribe::cli
