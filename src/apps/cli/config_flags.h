// The configuration file as a source of flags: what it says counts where neither the command line
// nor the environment does.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/cli/flag_source.h"
#include "base/status.h"

namespace CLI {
class App;
}

namespace ironscribe::cli {

struct ConfigFlags {
  std::filesystem::path path;
  std::string_view section;
  // Of flags that the section may hold though this command has none of that name.
  std::function<bool(const std::string& name)> is_of_others = [](const std::string&) {
    return false;
  };
};

// Gives `app`, which has parsed its command line, what the section says; flags without a variable
// in the environment may not stand there. Sets `source`. Errors: those of ReadConfigSection;
// InvalidArgument for unknown flags and values that are none.
Status ApplyConfigFlags(CLI::App& app, const ConfigFlags& config, ConfigSource& source);

// "; did you mean --format?" or nothing, for what was typed and is no flag of `app`.
std::string SuggestFlag(const std::string& typed, const CLI::App& app);

// The section as a JSON Schema (2020-12), made of the flags that may stand in it.
std::string ConfigSchema(const CLI::App& app, std::string_view section);

}  // namespace ironscribe::cli
