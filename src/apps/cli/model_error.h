// What is told when a model cannot be opened: which one, and what helps.
#pragma once

#include <filesystem>
#include <string>

#include "base/status.h"

namespace ironscribe::cli {

// True when the flags ask for what the model does not have.
inline bool IsWrongUsageOfModel(const Status& status) {
  return status.code() == StatusCode::kOutOfRange;
}

// `status` with the model's path in front, where it does not name it, and, where the files are at
// fault, the command that replaces them: `path` lies in `models_folder` when it was pulled.
Status ExplainModelError(const Status& status, const std::string& model_name,
                         const std::filesystem::path& path,
                         const std::filesystem::path& models_folder);

}  // namespace ironscribe::cli
