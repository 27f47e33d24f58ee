#include "text/english_normalizer.h"

#include <utf8proc.h>

#include "text/english_spelling.h"
#include "text/text_cleaning.h"
#include "text/utf8.h"

namespace ironscribe::text {
namespace {

constexpr std::u32string_view kFillers[] = {U"hmm", U"mm", U"mhm", U"mmm", U"uh", U"um"};
// Symbols that the number rules need.
constexpr std::u32string_view kKeptSymbols = U".%$\u00a2\u20ac\u00a3";
constexpr std::u32string_view kBeforeNumbers = U".$\u00a2\u20ac\u00a3";

// Replaced where it ends a word and, unless it begins with part of one, starts it.
struct Replacement {
  std::u32string_view phrase;
  std::u32string_view replacement;
  bool starts_word = true;
};

// In this order, each over the whole text. The blank behind titles takes the place of their point.
constexpr Replacement kReplacements[] = {
    {U"won't", U"will not"},
    {U"can't", U"can not"},
    {U"let's", U"let us"},
    {U"ain't", U"aint"},
    {U"y'all", U"you all"},
    {U"wanna", U"want to"},
    {U"gotta", U"got to"},
    {U"gonna", U"going to"},
    {U"i'ma", U"i am going to"},
    {U"imma", U"i am going to"},
    {U"woulda", U"would have"},
    {U"coulda", U"could have"},
    {U"shoulda", U"should have"},
    {U"ma'am", U"madam"},
    {U"mr", U"mister "},
    {U"mrs", U"missus "},
    {U"st", U"saint "},
    {U"dr", U"doctor "},
    {U"prof", U"professor "},
    {U"capt", U"captain "},
    {U"gov", U"governor "},
    {U"ald", U"alderman "},
    {U"gen", U"general "},
    {U"sen", U"senator "},
    {U"rep", U"representative "},
    {U"pres", U"president "},
    {U"rev", U"reverend "},
    {U"hon", U"honorable "},
    {U"asst", U"assistant "},
    {U"assoc", U"associate "},
    {U"lt", U"lieutenant "},
    {U"col", U"colonel "},
    {U"jr", U"junior "},
    {U"sr", U"senior "},
    {U"esq", U"esquire "},
    {U"'d been", U" had been", false},
    {U"'s been", U" has been", false},
    {U"'d gone", U" had gone", false},
    {U"'s gone", U" has gone", false},
    {U"'d done", U" had done", false},
    {U"'s got", U" has got", false},
    {U"n't", U" not", false},
    {U"'re", U" are", false},
    {U"'s", U" is", false},
    {U"'d", U" would", false},
    {U"'ll", U" will", false},
    {U"'t", U" not", false},
    {U"'ve", U" have", false},
    {U"'m", U" am", false},
};

bool IsAsciiDigit(char32_t c) { return c >= U'0' && c <= U'9'; }

bool IsDecimalDigit(char32_t c) {
  return IsAsciiDigit(c) ||
         utf8proc_category(static_cast<utf8proc_int32_t>(c)) == UTF8PROC_CATEGORY_ND;
}

std::u32string Replace(std::u32string_view text, const Replacement& rule) {
  std::u32string replaced;
  size_t start = 0;
  for (size_t at = text.find(rule.phrase); at != text.npos; at = text.find(rule.phrase, at)) {
    const size_t end = at + rule.phrase.size();
    if ((rule.starts_word && !IsWordBoundary(text, at)) || !IsWordBoundary(text, end)) {
      ++at;
      continue;
    }
    replaced.append(text.substr(start, at - start)).append(rule.replacement);
    start = at = end;
  }
  return replaced.append(text.substr(start));
}

// Also "mm" in "mm-hmm"; one pass, since fillers hold no others as whole words.
std::u32string RemoveFillers(std::u32string_view text) {
  std::u32string kept;
  for (size_t i = 0; i < text.size();) {
    size_t filler_size = 0;
    if ((text[i] == U'h' || text[i] == U'm' || text[i] == U'u') && IsWordBoundary(text, i)) {
      for (const std::u32string_view filler : kFillers) {
        if (text.substr(i).starts_with(filler) && IsWordBoundary(text, i + filler.size())) {
          filler_size = filler.size();
        }
      }
    }
    if (filler_size == 0) kept.push_back(text[i]);
    i += filler_size == 0 ? 1 : filler_size;
  }
  return kept;
}

// White space before an apostrophe goes: "she 's" becomes "she's".
std::u32string JoinApostrophes(std::u32string_view text) {
  std::u32string joined;
  for (const char32_t c : text) {
    if (c == U'\'') {
      while (!joined.empty() && IsPythonSpace(joined.back())) joined.pop_back();
    }
    joined.push_back(c);
  }
  return joined;
}

// "1,234" becomes "1234"; of "1,2,3" only the first comma goes, as in the original, whose matches
// take both digits.
std::u32string RemoveDigitCommas(std::u32string_view text) {
  std::u32string kept;
  for (size_t i = 0; i < text.size(); ++i) {
    kept.push_back(text[i]);
    if (i + 2 < text.size() && text[i + 1] == U',' && IsDecimalDigit(text[i]) &&
        IsDecimalDigit(text[i + 2])) {
      kept.push_back(text[i + 2]);
      i += 2;
    }
  }
  return kept;
}

// One of `symbols` that no digit follows becomes a space. What follows it is passed over, as in the
// original: of ".." only the first point goes.
std::u32string RemoveBeforeOthers(std::u32string_view text, std::u32string_view symbols,
                                  bool also_at_end) {
  std::u32string kept;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_last = i + 1 == text.size();
    const bool removed = symbols.find(text[i]) != symbols.npos &&
                         (is_last ? also_at_end : !IsAsciiDigit(text[i + 1]));
    kept.push_back(removed ? U' ' : text[i]);
    if (removed && !is_last) kept.push_back(text[++i]);
  }
  return kept;
}

// A percent sign behind anything but a digit.
std::u32string RemoveLonePercents(std::u32string_view text) {
  std::u32string kept;
  for (size_t i = 0; i < text.size(); ++i) {
    kept.push_back(text[i]);
    if (i + 1 < text.size() && text[i + 1] == U'%' && !IsAsciiDigit(text[i])) {
      kept.push_back(U' ');
      ++i;
    }
  }
  return kept;
}

std::u32string AmericanWords(std::u32string_view text) {
  std::u32string spelled;
  size_t start = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && !IsPythonSpace(text[i])) continue;
    if (i > start) {
      if (!spelled.empty()) spelled.push_back(U' ');
      spelled.append(ToCodePoints(AmericanSpelling(ToUtf8(text.substr(start, i - start)))));
    }
    start = i + 1;
  }
  return spelled;
}

}  // namespace

std::string EnglishNormalizer::Normalize(std::string_view utf8) const {
  std::u32string text = RemoveBracketed(LowerCase(ToCodePoints(utf8)));
  text = JoinApostrophes(RemoveFillers(text));
  for (const Replacement& rule : kReplacements) text = Replace(text, rule);
  text = RemoveBeforeOthers(RemoveDigitCommas(text), U".", /*also_at_end=*/true);
  text = RemoveSymbolsAndDiacritics(text, kKeptSymbols);
  text = AmericanWords(numbers_.Convert(text));
  text = RemoveBeforeOthers(text, kBeforeNumbers, /*also_at_end=*/false);
  return ToUtf8(CollapseSpaces(RemoveLonePercents(text)));
}

}  // namespace ironscribe::text
