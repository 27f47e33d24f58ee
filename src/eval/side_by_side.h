// An alignment for people: reference above hypothesis, word under word, errors marked.
#pragma once

#include <string>
#include <string_view>

#include "eval/scoring.h"

namespace ironscribe::eval {

struct SideBySideOptions {
  int columns = 80;    // Lines break before this.
  bool color = false;  // ANSI colours; without them errors stand in capitals and stars, as in
                       // sclite's reports.
};

// Blocks of lines "REF: ..." and "HYP: ...". Control characters become '?', so that no text moves
// the cursor. Texts from right to left keep their order of characters; the terminal turns them.
std::string SideBySide(const ScoredUtterance& utterance, const SideBySideOptions& options);

}  // namespace ironscribe::eval
