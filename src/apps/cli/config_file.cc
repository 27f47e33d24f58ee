#include "apps/cli/config_file.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <iterator>

#include "io/file.h"

namespace ironscribe::cli {
namespace {

constexpr uint64_t kMaxConfigBytes = 1 << 20;
// The subcommands that read it. The others would be silent about a section they never look at.
constexpr std::string_view kSections[] = {"transcribe", "serve"};

Status AtLine(const std::filesystem::path& path, const YAML::Mark& mark, std::string_view what) {
  return InvalidArgumentError(
      fmt::format("configuration '{}', line {}: {}", path.string(), mark.line + 1, what));
}

Result<ConfigValue> ReadValue(const std::filesystem::path& path, const std::string& key,
                              const YAML::Node& node) {
  ConfigValue value{key, {}};
  if (node.IsScalar()) {
    value.values.push_back(node.Scalar());
    return value;
  }
  if (!node.IsSequence()) return AtLine(path, node.Mark(), key + " must be a value or a list");
  for (const YAML::Node& item : node) {
    if (!item.IsScalar()) return AtLine(path, item.Mark(), key + " holds something nested");
    value.values.push_back(item.Scalar());
  }
  return value;
}

Result<std::vector<ConfigValue>> ReadSections(const std::filesystem::path& path,
                                              const YAML::Node& root, std::string_view section) {
  std::vector<ConfigValue> values;
  if (root.IsNull()) return values;
  if (!root.IsMap()) return AtLine(path, root.Mark(), "expected sections such as 'transcribe:'");
  for (const auto& entry : root) {
    const std::string name = entry.first.IsScalar() ? entry.first.Scalar() : "";
    if (std::find(std::begin(kSections), std::end(kSections), name) == std::end(kSections)) {
      return AtLine(path, entry.first.Mark(),
                    fmt::format("unknown section '{}'; there are 'transcribe:' and 'serve:', other "
                                "commands take flags and environment variables",
                                name));
    }
    if (name != section || entry.second.IsNull()) continue;
    if (!entry.second.IsMap()) {
      return AtLine(path, entry.second.Mark(), fmt::format("'{}:' must hold flags", name));
    }
    for (const auto& flag : entry.second) {
      if (!flag.first.IsScalar()) return AtLine(path, flag.first.Mark(), "a flag must be a word");
      ASSIGN_OR_RETURN(auto value, ReadValue(path, flag.first.Scalar(), flag.second));
      values.push_back(std::move(value));
    }
  }
  return values;
}

}  // namespace

Result<std::vector<ConfigValue>> ReadConfigSection(const std::filesystem::path& path,
                                                   std::string_view section) {
  auto text = io::ReadFile(path, kMaxConfigBytes);
  if (!text.ok()) return text.status().Annotate("reading the configuration");
  try {
    return ReadSections(path, YAML::Load(*text), section);
  } catch (const YAML::Exception& error) {
    return AtLine(path, error.mark, error.msg);
  }
}

}  // namespace ironscribe::cli
