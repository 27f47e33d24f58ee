#include "transcript/text_breaks.h"

#include <utf8proc.h>

#include <algorithm>
#include <iterator>

#include "transcript/break_words_table.h"
#include "transcript/display_width.h"

namespace ironscribe::transcript {
namespace {

using CodePoint = utf8proc_int32_t;

template <size_t kCount>
bool IsIn(const CodePoint (&list)[kCount], CodePoint c) {
  return std::find(std::begin(list), std::end(list), c) != std::end(list);
}

CodePoint FirstOf(std::string_view text) {
  CodePoint c = 0;
  const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(text.size()), &c);
  return size > 0 ? c : 0;
}

// The size of the last code point. Requires: valid UTF-8, not empty.
size_t LastSize(std::string_view text) {
  const auto continues = [&](size_t size) {
    return (static_cast<unsigned char>(text[text.size() - size]) & 0xC0) == 0x80;
  };
  size_t size = 1;
  while (size < text.size() && continues(size)) ++size;
  return size;
}

CodePoint LastOf(std::string_view text) {
  return FirstOf(text.substr(text.size() - LastSize(text)));
}

bool IsMark(CodePoint c) {
  const auto category = utf8proc_category(c);
  return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
         category == UTF8PROC_CATEGORY_ME || category == UTF8PROC_CATEGORY_CF;
}

// Scripts that are written without spaces: Thai and Lao, Burmese, Khmer, and from the CJK radicals
// to the compatibility ideographs all but Hangul, which has spaces.
bool IsUnspaced(CodePoint c) {
  return (c >= 0x0E00 && c <= 0x0EFF) || (c >= 0x1000 && c <= 0x109F) ||
         (c >= 0x1780 && c <= 0x17FF) || (c >= 0x2E80 && c <= 0x312F) ||
         (c >= 0x3190 && c <= 0xA4CF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0xFE30 && c <= 0xFE4F) || (c >= 0xFF00 && c <= 0xFF9F) ||
         (c >= 0x20000 && c <= 0x3FFFF);
}

// Of these, only words can be told apart, by a dictionary: a line of text is not cut inside.
bool NeedsDictionary(CodePoint c) { return c < 0x2E80; }

// Small kana, marks of repetition and length, and punctuation of width two: never first in a line.
constexpr CodePoint kNeverFirst[] = {U'ぁ', U'ぃ', U'ぅ', U'ぇ', U'ぉ', U'っ', U'ゃ', U'ゅ',
                                     U'ょ', U'ゎ', U'ァ', U'ィ', U'ゥ', U'ェ', U'ォ', U'ッ',
                                     U'ャ', U'ュ', U'ョ', U'ヮ', U'ヵ', U'ヶ', U'ー', U'々',
                                     U'ゝ', U'ゞ', U'ヽ', U'ヾ', U'〜', U'％', U'%',  U'…'};

bool MayStartLine(CodePoint c) {
  switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
    case UTF8PROC_CATEGORY_PD:
      return false;
    default:
      return !IsIn(kNeverFirst, c) && !IsMark(c);
  }
}

bool MayEndLine(CodePoint c) {
  const auto category = utf8proc_category(c);
  return category != UTF8PROC_CATEGORY_PS && category != UTF8PROC_CATEGORY_PI;
}

// The word without quotes and brackets behind it.
std::string_view WithoutClosing(std::string_view word) {
  while (!word.empty()) {
    const CodePoint c = LastOf(word);
    const auto category = utf8proc_category(c);
    if (c != '"' && c != '\'' && category != UTF8PROC_CATEGORY_PE &&
        category != UTF8PROC_CATEGORY_PF) {
      break;
    }
    word.remove_suffix(LastSize(word));
  }
  return word;
}

// Latin, Arabic, Urdu, Devanagari, Armenian, Ethiopic, and the wide forms.
constexpr CodePoint kSentenceEnds[] = {U'.',  U'!', U'?', U'…', U'。', U'！', U'？',
                                       U'．', U'؟', U'۔', U'।', U'॥',  U'։',  U'።'};
