// AlignWords: from cross-attention to the words' times.
#include <algorithm>
#include <cmath>
#include <utility>

#include "decoding/alignment.h"
#include "decoding/pause_alignment.h"
#include "models/whisper/window_policy_seek.h"
#include "models/whisper/word_confidence.h"
#include "models/whisper/word_timing.h"
#include "models/whisper/word_timing_pauses.h"

namespace ironscribe::models::whisper {
namespace {

// Row i of the attention belongs to the position that predicts token i + 1, so the rows from
// no-timestamps on are those of the text tokens, and that of the last text token is the end's.
std::span<const float> TextRows(std::span<const float> matrix, int columns, size_t start_size,
                                size_t num_rows) {
  const auto width = static_cast<size_t>(columns);
  return matrix.subspan(start_size * width, num_rows * width);
}

// Each token lasts until the next one begins, the last until the end of text.
std::vector<TokenSpan> ReferenceSpans(std::span<const float> scores,
                                      const decoding::AlignmentShape& shape, size_t start_size) {
  const std::vector<float> matrix = decoding::AlignmentMatrix(scores, shape);
  const size_t num_rows = static_cast<size_t>(shape.tokens) - start_size - 1;
  const std::vector<int> starts = decoding::RowStarts(decoding::MonotonicPath(
      TextRows(matrix, shape.used_frames, start_size, num_rows), shape.used_frames));
  std::vector<TokenSpan> spans;
  for (size_t i = 0; i + 1 < starts.size(); ++i) spans.push_back({starts[i], starts[i + 1]});
  return spans;
}

std::vector<AlignedWord> JoinTokens(std::span<const text::Tokenizer::WordTokens> words,
                                    std::span<const TokenSpan> spans,
                                    std::span<const float> log_probabilities, double seconds,
                                    bool with_confidence) {
  std::vector<AlignedWord> aligned;
  size_t token = 0;
  for (const auto& word : words) {
    const size_t end = token + static_cast<size_t>(word.num_tokens);
    double probability = 0;
    double least = 1;
    for (size_t i = token; i < end; ++i) {
      const double of_token = std::exp(log_probabilities[i]);
      probability += of_token;
      least = std::min(least, of_token);
    }
    aligned.push_back(
        {word.text, word.num_tokens, spans[token].begin * seconds, spans[end - 1].end * seconds,
         static_cast<float>(probability / word.num_tokens),
         with_confidence ? WordConfidence(static_cast<float>(least)) : transcript::kNoConfidence});
    token = end;
  }
  return aligned;
}

using WordTokens = text::Tokenizer::WordTokens;

// A model may begin a segment within a word, or with what looks like the end of one.
std::vector<WordTokens> CutAtSegments(const text::Tokenizer& tokenizer,
                                      std::span<const WordTokens> words,
                                      const AlignmentInput& input) {
  std::vector<WordTokens> cut;
  size_t token = 0;
  size_t segment = 0;
  size_t segment_end = 0;
  for (const WordTokens& word : words) {
    const size_t word_end = token + static_cast<size_t>(word.num_tokens);
    const size_t first_of_word = cut.size();
    while (token < word_end) {
      while (segment_end <= token && segment < input.segment_tokens.size()) {
        segment_end += static_cast<size_t>(input.segment_tokens[segment++]);
      }
      const size_t end = segment_end > token ? std::min(word_end, segment_end) : word_end;
      cut.push_back({tokenizer.Decode(input.text_tokens.subspan(token, end - token)),
                     static_cast<int>(end - token)});
      token = end;
    }
    if (cut.size() == first_of_word + 1) cut.back().text = word.text;
  }
  return cut;
}

}  // namespace

Result<AlignedWords> AlignWords(const text::Tokenizer& tokenizer, WindowRunner& runner,
                                const std::shared_ptr<const Encoding>& encoding,
                                const AlignmentInput& input, std::stop_token stop) {
  const WindowModel& model = runner.model();
  decoding::AlignmentShape shape;
  shape.heads = model.num_alignment_heads();
  shape.frames = model.encoding_frames(model.max_frames());
  shape.used_frames = input.segment_frames / input.frames_per_position;
  if (input.text_tokens.empty() || shape.heads == 0 || shape.used_frames == 0) {
    return AlignedWords();
  }
  const text::SpecialTokens& special = tokenizer.special();
  std::vector<TokenId> text(input.text_tokens.begin(), input.text_tokens.end());
  text.push_back(special.end_of_text);
  std::vector<TokenId> fed(input.start_sequence.begin(), input.start_sequence.end());
  fed.push_back(special.no_timestamps);
  fed.insert(fed.end(), text.begin(), text.end());
  shape.tokens = static_cast<int>(fed.size());
  ASSIGN_OR_RETURN(const WindowRunner::Alignment alignment,
                   runner.Align(encoding, fed, special.end_of_text, stop));

  const size_t start_size = input.start_sequence.size();
  std::vector<text::Tokenizer::WordTokens> words = tokenizer.SplitToWords(text, input.language);
  words.pop_back();  // The end of text.
  const std::span<const float> log_probabilities =
      std::span<const float>(alignment.log_probabilities).subspan(start_size + 1);
  const double seconds = FrameSeconds(input.frames_per_position);
  AlignedWords aligned;
  aligned.reference = JoinTokens(words, ReferenceSpans(alignment.scores, shape, start_size),
                                 log_probabilities, seconds, /*with_confidence=*/false);
  if (input.loudness.empty()) return aligned;
  const std::vector<float> attention = decoding::MeanAttention(alignment.scores, shape);
  words = CutAtSegments(tokenizer, words, input);
  const std::vector<TokenSpan> spans = TimeTokens(
      {TextRows(attention, shape.used_frames, start_size, input.text_tokens.size()), words,
       input.loudness.first(static_cast<size_t>(shape.used_frames)), model.alignment_lag_frames()});
  aligned.heard = JoinTokens(words, spans, log_probabilities, seconds, /*with_confidence=*/true);
  return aligned;
}

}  // namespace ironscribe::models::whisper
