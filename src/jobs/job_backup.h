// A copy of a queue that a server is working with: its database of one moment, and the audio and
// results that it names. The copy is a data folder of its own.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/status.h"

namespace ironscribe::jobs {

struct JobBackup {
  int64_t num_jobs = 0;
  int64_t num_files = 0;
  // Deleted between the copy of the database and that of their files; deleted in the copy too.
  int64_t num_gone = 0;
};

// Into a folder that is there. Errors: NotFound when there is no queue, FailedPrecondition for
// another schema, those of copying.
Result<JobBackup> BackUpJobs(const std::filesystem::path& data_folder,
                             const std::filesystem::path& target);

// Whether a queue is whole, one that nobody changes meanwhile. Changes nothing. Errors: NotFound,
// FailedPrecondition, DataLoss with what is missing.
Result<JobBackup> CheckJobs(const std::filesystem::path& data_folder);

}  // namespace ironscribe::jobs