constexpr CodePoint kClauseEnds[] = {U',', U';',  U':',  U'–',  U'—', U'،',
                                     U'؛', U'、', U'，', U'；', U'：'};

// In lower case, without quotes and brackets before it.
std::string LowerCore(std::string_view word) {
  std::string lower;
  while (!word.empty()) {
    CodePoint c = 0;
    const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(word.data()),
                                       static_cast<utf8proc_ssize_t>(word.size()), &c);
    if (size <= 0) break;
    word.remove_prefix(static_cast<size_t>(size));
    if (lower.empty() && (c == '"' || c == '\'' || !MayEndLine(c))) continue;
    utf8proc_uint8_t bytes[4];
    const auto count = utf8proc_encode_char(utf8proc_tolower(c), bytes);
    lower.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(count));
  }
  return lower;
}

bool IsCased(CodePoint c) { return utf8proc_tolower(c) != utf8proc_toupper(c); }

// "J", "U.S": letters with stops between them, the last one taken off. The pronoun ends sentences.
bool IsInitials(std::string_view core) {
  if (core == "i") return false;
  bool letter_before = false;
  while (!core.empty()) {
    const CodePoint c = FirstOf(core);
    if (letter_before ? c != '.' : !IsCased(c)) return false;
    letter_before = !letter_before;
    core.remove_prefix(FirstCluster(core).size_bytes);
  }
  return letter_before;
}

// A full stop that does not end its sentence: of initials, an abbreviation, or before a word in
// lower case.
bool IsInnerStop(std::string_view word, std::string_view next, std::string_view language) {
  if (!word.ends_with('.') || next.empty()) return false;
  if (word.ends_with("..")) return utf8proc_islower(FirstOf(next)) != 0;
  if (utf8proc_islower(FirstOf(next)) != 0) return true;
  const std::string core = LowerCore(word.substr(0, word.size() - 1));
  return IsInitials(core) || IsAbbreviation(core, language);
}

}  // namespace

bool MayBreakBetween(std::string_view before, std::string_view after) {
  const CodePoint last = LastOf(before);
  const CodePoint first = FirstOf(after);
  if (!IsUnspaced(last) && !IsUnspaced(first)) return false;
  return MayEndLine(last) && MayStartLine(first);
}

std::vector<TextAtom> SplitAtoms(std::string_view line) {
  std::vector<TextAtom> atoms;
  bool space_before = false;
  bool joins = false;  // The next cluster may go on with the last atom.
  while (!line.empty()) {
    const Cluster cluster = FirstCluster(line);
    const std::string_view text = line.substr(0, cluster.size_bytes);
    line.remove_prefix(cluster.size_bytes);
    if (text == " ") {
      space_before = true;
      joins = false;
      continue;
    }
    const bool needs_dictionary =
        joins && (NeedsDictionary(LastOf(atoms.back().text)) && NeedsDictionary(FirstOf(text)));
    if (joins && (needs_dictionary || !MayBreakBetween(atoms.back().text, text))) {
      atoms.back().text += text;
    } else {
      atoms.push_back({std::string(text), space_before});
    }
    space_before = false;
    joins = true;
  }
  return atoms;
}

BreakGrade GradeBreak(std::string_view word, std::string_view next, std::string_view language) {
  const std::string_view core = WithoutClosing(word);
  if (!core.empty()) {
    const CodePoint last = LastOf(core);
    if (IsIn(kSentenceEnds, last)) {
      return IsInnerStop(core, next, language) ? BreakGrade::kPoor : BreakGrade::kSentence;
    }
    if (IsIn(kClauseEnds, last)) return BreakGrade::kClause;
  }
  return LeadsToNextWord(LowerCore(word), language) ? BreakGrade::kPoor : BreakGrade::kPlain;
}

}  // namespace ironscribe::transcript
