// A copy of a server's whole data folder, made while the server works with it. The copy is a data
// folder: to restore it is to give it to `ironscribe serve`.
#pragma once

#include <filesystem>

#include "base/status.h"
#include "jobs/job_backup.h"

namespace ironscribe::cli {

// Makes `target`, whole or not at all. Errors: NotFound when nobody served from `data_folder`,
// AlreadyExists when there is something at `target`.
Result<jobs::JobBackup> BackUpDataFolder(const std::filesystem::path& data_folder,
                                         const std::filesystem::path& target);

// Whether a data folder that no server uses is whole: databases, files, audit log. Errors:
// NotFound, FailedPrecondition for another schema, DataLoss.
Result<jobs::JobBackup> CheckDataFolder(const std::filesystem::path& data_folder);

}  // namespace ironscribe::cli
