#include "models/whisper/window_policy_language.h"

#include <algorithm>
#include <cmath>

#include "decoding/forced_search.h"

namespace ironscribe::models::whisper {

Result<std::vector<transcript::LanguageProbability>> DetectLanguage(
    const text::Tokenizer& tokenizer, WindowRunner& runner,
    const std::shared_ptr<const Encoding>& encoding, std::stop_token stop) {
  const text::SpecialTokens& special = tokenizer.special();
  std::vector<decoding::TokenId> ids;
  for (const text::LanguageToken& language : special.languages) ids.push_back(language.id);
  decoding::ChoiceSearch search({special.start_of_transcript}, ids);
  RETURN_IF_ERROR(runner.Run(encoding, search, stop));
  std::vector<transcript::LanguageProbability> languages;
  for (size_t i = 0; i < ids.size(); ++i) {
    languages.push_back({special.languages[i].code, std::exp(search.log_probabilities()[i])});
  }
  std::stable_sort(languages.begin(), languages.end(),
                   [](const auto& a, const auto& b) { return a.probability > b.probability; });
  return languages;
}

}  // namespace ironscribe::models::whisper
