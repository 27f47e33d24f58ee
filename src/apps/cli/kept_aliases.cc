#include "apps/cli/kept_aliases.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "io/durable_files.h"

namespace ironscribe::cli {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;
constexpr uint64_t kMaxFileBytes = 16 << 20;

std::string FlagsText(const std::vector<ServedAlias>& flags) {
  std::string text;
  for (const ServedAlias& flag : flags) {
    text += fmt::format("{}={},{}:{}\n", flag.name, flag.model, flag.candidate, flag.share);
  }
  return text;
}

Json ToJson(const engine::ModelAlias& alias) {
  return {{"name", alias.name},
          {"model", alias.model},
          {"candidate", alias.candidate},
          {"share", alias.candidate_share},
          {"previous", alias.previous}};
}

bool FromJson(const Json& json, engine::ModelAlias& alias) {
  if (!json.is_object()) return false;
  const std::pair<const char*, std::string*> texts[] = {{"name", &alias.name},
                                                        {"model", &alias.model},
                                                        {"candidate", &alias.candidate},
                                                        {"previous", &alias.previous}};
  for (const auto& [name, text] : texts) {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_string()) return false;
    *text = found->get<std::string>();
  }
  const auto share = json.find("share");
  if (share == json.end() || !share->is_number()) return false;
  alias.candidate_share = share->get<double>();
  return true;
}

}  // namespace

KeptAliases::KeptAliases(std::filesystem::path path, const std::vector<ServedAlias>& flags)
    : path_(std::move(path)), flags_(FlagsText(flags)) {}

Status KeptAliases::Keep(const engine::ModelPool& pool) {
  const std::lock_guard lock(mutex_);  // Whoever is last writes what is last.
  Json aliases = Json::array();
  for (const engine::ModelAlias& alias : pool.Aliases()) aliases.push_back(ToJson(alias));
  const Json file = {{"version", kVersion}, {"flags", flags_}, {"aliases", std::move(aliases)}};
  io::SystemFiles files;
  return io::WriteDurably(files, path_,
                          file.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

Result<std::string> KeptAliases::Restore(engine::ModelPool& pool) {
  io::SystemFiles files;
  const auto text = files.Read(path_, kMaxFileBytes);
  if (text.status().code() == StatusCode::kNotFound) return std::string();
  RETURN_IF_ERROR(text.status());
  const auto damaged = [this] {
    return DataLossError(
        fmt::format("'{}' cannot be read: remove it to start with the aliases of "
                    "the flags",
                    path_.string()));
  };
  const Json json = Json::parse(*text, nullptr, /*allow_exceptions=*/false);
  const bool sound = json.is_object() && json.value("version", Json()) == Json(kVersion) &&
                     json.value("flags", Json()).is_string() &&
                     json.value("aliases", Json()).is_array();
  if (!sound) return damaged();
  if (json["flags"] != Json(flags_)) {
    return std::string("--alias was changed: aliases are those of the flags again");
  }
  std::vector<engine::ModelAlias> kept(json["aliases"].size());
  for (size_t i = 0; i < kept.size(); ++i) {
    if (!FromJson(json["aliases"][i], kept[i])) return damaged();
  }
  for (const engine::ModelAlias& alias : pool.Aliases()) {
    RETURN_IF_ERROR(pool.RemoveAlias(alias.name));
  }
  size_t lost = 0;
  for (engine::ModelAlias& alias : kept) {
    if (!pool.RestoreAlias(std::move(alias)).ok()) ++lost;
  }
  if (lost == 0) return std::string("aliases are as they were changed while the server ran");
  return fmt::format(
      "aliases are as they were changed while the server ran, but for {} whose models "
      "are not there any more",
      lost);
}

}  // namespace ironscribe::cli
