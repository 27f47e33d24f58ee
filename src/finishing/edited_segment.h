// Makes edits of a segment's text in its words as well.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "text/text_edit.h"
#include "transcript/transcript.h"

namespace ironscribe::finishing {

enum class Trace {
  kKept,     // Another way of writing: probabilities are averaged, tokens stay as recognised.
  kRemoved,  // Nothing may be left of the words: no probability, and the segment's tokens, its
             // log-probability and its compression ratio are cleared.
};

// Edits the text and the words: those that an edit touches become one with their times, or several
// where the new text has blanks; words that get empty vanish. Words that do not spell the text are
// dropped where a trace is to be removed, else left alone. Requires: edits ascending, disjoint,
// inside the text.
void EditSegment(std::span<const text::TextEdit> edits, Trace trace, transcript::Segment& segment);

// The start and end of each word's letters in the text, its blanks left out; empty when the words
// do not stand there one after another.
struct WordPlace {
  size_t start = 0;
  size_t end = 0;
};
std::vector<WordPlace> PlaceWords(std::string_view text, std::span<const transcript::Word> words);

}  // namespace ironscribe::finishing
