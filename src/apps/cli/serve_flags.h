// The command line of `ironscribe serve`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "api/authorization.h"
#include "api/spool.h"
#include "apps/cli/folders.h"
#include "base/status.h"
#include "engine/recognizer.h"
#include "server/http/http_options.h"

namespace ironscribe::cli {

struct ServeOptions {
  std::vector<std::string> models;  // Names or paths; the first is the default. At least one.
  std::filesystem::path models_folder;
  engine::RecognizerOptions recognizer;
  std::vector<server::ListenerOptions> listeners;  // At least one.
  server::HttpOptions http;
  server::DrainTimes drain;
  std::filesystem::path data_folder;
  api::SpoolOptions spool;
  int64_t max_audio_seconds = 0;
  api::AccessRules access;  // By the names of listeners.

  // Whether anybody needs a key for anything.
  bool needs_keys() const;
};

struct ParsedServeFlags {
  std::string help;  // If not empty, print it and do nothing else.
  ServeOptions options;
};

// Errors: InvalidArgument, naming the flag.
Result<ParsedServeFlags> ParseServeFlags(const std::vector<std::string>& arguments,
                                         const Folders& folders);

}  // namespace ironscribe::cli
