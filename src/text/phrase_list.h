// Words and phrases to be found in texts, whole, whatever their case and what stands between words.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "text/word_tokens.h"

namespace ironscribe::text {

inline constexpr size_t kMaxPhraseWords = 32;

// Safe from many threads once filled.
class PhraseList {
 public:
  // Errors: InvalidArgument for a phrase without letter and digit or of more than kMaxPhraseWords.
  Status Add(std::string_view phrase, std::string_view label);

  size_t size() const { return phrases_.size(); }

  struct Match {
    size_t first_token = 0;
    size_t end_token = 0;
    std::string_view label;  // Into the list.
  };
  // By first token, ascending; they may overlap. Takes time in proportion to the tokens, times the
  // phrases that begin with the same word.
  std::vector<Match> Find(std::span<const WordToken> tokens) const;

 private:
  struct Phrase {
    std::string label;
    std::vector<std::string> words;  // Lower case, at least one.
  };
  std::unordered_multimap<std::string, Phrase> phrases_;  // By first word.
};

}  // namespace ironscribe::text
