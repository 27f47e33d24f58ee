// What an operator says about jobs.
#pragma once

#include <filesystem>

namespace ironscribe::cli {

struct ServedJobsOptions {
  int num_workers = 2;  // 0: the server takes no jobs.
  double retention_hours = 7 * 24;
  std::filesystem::path recordings_folder{};  // Empty: uploads only.
};

}  // namespace ironscribe::cli
