#include "apps/cli/exit_code.h"

#include "apps/cli/model_error.h"
#include "text/printable.h"

namespace ironscribe::cli {

void PrintError(const Status& status, std::ostream& err) {
  err << "error: " << text::Printable(status.message()) << std::endl;
}

ExitCode EndWithError(const Status& status, std::ostream& err) {
  PrintError(status, err);
  if (status.code() == StatusCode::kCancelled) return ExitCode::kInterrupted;
  return status.code() == StatusCode::kInvalidArgument || IsWrongUsageOfModel(status)
             ? ExitCode::kWrongUsage
             : ExitCode::kSomeFailed;
}

}  // namespace ironscribe::cli
