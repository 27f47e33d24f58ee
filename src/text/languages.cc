#include "text/languages.h"

#include <fmt/format.h>

#include <algorithm>

#include "text/edit_distance.h"

namespace ironscribe::text {
namespace {

std::string Lowered(std::string_view text) {
  std::string lowered(text);
  for (char& character : lowered) {
    if (character >= 'A' && character <= 'Z') character = static_cast<char>(character + 32);
  }
  return lowered;
}

const Language* FindLowered(std::string_view name_or_code) {
  for (const Language& language : AllLanguages()) {
    if (language.code == name_or_code || language.name == name_or_code) return &language;
  }
  for (const LanguageAlias& alias : LanguageAliases()) {
    if (alias.alias == name_or_code) return FindLanguageByCode(alias.code);
  }
  return nullptr;
}

}  // namespace

const Language* FindLanguageByCode(std::string_view code) {
  for (const Language& language : AllLanguages()) {
    if (language.code == code) return &language;
  }
  return nullptr;
}

const Language* FindLanguage(std::string_view name_or_code) {
  const std::string lowered = Lowered(name_or_code);
  if (const Language* language = FindLowered(lowered)) return language;
  const size_t separator = lowered.find_first_of("-_");
  if (separator == std::string::npos) return nullptr;
  return FindLowered(std::string_view(lowered).substr(0, separator));
}

std::vector<std::string> NearestLanguages(std::string_view wrong, int count) {
  const std::string lowered = Lowered(wrong.substr(0, 64));  // No name is nearly as long.
  struct Scored {
    int distance;
    const Language* language;
  };
  std::vector<Scored> scored;
  for (const Language& language : AllLanguages()) {
    int distance =
        std::min(EditDistance(lowered, language.name), EditDistance(lowered, language.code));
    // The beginning of a name is nearer than any unrelated two-letter code.
    if (lowered.size() >= 3 && language.name.starts_with(lowered)) distance = 0;
    scored.push_back({distance, &language});
  }
  std::stable_sort(scored.begin(), scored.end(),
                   [](const Scored& a, const Scored& b) { return a.distance < b.distance; });
  std::vector<std::string> nearest;
  for (size_t i = 0; i < scored.size() && static_cast<int>(i) < count; ++i) {
    nearest.push_back(fmt::format("{} ({})", scored[i].language->name, scored[i].language->code));
  }
  return nearest;
}

}  // namespace ironscribe::text
