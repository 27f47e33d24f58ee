#include <algorithm>
#include <iterator>

#include "text/inverse_normalization/rewriters.h"
#include "text/word_tokens.h"

namespace ironscribe::text {
namespace {

// Sounds without meaning; "mhm" and "uh-huh" say yes and stay.
constexpr std::string_view kFillers[] = {"uh", "uhm", "um", "umm", "er", "erm", "hm", "hmm"};
// Words that nobody doubles on purpose; "very very" and "had had" may be meant.
constexpr std::string_view kStutters[] = {"i",    "the", "a",   "an", "and", "to",   "of",  "in",
                                          "it",   "we",  "you", "he", "she", "they", "my",  "but",
                                          "with", "for", "on",  "at", "be",  "your", "this"};
// Those that end no clause: "if you like it, it stays" says nothing twice.
constexpr std::string_view kStuttersOverCommas[] = {"i",  "the", "a",  "an",  "and",  "of",  "we",
                                                    "he", "she", "my", "but", "they", "your"};

template <size_t kSize>
bool Holds(const std::string_view (&words)[kSize], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

bool EndsSentence(std::string_view gap) { return gap.find_first_of(".?!") != gap.npos; }

bool IsFiller(const std::vector<WordToken>& tokens, size_t at) {
  if (!Holds(kFillers, tokens[at].lower)) return false;
  // "uh-huh", "mm-hmm"
  const bool joined_before = at > 0 && tokens[at].gap == "-";
  const bool joined_behind = at + 1 < tokens.size() && tokens[at + 1].gap == "-";
  return !joined_before && !joined_behind;
}

bool IsStutter(const std::vector<WordToken>& tokens, size_t at) {
  if (at + 1 >= tokens.size() || tokens[at].lower != tokens[at + 1].lower) return false;
  if (tokens[at + 1].gap == " ") return Holds(kStutters, tokens[at].lower);
  return tokens[at + 1].gap == ", " && Holds(kStuttersOverCommas, tokens[at].lower);
}

bool IsUpper(std::string_view word) { return word[0] >= 'A' && word[0] <= 'Z'; }
bool IsLower(std::string_view word) { return word[0] >= 'a' && word[0] <= 'z'; }

}  // namespace

std::vector<TextEdit> RemoveFillers(std::string_view text) {
  const std::vector<WordToken> tokens = CutIntoTokens(text);
  std::vector<TextEdit> edits;
  for (size_t first = 0; first < tokens.size(); ++first) {
    size_t end = first;
    while (end < tokens.size() && (IsFiller(tokens, end) || IsStutter(tokens, end))) ++end;
    if (end == first) continue;
    const size_t start = tokens[first].offset;
    const std::string_view behind =
        end < tokens.size() ? tokens[end].gap : text.substr(tokens[end - 1].end());
    const bool starts_sentence = first == 0 || EndsSentence(tokens[first].gap);
    if (end == tokens.size() || EndsSentence(behind)) {
      if (starts_sentence) {
        // The whole sentence.
        const size_t stop = end < tokens.size() ? tokens[end].offset : text.size();
        edits.push_back({start, stop - start, ""});
      } else {
        // With the blank or comma before; what ends the sentence stays.
        edits.push_back(
            {tokens[first - 1].end(), tokens[end - 1].end() - tokens[first - 1].end(), ""});
      }
    } else {
      const WordToken& next = tokens[end];
      TextEdit edit{start, next.offset - start, ""};
      if (IsUpper(tokens[first].written) && IsLower(next.written)) {
        edit.replacement = static_cast<char>(next.written[0] - 'a' + 'A');
        ++edit.size;
      }
      edits.push_back(std::move(edit));
    }
    first = end - 1;
  }
  SpareLabels(text, edits);
  return edits;
}

}  // namespace ironscribe::text
