// Tells where a wrong value came from when it was not typed: every flag is also an environment
// variable, and whoever did not type it looks for it in vain.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace ironscribe::cli {

// "--beam-size" or "beam-size" to "IRONSCRIBE_BEAM_SIZE".
std::string EnvironmentName(std::string_view flag);

// Adds the variable's name to an error that names a flag which `arguments` do not hold and which
// the environment sets. Any other status comes back as it is.
Status NameVariable(const Status& status, const std::vector<std::string>& arguments);

// An environment variable that is set and empty counts as unset, except where that would be unsafe:
// InvalidArgument when the variable of `flag` is so.
Status RefuseEmptyVariable(std::string_view flag);

// What a configuration file set.
struct ConfigSource {
  std::string path;
  std::vector<std::string> flags;  // "--beam-size"
};

// The same for the file, where its value counted.
Status NameConfig(const Status& status, const ConfigSource& source);

}  // namespace ironscribe::cli
