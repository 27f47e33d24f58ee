// The command line of `ironscribe cost`: what is transcribed, what is assumed, what is measured,
// and the flags of `transcribe` that a measurement uses.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/cli/folders.h"
#include "apps/cli/transcribe_options.h"
#include "base/status.h"
#include "cost/usage.h"

namespace ironscribe::cli {

struct CostOptions {
  // Volume. What is given here wins over the scenario.
  std::filesystem::path scenario;
  std::filesystem::path volume_from;  // A folder of recordings, or a usage export (.csv).
  double volume_days = 365;           // That a folder's recordings cover.
  std::optional<double> hours_per_year;
  std::vector<double> months;  // Empty or twelve.
  std::vector<cost::ClipLength> clips;
  std::optional<double> channels;
  std::optional<double> growth;
  std::vector<cost::Feature> features;

  // Prices and assumptions.
  std::vector<std::filesystem::path> prices;
  std::vector<std::string> plans;
  std::vector<std::string> hardware;
  std::optional<std::string> against;
  std::optional<double> own_machines_per_year;
  std::optional<double> core_hour_price;
  std::map<std::string, double> parameters;
  std::map<std::string, double> word_errors;  // Id of a plan or model to percent, as measured.
  std::map<std::string, double> exchange;
  std::string currency = "USD";
  std::string as_of;  // Empty: today.
  int max_age_days = 90;

  // Measuring.
  std::filesystem::path measure;
  std::vector<std::string> measure_models;
  int repeats = 3;
  TranscribeOptions transcribe;

  int draws = 100'000;
  uint64_t seed = 1;
  std::filesystem::path json;
  std::filesystem::path csv;
  std::filesystem::path html;
  int rows = 30;
};

struct ParsedCostFlags {
  CostOptions options;
  std::string help;  // Not empty when help was asked for.
};

// Errors: InvalidArgument with the flag and what is wrong with it.
Result<ParsedCostFlags> ParseCostFlags(const std::vector<std::string>& arguments,
                                       const Folders& folders);

// Outputs by their flags; empty ones are not asked for. Errors: InvalidArgument when two are the
// same file.
Status CheckDifferentFiles(
    const std::vector<std::pair<std::string_view, std::filesystem::path>>& outputs);

// "5:0.3,600:0.7": seconds and share. Errors: InvalidArgument.
Result<std::vector<cost::ClipLength>> ParseClipLengths(const std::string& text);

}  // namespace ironscribe::cli
