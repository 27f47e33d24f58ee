// When each token was spoken, from its attention and from how loud the recording is: attention
// tells which word is where, loudness where it begins and ends. Pure functions.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "text/tokenizer.h"

namespace ironscribe::models::whisper {

// In positions of the encoding.
struct TokenSpan {
  int begin = 0;
  int end = 0;
};

// Nothing is spoken where a text stands that has no other character.
bool IsUnspoken(std::string_view text);

struct PauseTimingInput {
  std::span<const float> attention;                    // [text tokens, positions]
  std::span<const text::Tokenizer::WordTokens> words;  // Of the text tokens, in order.
  std::span<const float> loudness;                     // [positions], 0 to 1.
  int lag_positions = 0;                               // Of attention behind speech.
};

// A span for each text token: in order, none empty but those of unspoken words, which stand where
// the word before them ends. With more tokens than positions they share the window evenly.
// Requires: at least one position.
std::vector<TokenSpan> TimeTokens(const PauseTimingInput& input);

}  // namespace ironscribe::models::whisper
