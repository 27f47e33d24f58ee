// The command line of `ironscribe models`.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "apps/cli/folders.h"
#include "apps/cli/models_actions.h"

namespace ironscribe::cli {

// `arguments` are those after "models". Returns the exit status: 0 done, 1 failed, 2 wrong usage,
// 3 interrupted.
int RunModels(const std::vector<std::string>& arguments, const Folders& folders,
              const ModelsServices& services, std::ostream& out, std::ostream& err);

}  // namespace ironscribe::cli
