// Where a text may be cut for the screen, and how good each place is: after a sentence, after a
// clause, between any two words, or between words that belong together. Pure functions over valid
// UTF-8 on one line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ironscribe::transcript {

// From worst to best.
enum class BreakGrade {
  kPoor,      // Behind an article, a preposition and their like.
  kPlain,     // Between words.
  kClause,    // Behind a comma and its like.
  kSentence,  // Behind a full stop and its like.
};

// A stretch of text that is not cut: a word, or a character of a script without spaces.
struct TextAtom {
  std::string text;           // Without spaces, never empty.
  bool space_before = false;  // A space stood before it.
};

// All atoms of a line of text; together they are the text without its spaces. Scripts without
// spaces are cut between characters, but closing marks stay with what is before them and opening
// ones with what follows (the core of Japanese kinsoku rules, Unicode UAX #14).
std::vector<TextAtom> SplitAtoms(std::string_view line);

// Whether a line may end between two stretches of text that no space separates. True between
// characters of scripts without spaces, save for the rules of SplitAtoms. Requires: neither empty.
bool MayBreakBetween(std::string_view before, std::string_view after);

// The grade of a break behind `word` when `next` follows, or nothing (empty). `language` is a code
// such as "en"; of one that is not in the table, punctuation alone counts.
BreakGrade GradeBreak(std::string_view word, std::string_view next, std::string_view language);

}  // namespace ironscribe::transcript
