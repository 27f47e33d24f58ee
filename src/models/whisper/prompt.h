// What stands before the text of a window: the previous text, and the tokens that tell Whisper what
// to do (openai/whisper: Tokenizer.sot_sequence, DecodingTask._get_initial_tokens).
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "decoding/rows.h"
#include "models/decoding_options.h"
#include "text/tokenizer.h"

namespace ironscribe::models::whisper {

using decoding::TokenId;

// start of transcript, then for multilingual models language and task. `language` is a code the
// tokenizer has; ignored by English-only models.
std::vector<TokenId> StartSequence(const text::Tokenizer& tokenizer, std::string_view language,
                                   Task task);

// The tokens of a prompt given as text, as the model has seen them: after one space. Empty for a
// blank text.
std::vector<TokenId> EncodePrompt(const text::Tokenizer& tokenizer, std::string_view prompt);

struct WindowPrompt {
  std::vector<TokenId> tokens;
  int start_index = 0;  // Where start of transcript stands.
};

// The previous text (nothing, if it is empty or the vocabulary cannot mark it), then `start`.
WindowPrompt BuildWindowPrompt(std::span<const TokenId> previous, std::span<const TokenId> start,
                               TokenId start_of_previous);

// The text so far that the next window is conditioned on. Not thread-safe.
class PromptContext {
 public:
  // `max_tokens` is what a window takes: half the positions less one. `carry` puts `initial` before
  // every window, the previous text taking what is left; otherwise it is the first previous text.
  // Unlike the reference, an initial prompt that fills everything leaves no room for previous text
  // (there a slice from -0 brings all of it back).
  PromptContext(std::vector<TokenId> initial, bool carry, int max_tokens);

  std::vector<TokenId> Tokens() const;
  void Append(std::span<const TokenId> tokens);
  // Forgets all but a carried prompt.
  void Reset() { previous_.clear(); }

 private:
  std::vector<TokenId> carried_;
  std::vector<TokenId> previous_;
  size_t max_tokens_;
};

}  // namespace ironscribe::models::whisper
