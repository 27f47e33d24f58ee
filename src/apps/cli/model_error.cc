#include "apps/cli/model_error.h"

#include <fmt/format.h>

namespace ironscribe::cli {

namespace fs = std::filesystem;

Status ExplainModelError(const Status& status, const std::string& model_name,
                         const std::filesystem::path& path,
                         const std::filesystem::path& models_folder) {
  if (status.ok() || status.code() == StatusCode::kCancelled) return status;
  std::string message = status.message();
  if (message.find(path.string()) == std::string::npos) {
    message = fmt::format("model '{}': {}", path.string(), message);
  }
  const bool damaged =
      status.code() == StatusCode::kDataLoss || status.code() == StatusCode::kInvalidArgument;
  if (damaged) {
    const fs::path plain = path.lexically_normal();
    const bool pulled = plain == (models_folder / plain.filename()).lexically_normal();
    message += pulled ? fmt::format("; fetch the model again: ironscribe models pull {} --force",
                                    model_name)
                      : "; copy or export the model again";
  }
  return Status(status.code(), std::move(message));
}

}  // namespace ironscribe::cli
