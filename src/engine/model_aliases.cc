#include "engine/model_aliases.h"

#include <fmt/format.h>

#include <utility>

#include "base/random.h"

namespace ironscribe::engine {
namespace {

// FNV-1a (Fowler, Noll and Vo), 64 bits.
uint64_t Hash(std::string_view text, uint64_t hash) {
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  return hash;
}

// Uniform in [0, 1), the same for the same texts.
double Draw(std::string_view alias, std::string_view request_id) {
  constexpr uint64_t kOffset = 0xcbf29ce484222325ULL;
  return Random(Hash(request_id, Hash(alias, kOffset))).NextUnit();
}

}  // namespace

Result<ModelAlias*> ModelAliases::Find(std::string_view alias) {
  const auto found = aliases_.find(alias);
  if (found == aliases_.end()) return NotFoundError(fmt::format("there is no alias '{}'", alias));
  return &found->second;
}

void ModelAliases::Point(std::string_view alias, std::string_view model) {
  ModelAlias& entry = aliases_[std::string(alias)];
  entry.name = alias;
  if (entry.model != model) entry.previous = std::exchange(entry.model, std::string(model));
  entry.candidate.clear();
  entry.candidate_share = 0;
}

Status ModelAliases::Try(std::string_view alias, std::string_view candidate, double share) {
  ASSIGN_OR_RETURN(ModelAlias* const entry, Find(alias));
  if (!(share >= 0 && share <= 1)) {
    return InvalidArgumentError(fmt::format("a share of requests is 0 to 1, not {}", share));
  }
  entry->candidate = candidate;
  entry->candidate_share = share;
  return OkStatus();
}

void ModelAliases::Restore(ModelAlias alias) {
  const std::string name = alias.name;
  aliases_[name] = std::move(alias);
}

Status ModelAliases::Promote(std::string_view alias) {
  ASSIGN_OR_RETURN(const ModelAlias* const entry, Find(alias));
  if (entry->candidate.empty()) {
    return FailedPreconditionError(fmt::format("alias '{}' has no model on trial", alias));
  }
  Point(alias, std::string(entry->candidate));
  return OkStatus();
}

Status ModelAliases::RollBack(std::string_view alias) {
  ASSIGN_OR_RETURN(ModelAlias* const entry, Find(alias));
  if (!entry->candidate.empty()) {
    entry->candidate.clear();
    entry->candidate_share = 0;
    return OkStatus();
  }
  if (entry->previous.empty()) {
    return FailedPreconditionError(
        fmt::format("alias '{}' has stood for no other model than '{}'", alias, entry->model));
  }
  entry->model = std::exchange(entry->previous, std::string());
  return OkStatus();
}

Status ModelAliases::Remove(std::string_view alias) {
  RETURN_IF_ERROR(Find(alias).status());
  aliases_.erase(aliases_.find(alias));
  return OkStatus();
}

const std::string* ModelAliases::Choose(std::string_view alias, std::string_view request_id) const {
  const auto found = aliases_.find(alias);
  if (found == aliases_.end()) return nullptr;
  const ModelAlias& entry = found->second;
  const bool on_trial = !entry.candidate.empty() && Draw(alias, request_id) < entry.candidate_share;
  return on_trial ? &entry.candidate : &entry.model;
}

bool ModelAliases::Mentions(std::string_view model) const {
  for (const auto& [name, entry] : aliases_) {
    if (entry.model == model || entry.candidate == model || entry.previous == model) return true;
  }
  return false;
}

std::vector<ModelAlias> ModelAliases::List() const {
  std::vector<ModelAlias> list;
  for (const auto& [name, entry] : aliases_) list.push_back(entry);
  return list;
}

}  // namespace ironscribe::engine
