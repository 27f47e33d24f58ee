// The YAML configuration: one section per subcommand, whose keys are the long flags.
//
//   transcribe:
//     model: tiny.en
//     format: [txt, srt]
//     word-times: true
//
// The only place that reads it; yaml-cpp stays inside.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace ironscribe::cli {

struct ConfigValue {
  std::string key;
  std::vector<std::string> values;  // One, or the items of a list.
};

// The section's values in file order; none when the file has no such section. Errors: those of
// reading; InvalidArgument with the line for what is not YAML, nested values and unknown sections.
Result<std::vector<ConfigValue>> ReadConfigSection(const std::filesystem::path& path,
                                                   std::string_view section);

}  // namespace ironscribe::cli
