// Constants are set on three speakers of LibriSpeech test-other against a forced alignment, with
// tiny.en and base; docs/word-times.md has what they give on the other three.
#include "models/whisper/word_timing_pauses.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "decoding/pause_alignment.h"
#include "text/utf8.h"

namespace ironscribe::models::whisper {
namespace {

using decoding::SpokenToken;

// Added to attention before its logarithm is taken: a token that is not attended to at one position
// of its word must not move the border.
constexpr float kAttentionFloor = 1e-3f;

// Log-score of a pause where it is quiet, and what is taken off where it is loud: a pause where a
// twentieth of the attention of a token would be no reason against it, and none in loud speech.
constexpr float kPauseScore = -3.0f;
constexpr float kLoudPenalty = 3.0f;

std::vector<float> PauseScores(std::span<const float> loudness) {
  std::vector<float> scores;
  scores.reserve(loudness.size());
  for (const float value : loudness) scores.push_back(kPauseScore - kLoudPenalty * value);
  return scores;
}

struct Spoken {
  std::vector<SpokenToken> tokens;
  std::vector<size_t> rows;  // Of the attention.
};

Spoken SpokenTokens(std::span<const text::Tokenizer::WordTokens> words) {
  Spoken spoken;
  size_t row = 0;
  for (const auto& word : words) {
    const bool counts = !IsUnspoken(word.text);
    for (int i = 0; i < word.num_tokens; ++i, ++row) {
      if (!counts) continue;
      spoken.tokens.push_back({.begins_word = i == 0});
      spoken.rows.push_back(row);
    }
  }
  return spoken;
}

// [spoken tokens, positions]
std::vector<float> TokenScores(const PauseTimingInput& input, std::span<const size_t> rows) {
  const size_t positions = input.loudness.size();
  std::vector<float> scores(rows.size() * positions, std::log(kAttentionFloor));
  for (size_t token = 0; token < rows.size(); ++token) {
    const auto row = input.attention.subspan(rows[token] * positions, positions);
    for (size_t position = 0; position < positions; ++position) {
      const auto attended = static_cast<ptrdiff_t>(position) + input.lag_positions;
      if (attended < 0 || attended >= static_cast<ptrdiff_t>(positions)) continue;
      scores[token * positions + position] =
          std::log(row[static_cast<size_t>(attended)] + kAttentionFloor);
    }
  }
  return scores;
}

void SpreadEvenly(int positions, std::span<SpokenToken> tokens) {
  const auto count = static_cast<int>(tokens.size());
  for (int i = 0; i < count; ++i) {
    SpokenToken& token = tokens[static_cast<size_t>(i)];
    token.begin_frame = i * positions / count;
    token.end_frame = (i + 1) * positions / count;
  }
}

}  // namespace

bool IsUnspoken(std::string_view text) {
  // Marks that structure a text; those that stand for a word (%, &, #) are no part of it.
  constexpr std::string_view kMarks = "\"'“”‘’„«»¿¡([{}])-–—.…。,，、;；!！?？:：";
  for (size_t offset = 0; offset < text.size();) {
    const text::Utf8Unit unit = text::NextUnit(text, offset);
    const std::string_view character = text.substr(offset, unit.size_bytes);
    const bool is_mark = unit.valid && (text::IsWhiteSpace(unit.code_point) ||
                                        kMarks.find(character) != std::string_view::npos);
    if (!is_mark) return false;
    offset += unit.size_bytes;
  }
  return true;
}

std::vector<TokenSpan> TimeTokens(const PauseTimingInput& input) {
  Spoken spoken = SpokenTokens(input.words);
  const auto positions = static_cast<int>(input.loudness.size());
  if (!spoken.tokens.empty() &&
      !decoding::AlignWithPauses(TokenScores(input, spoken.rows), PauseScores(input.loudness),
                                 spoken.tokens)) {
    SpreadEvenly(positions, spoken.tokens);
  }
  std::vector<TokenSpan> spans;
  size_t next = 0;
  int end = 0;
  for (size_t row = 0; row * input.loudness.size() < input.attention.size(); ++row) {
    if (next < spoken.rows.size() && spoken.rows[next] == row) {
      const SpokenToken& token = spoken.tokens[next++];
      end = token.end_frame;
      spans.push_back({token.begin_frame, token.end_frame});
    } else {
      spans.push_back({end, end});
    }
  }
  return spans;
}

}  // namespace ironscribe::models::whisper
