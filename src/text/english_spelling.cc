#include "text/english_spelling.h"

#include <algorithm>
#include <iterator>

#include "text/english_spelling_table.h"

namespace ironscribe::text {
namespace {

constexpr std::string_view kAfterIs[] = {"e",     "ed",     "es",      "ing",       "er",   "ers",
                                         "ation", "ations", "ational", "ationally", "able", "ably",
                                         "ance",  "ement",  "ements",  "ingly",     "edly"};
// A verb or noun's own last l, British doubled: "travel" + "l" + one of these.
constexpr std::string_view kAfterDoubledL[] = {"ed",  "ing", "er",    "ers",   "or",  "ors",
                                               "est", "ous", "ously", "ingly", "ist", "ists"};
constexpr std::string_view kAfterRe[] = {"",      "s",      "d",     "fold", "folds",
                                         "piece", "pieces", "glass", "goer", "goers"};
// "promise" itself, its forms and what ends like it.
constexpr std::string_view kKeptIsEnds[] = {"pr", "prom", "w"};
constexpr std::string_view kPrefixes[] = {"", "un", "re", "mis", "back", "dis", "over"};

template <typename Words>
bool Holds(const Words& words, std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// As one of the stems, or one behind a prefix.
template <typename Words>
bool HoldsWithPrefix(const Words& stems, std::string_view word) {
  return std::any_of(std::begin(kPrefixes), std::end(kPrefixes), [&](std::string_view prefix) {
    return word.starts_with(prefix) && Holds(stems, word.substr(prefix.size()));
  });
}

// "authorise" to "authorize". Kept: short words ("rise"), "-aise", "-oise", "-uise", and those
// that come from Latin stems in c ("exercise", but "exorcise" and "criticise" change).
bool IsZStem(std::string_view stem) {
  if (stem.size() < 3 || stem.find_first_of("aeiouy") == stem.npos) return false;
  if (std::string_view("aeou").find(stem.back()) != std::string_view::npos) return false;
  if (stem.back() == 'c' && !stem.ends_with("ic") && stem != "exorc" && stem != "ostrac") {
    return false;
  }
  const bool kept_end = std::any_of(std::begin(kKeptIsEnds), std::end(kKeptIsEnds),
                                    [&](std::string_view end) { return stem.ends_with(end); });
  return !kept_end && !HoldsWithPrefix(KeptIsStems(), stem);
}

void ReplaceIse(std::string& word) {
  const size_t at = word.rfind("is");
  if (at == std::string::npos || !Holds(kAfterIs, std::string_view(word).substr(at + 2))) return;
  if (IsZStem(std::string_view(word).substr(0, at))) word[at + 1] = 'z';
}

// "analyse" to "analyze".
void ReplaceYse(std::string& word) {
  const size_t at = word.rfind("ys");
  if (at == std::string::npos || !Holds(kAfterIs, std::string_view(word).substr(at + 2))) return;
  const std::string_view stem = std::string_view(word).substr(0, at);
  for (const std::string_view known :
       {"anal", "paral", "catal", "hydrol", "electrol", "breathal", "dial"}) {
    if (stem.ends_with(known)) word[at + 1] = 'z';
  }
}

void ReplaceOur(std::string& word) {
  for (size_t at = word.find("our"); at != std::string::npos; at = word.find("our", at + 3)) {
    for (const std::string_view stem : OurStems()) {
      if (std::string_view(word).substr(0, at).ends_with(stem)) {
        word.erase(at + 1, 1);
        return;
      }
    }
  }
}

void ReplaceDoubledL(std::string& word) {
  const size_t at = word.rfind("ll");
  if (at == std::string::npos) return;
  if (!Holds(kAfterDoubledL, std::string_view(word).substr(at + 2))) return;
  if (HoldsWithPrefix(DoubledStems(), std::string_view(word).substr(0, at + 1))) word.erase(at, 1);
}

void ReplaceRe(std::string& word) {
  for (size_t at = word.find("re"); at != std::string::npos; at = word.find("re", at + 1)) {
    const std::string_view rest = std::string_view(word).substr(at + 2);
    if (!Holds(kAfterRe, rest) || !Holds(ReStems(), std::string_view(word).substr(0, at))) continue;
    word[at] = 'e';
    word[at + 1] = 'r';
    if (rest == "d") word.insert(at + 2, 1, 'e');
    return;
  }
}

// Ends in `british` and perhaps "s": the part before is one of `stems`.
bool EndsAs(std::string_view word, std::string_view british,
            std::initializer_list<std::string_view> stems) {
  if (word.ends_with('s')) word.remove_suffix(1);
  return word.ends_with(british) && Holds(stems, word.substr(0, word.size() - british.size()));
}

// "dialogue" to "dialog".
void ReplaceOgue(std::string& word) {
  if (EndsAs(word, "ogue", {"anal", "catal", "dial", "epil", "monol", "prol"})) {
    word.erase(word.rfind("ue"), 2);
  }
}

// "defence" to "defense".
void ReplaceEnce(std::string& word) {
  std::string_view stem = word;
  for (const std::string_view end : {"less", "d"}) {
    if (stem.ends_with(end)) stem.remove_suffix(end.size());
  }
  if (EndsAs(stem, "ence", {"def", "off", "pret", "lic"})) word[word.rfind("ce")] = 's';
}

void ReplaceStart(std::string& word) {
  for (const auto& [british, american] : SpellingStarts()) {
    if (!word.starts_with(british)) continue;
    // "manoeuvred" has lost an e before its ending.
    const bool doubles_e = american.ends_with("er") && word == std::string(british) + "d";
    word.replace(0, british.size(), std::string(american) + (doubles_e ? "e" : ""));
    return;
  }
}

}  // namespace

std::string AmericanSpelling(std::string_view word) {
  // Only ASCII words of some length have variants; this also bounds the work for hostile text.
  constexpr size_t kMaxWordBytes = 30;
  if (word.size() < 3 || word.size() > kMaxWordBytes) return std::string(word);
  for (const auto& [british, american] : IrregularSpellings()) {
    if (word == british) return std::string(american);
  }
  std::string spelled(word);
  ReplaceOur(spelled);
  ReplaceDoubledL(spelled);
  ReplaceStart(spelled);
  ReplaceRe(spelled);
  ReplaceOgue(spelled);
  ReplaceEnce(spelled);
  ReplaceIse(spelled);
  ReplaceYse(spelled);
  return spelled;
}

}  // namespace ironscribe::text
