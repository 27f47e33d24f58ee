// The languages Whisper knows: codes, English names, other spellings people use.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ironscribe::text {

struct Language {
  std::string_view code;  // "en", "yue"; Whisper's own, e.g. "jw" for Javanese.
  std::string_view name;  // "english"
};

struct LanguageAlias {
  std::string_view alias;
  std::string_view code;
};

// In the order of Whisper's token ids.
std::span<const Language> AllLanguages();

// The language whose code is exactly `code`, or null.
const Language* FindLanguageByCode(std::string_view code);

// By code, English name or alias, whatever the case; a region or script is dropped ("pt-BR",
// "zh_TW"). Null when there is none.
const Language* FindLanguage(std::string_view name_or_code);

// For the message about an unknown language: the `count` nearest spellings, e.g. "german (de)".
std::vector<std::string> NearestLanguages(std::string_view wrong, int count);

// The aliases, in no particular order.
std::span<const LanguageAlias> LanguageAliases();

}  // namespace ironscribe::text
