#include "models/whisper/window_policy_said.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include "text/number_words.h"

namespace ironscribe::models::whisper {
namespace {

// Hardly any word takes longer.
constexpr double kLongestWordSeconds = 2;

// Slow dictation, pauses between groups included; most say a digit in 0.4 s.
constexpr double kLongestDigitSeconds = 0.6;

// Numbers of two digits are said as one word, often those of three too.
constexpr size_t kLeastDictatedDigits = 3;

// Of so many digits heard twice, one may differ.
constexpr size_t kDigitsForAnError = 4;

size_t CountDigits(std::string_view word) {
  return static_cast<size_t>(
      std::count_if(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; }));
}

// The least number of changes that make `words` of any stretch of `said` (Sellers 1980).
size_t DistanceFromPart(const std::vector<std::string>& said,
                        const std::vector<std::string>& words) {
  // By the number of words: against a stretch that ends where `said` was read up to.
  std::vector<size_t> distances(words.size() + 1);
  std::iota(distances.begin(), distances.end(), size_t{0});
  size_t least = distances.back();
  for (const std::string& word : said) {
    size_t diagonal = 0;
    for (size_t i = 1; i <= words.size(); ++i) {
      const size_t changed = diagonal + (words[i - 1] == word ? 0 : 1);
      diagonal = distances[i];
      distances[i] = std::min({changed, distances[i] + 1, distances[i - 1] + 1});
    }
    least = std::min(least, distances.back());
  }
  return least;
}

}  // namespace

bool IsSaidIn(std::string_view said, std::string_view text) {
  const std::vector<std::string> words = text::WordsAndDigits(text);
  if (words.empty()) return false;
  const bool is_number = std::all_of(words.begin(), words.end(), text::IsDigitWord);
  const size_t errors = is_number ? words.size() / kDigitsForAnError : 0;
  return DistanceFromPart(text::WordsAndDigits(said), words) <= errors;
}

double LongestSeconds(std::string_view word) {
  return std::max(kLongestWordSeconds,
                  kLongestDigitSeconds * static_cast<double>(CountDigits(word)));
}

bool IsDictated(std::string_view word) { return CountDigits(word) >= kLeastDictatedDigits; }

}  // namespace ironscribe::models::whisper
