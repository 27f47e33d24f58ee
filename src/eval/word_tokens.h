// Which words of the compared text came from which words as written. Normalisation joins ("twenty
// one" to "21"), parts ("don't") and drops words, so that times and probabilities, which belong to
// words as written, have to be led through it.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace ironscribe::eval {

// From a text as written to what is compared: normalised, and cut into words or characters.
using Tokenize = std::function<std::vector<std::string>(std::string_view)>;

// For each written word the positions of its tokens among `tokens`, which are those of the whole
// text; none for words that were dropped. Several words may share a token. Errors: those of Align.
Result<std::vector<std::vector<size_t>>> TokensOfWords(std::span<const std::string> words,
                                                       std::span<const std::string> tokens,
                                                       const Tokenize& tokenize);

}  // namespace ironscribe::eval
