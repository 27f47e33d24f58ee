// Which words of the compared text came from which words as written. Normalisation joins ("twenty
// one" to "21"), parts ("don't") and drops words, so that times and probabilities, which belong to
// words as written, have to be led through it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "eval/normalizer.h"

namespace ironscribe::eval {

// For each written word the positions of its tokens among `tokens`, the words of the whole text
// after normalisation; none for words that were dropped. Several words may share a token. Errors:
// those of Align.
Result<std::vector<std::vector<size_t>>> TokensOfWords(std::span<const std::string> words,
                                                       std::span<const std::string> tokens,
                                                       const Normalizer& normalizer);

}  // namespace ironscribe::eval
