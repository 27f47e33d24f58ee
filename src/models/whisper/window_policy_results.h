// The pieces of a window's work as a ResultStore keeps them: what was asked as a key, what came of
// it as bytes. Asked is everything that differs between the windows of one recognition; model and
// options are the store's.
//
// Pure functions. Bytes are hostile: reading gives nothing unless they can be right.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "decoding/rows.h"
#include "models/whisper/fallback.h"
#include "models/whisper/word_timing.h"
#include "models/window_runner.h"

namespace ironscribe::models::whisper {

// One attempt at decoding a window.
struct AttemptQuestion {
  std::span<const TokenId> prompt;
  int start_index = 0;
  int max_new_tokens = 0;
  float temperature = 0;
  uint64_t seed = 0;
};

// Keys of work on `encoding`. Requires: runner.results() is not null.
std::string AttemptKey(const WindowRunner& runner, const Encoding& encoding,
                       const AttemptQuestion& question);
std::string LanguagesKey(const WindowRunner& runner, const Encoding& encoding);
std::string WordsKey(const WindowRunner& runner, const Encoding& encoding,
                     const AlignmentInput& input);

std::string WriteAttempt(const DecodedWindow& decoded);
// Tokens are below vocab_size, and not more than max_tokens.
std::optional<DecodedWindow> ReadAttempt(std::string_view bytes, int vocab_size, int max_tokens);

// Log-probabilities of the languages in the vocabulary's order.
std::string WriteLanguages(std::span<const float> log_probabilities);
std::optional<std::vector<float>> ReadLanguages(std::string_view bytes, size_t count);

std::string WriteWords(const AlignedWords& words);
// Words of the tokens and within the time of `input`.
std::optional<AlignedWords> ReadWords(std::string_view bytes, const AlignmentInput& input);

}  // namespace ironscribe::models::whisper
