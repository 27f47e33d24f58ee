// The normaliser for English transcripts, by the rules of openai-whisper's EnglishTextNormalizer,
// so that error rates can be compared with published ones.
//
// Lower case; brackets, fillers (hmm, uh, um), punctuation and accents dropped; contractions and
// titles written out; numbers in digits; British spelling made American.
//
// Equal to the original for whatever is written in ASCII digits, but for spelling: the original
// looks words up in a list of 1,739 pairs, here they follow from rules (english_spelling.h). Those
// give the same for 1,733 of them; the others are slips of the list ("archaeology", "pummelled",
// "pummelling", "snowploughs", "tranquilly", "flyer / flier"). They also treat forms that the list
// lacks ("baptisers"). Malformed UTF-8 counts as a symbol.
#pragma once

#include <string>
#include <string_view>

#include "text/english_numbers.h"

namespace ironscribe::text {

// Immutable after construction; safe from many threads. Linear in the text.
class EnglishNormalizer {
 public:
  std::string Normalize(std::string_view utf8) const;

 private:
  EnglishNumbers numbers_;
};

}  // namespace ironscribe::text
