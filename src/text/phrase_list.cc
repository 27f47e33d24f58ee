#include "text/phrase_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ironscribe::text {

Status PhraseList::Add(std::string_view phrase, std::string_view label) {
  Phrase added{std::string(label), {}};
  for (WordToken& token : CutIntoTokens(phrase)) added.words.push_back(std::move(token.lower));
  if (added.words.empty()) return InvalidArgumentError("no letter and no digit in the phrase");
  if (added.words.size() > kMaxPhraseWords) {
    return InvalidArgumentError(fmt::format("more than {} words", kMaxPhraseWords));
  }
  std::string first = added.words[0];
  phrases_.emplace(std::move(first), std::move(added));
  return OkStatus();
}

std::vector<PhraseList::Match> PhraseList::Find(std::span<const WordToken> tokens) const {
  std::vector<Match> matches;
  for (size_t at = 0; at < tokens.size(); ++at) {
    const auto [first, last] = phrases_.equal_range(tokens[at].lower);
    for (auto it = first; it != last; ++it) {
      const std::vector<std::string>& words = it->second.words;
      const auto same = [](const std::string& word, const WordToken& token) {
        return word == token.lower;
      };
      if (at + words.size() > tokens.size()) continue;
      const auto place = tokens.begin() + static_cast<ptrdiff_t>(at);
      if (!std::equal(words.begin(), words.end(), place, same)) continue;
      matches.push_back({at, at + words.size(), it->second.label});
    }
  }
  return matches;
}

}  // namespace ironscribe::text
