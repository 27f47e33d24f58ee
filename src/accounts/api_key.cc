#include "accounts/api_key.h"

#include <utility>

namespace ironscribe::accounts {
namespace {

constexpr std::pair<Scope, std::string_view> kScopeNames[] = {
    {Scope::kTranscribe, "transcribe"}, {Scope::kJobs, "jobs"}, {Scope::kModels, "models"},
    {Scope::kUsage, "usage"},           {Scope::kKeys, "keys"}, {Scope::kMetrics, "metrics"},
    {Scope::kAdmin, "admin"},
};

}  // namespace

std::string Scopes::ToString() const {
  std::string names;
  for (const auto& [scope, name] : kScopeNames) {
    if ((bits_ & static_cast<uint32_t>(scope)) == 0) continue;
    if (!names.empty()) names += ',';
    names += name;
  }
  return names;
}

Result<Scopes> ParseScopes(std::string_view names) {
  Scopes scopes;
  while (true) {
    const size_t comma = names.find(',');
    const std::string_view name = names.substr(0, comma);
    bool is_known = false;
    for (const auto& [scope, known] : kScopeNames) {
      if (known == name) {
        scopes.Add(scope);
        is_known = true;
      }
    }
    if (!is_known) {
      return InvalidArgumentError("unknown scope '" + std::string(name) +
                                  "'; there are transcribe, jobs, models, usage, keys, metrics and "
                                  "admin, with commas between them");
    }
    if (comma == std::string_view::npos) return scopes;
    names.remove_prefix(comma + 1);
  }
}

}  // namespace ironscribe::accounts
