// What an operator says about jobs.
#pragma once

#include <cstdint>
#include <filesystem>

#include "net/outbound_rules.h"

namespace ironscribe::cli {

struct ServedJobsOptions {
  int num_workers = 2;  // 0: the server takes no jobs.
  double retention_hours = 7 * 24;
  std::filesystem::path recordings_folder{};  // Empty: uploads only.
  uint64_t max_audio_bytes = 0;               // Of all jobs together.
  net::OutboundRules audio_hosts{};           // Empty: no audio by URL.
  double audio_timeout_seconds = 600;
  uint64_t max_file_bytes = 0;          // Of one that is fetched.
  net::OutboundRules callback_hosts{};  // Empty: no callbacks.
  std::filesystem::path secret_file{};  // Signs callbacks.
  std::filesystem::path ca_file{};      // Authorities for both; empty: the system's.
};

}  // namespace ironscribe::cli
