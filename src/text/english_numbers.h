// The number rules of openai-whisper's English normaliser: spelled-out numbers become digits, with
// signs, currencies, percents and ordinal endings. Used by english_normalizer.h.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ironscribe::text {

enum class NumberWordKind {
  kZero,          // zero, oh, o
  kUnit,          // one to nineteen
  kUnitSuffixed,  // first, ones: a unit and its ending
  kTen,           // twenty to ninety
  kTenSuffixed,   // twenties, twentieth
  kMultiplier,    // hundred to decillion; `value` counts its zeros
  kMultiplierSuffixed,
  kSignBefore,     // minus, plus
  kCurrencyAfter,  // dollars, pounds
  kPer,            // per (cent)
  kPercent,
  kAnd,
  kRepeat,  // double, triple; `value` is how often
  kPoint,
};

struct NumberWord {
  NumberWordKind kind;
  int value = 0;
  std::string_view suffix;  // "st", "s"; of signs and currencies the symbol.
};

// Immutable after construction; safe from many threads.
class EnglishNumbers {
 public:
  EnglishNumbers();

  // `text` is lower case, without symbols but ".%$¢€£". The three passes of the original: spaces
  // between letters and digits, words to numbers, cents and "one".
  std::u32string Convert(std::u32string_view text) const;

  // Null when the word has no part in numbers.
  const NumberWord* Find(std::string_view word) const;

 private:
  std::unordered_map<std::string, NumberWord> words_;
};

// The middle pass alone: words in, words and numbers out. Linear in the words.
std::vector<std::string> WordsToNumbers(const EnglishNumbers& numbers,
                                        const std::vector<std::string>& words);

}  // namespace ironscribe::text
