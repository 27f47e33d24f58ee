// The command line of `ironscribe serve`.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "api/authorization.h"
#include "api/spool.h"
#include "apps/cli/folders.h"
#include "apps/cli/served_jobs_options.h"
#include "base/status.h"
#include "engine/recognizer.h"
#include "server/http/http_options.h"
#include "service/fair_queue.h"

namespace ironscribe::cli {

struct ServedModel {
  std::string name;    // Or a path.
  std::string sha256;  // Of its weights; empty: any.
};

struct ServedAlias {
  std::string name;
  std::string model;
  std::string candidate;  // On trial; empty: none.
  double share = 0;       // Of requests, for the candidate.
};

struct ServeOptions {
  std::vector<ServedModel> models;  // The first is the default. At least one.
  std::vector<ServedAlias> aliases;
  bool load_on_demand = false;
  int64_t memory_bytes = 0;  // As engine::ModelPoolOptions.
  std::chrono::seconds idle_unload{0};
  service::FairQueueOptions queue;
  std::filesystem::path models_folder;
  engine::RecognizerOptions recognizer;
  std::vector<server::ListenerOptions> listeners;  // At least one.
  server::HttpOptions http;
  server::DrainTimes drain;
  std::filesystem::path data_folder;
  api::SpoolOptions spool;
  int64_t max_audio_seconds = 0;
  std::string trace_url;  // Where traces are sent; empty: nowhere.
  double trace_share = 1;
  ServedJobsOptions jobs;
  api::AccessRules access;  // By the names of listeners.

  // Whether anybody needs a key for anything.
  bool needs_keys() const;
};

struct ParsedServeFlags {
  std::string text;  // If not empty, print it and do nothing else.
  bool check_only = false;
  ServeOptions options;
};

// Errors: InvalidArgument, naming the flag and where its value is from; those of the configuration.
Result<ParsedServeFlags> ParseServeFlags(const std::vector<std::string>& arguments,
                                         const Folders& folders);

}  // namespace ironscribe::cli
