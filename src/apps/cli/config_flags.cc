#include "apps/cli/config_flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "apps/cli/config_file.h"
#include "base/nearest_names.h"

namespace ironscribe::cli {
namespace {

using Json = nlohmann::ordered_json;

// What has no variable is no flag of the work itself, and the file does not name another file.
bool MayStandInFile(const CLI::Option& option, const std::string& name) {
  return !option.get_envname().empty() && name != "config";
}

std::vector<std::string> LongNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      if (name != "help") names.push_back(name);
    }
  }
  return names;
}

// By the name that CLI11 gives the type, "INT in [1 - 256]" or "UINT".
std::string JsonType(const CLI::Option& option) {
  if (option.get_items_expected_max() == 0) return "boolean";
  const std::string type = option.get_type_name();
  if (type.find("FLOAT") != std::string::npos) return "number";
  return type.find("INT") != std::string::npos ? "integer" : "string";
}

Json PropertyOf(const CLI::Option& option) {
  const std::string type = JsonType(option);
  Json property;
  if (option.get_items_expected_max() > 1) {
    property["anyOf"] =
        Json::array({{{"type", type}}, {{"type", "array"}, {"items", {{"type", type}}}}});
  } else {
    property["type"] = type;
  }
  property["description"] = option.get_description();
  return property;
}

}  // namespace

Status ApplyConfigFlags(CLI::App& app, const ConfigFlags& config, ConfigSource& source) {
  source.path = config.path.string();
  ASSIGN_OR_RETURN(const auto values, ReadConfigSection(config.path, config.section));
  for (const ConfigValue& value : values) {
    CLI::Option* option = app.get_option_no_throw("--" + value.key);
    const auto place = fmt::format("configuration '{}'", config.path.string());
    if (option == nullptr && config.is_of_others(value.key)) continue;
    if (option == nullptr || !MayStandInFile(*option, value.key)) {
      return InvalidArgumentError(
          fmt::format("{}: unknown flag '{}'{}", place, value.key, SuggestFlag(value.key, app)));
    }
    if (option->count() > 0) continue;
    if (value.values.empty()) {
      return InvalidArgumentError(fmt::format("{}: {} is an empty list", place, value.key));
    }
    source.flags.push_back("--" + value.key);
    try {
      for (const std::string& text : value.values) option->add_result(text);
      option->run_callback();
    } catch (const CLI::Error& error) {
      return InvalidArgumentError(fmt::format("{}: {}", place, error.what()));
    }
  }
  return OkStatus();
}

std::string SuggestFlag(const std::string& typed, const CLI::App& app) {
  const size_t start = typed.find_first_not_of('-');
  if (start == std::string::npos) return "";
  const std::string name = typed.substr(start, typed.find('=') - start);
  const auto nearest = NearestNames(name, LongNames(app), 1);
  return nearest.empty() ? "" : fmt::format("; did you mean --{}?", nearest[0]);
}

std::string ConfigSchema(const CLI::App& app, std::string_view section) {
  Json properties = Json::object();
  for (const CLI::Option* option : app.get_options()) {
    const auto& names = option->get_lnames();
    if (names.empty() || !MayStandInFile(*option, names[0])) continue;
    properties[names[0]] = PropertyOf(*option);
  }
  const Json schema = {
      {"$schema", "https://json-schema.org/draft/2020-12/schema"},
      {"title", fmt::format("ironscribe: section '{}' of the configuration", section)},
      {"type", "object"},
      {"properties",
       {{std::string(section),
         {{"type", "object"},
          {"properties", std::move(properties)},
          {"additionalProperties", false}}}}}};
  return schema.dump(2) + "\n";
}

}  // namespace ironscribe::cli
