// The command line of `ironscribe eval`: the flags of recognition, which are those of `transcribe`,
// and its own.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "apps/cli/folders.h"
#include "apps/cli/transcribe_options.h"
#include "base/status.h"
#include "eval/gates.h"
#include "eval/scoring.h"
#include "eval/statistics.h"

namespace ironscribe::cli {

struct EvalOptions {
  std::filesystem::path manifest;
  std::filesystem::path hypotheses;  // Empty: recognise.
  TranscribeOptions transcribe;
  std::string name;  // Of the system, for the report; empty: the model, or where hypotheses are.
  eval::ScoringOptions scoring;
  eval::BootstrapOptions bootstrap;
  bool strict = false;
  std::filesystem::path json;  // Empty: none.
  std::filesystem::path html;
  std::vector<eval::Gate> gates;
  int worst = 10;      // Files in the table.
  int alignments = 0;  // Of the worst, printed side by side.
};

struct ParsedEvalFlags {
  EvalOptions options;
  std::string help;  // Not empty when help was asked for.
};

// Errors: InvalidArgument with the flag and what is wrong with it.
Result<ParsedEvalFlags> ParseEvalFlags(const std::vector<std::string>& arguments,
                                       const Folders& folders);

struct CompareOptions {
  std::filesystem::path a;  // A JSON result, or hypotheses.
  std::filesystem::path b;
  std::filesystem::path manifest;  // Needed with hypotheses.
  eval::ScoringOptions scoring;    // Used with hypotheses.
  eval::BootstrapOptions bootstrap;
  bool strict = false;
  std::filesystem::path json;
  std::filesystem::path html;
  int rows = 15;  // Of each table on the terminal.
};

struct ParsedCompareFlags {
  CompareOptions options;
  std::string help;
};

Result<ParsedCompareFlags> ParseCompareFlags(const std::vector<std::string>& arguments);

}  // namespace ironscribe::cli
