// Whisper's special tokens: completing a vocabulary that lacks them and finding their ids by
// spelling.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "text/token_list.h"
#include "text/tokenizer.h"

namespace ironscribe::text {

inline constexpr std::string_view kEndOfTextSpelling = "<|endoftext|>";

// The spellings of all special tokens from end of text to the last timestamp, in id order.
// Requires: 0 <= num_languages <= the number of languages known.
std::vector<std::string> SpecialSpellings(int num_languages);

// Appends the special tokens that `tokens` lacks until it has `vocab_size` entries.
// Errors: InvalidArgument with both numbers when the specials do not explain the difference.
Status CompleteSpecialTokens(int vocab_size, std::vector<std::string>& tokens);

// The ids by spelling. Errors: InvalidArgument when a token that every Whisper model has is
// missing, or when the timestamps do not run to the end of the vocabulary.
Result<SpecialTokens> FindSpecialTokens(const TokenList& tokens);

}  // namespace ironscribe::text
