// AlignWords: from cross-attention to the words' times.
#include <cmath>
#include <utility>

#include "decoding/alignment.h"
#include "models/whisper/window_policy_seek.h"
#include "models/whisper/word_timing.h"

namespace ironscribe::models::whisper {
namespace {

// The frame at which each text token and the end of text begin. Row i of the attention belongs to
// the position that predicts token i + 1, so the rows from no-timestamps to the last text token
// count.
std::vector<int> TokenStarts(std::span<const float> scores, const decoding::AlignmentShape& shape,
                             size_t start_size) {
  const std::vector<float> matrix = decoding::AlignmentMatrix(scores, shape);
  const auto used = static_cast<size_t>(shape.used_frames);
  const size_t num_rows = static_cast<size_t>(shape.tokens) - start_size - 1;
  const auto rows = std::span<const float>(matrix).subspan(start_size * used, num_rows * used);
  return decoding::RowStarts(decoding::MonotonicPath(rows, shape.used_frames));
}

}  // namespace

Result<std::vector<AlignedWord>> AlignWords(const text::Tokenizer& tokenizer, WindowRunner& runner,
                                            const std::shared_ptr<const Encoding>& encoding,
                                            const AlignmentInput& input, std::stop_token stop) {
  const WindowModel& model = runner.model();
  decoding::AlignmentShape shape;
  shape.heads = model.num_alignment_heads();
  shape.frames = model.encoding_frames(model.max_frames());
  shape.used_frames = input.segment_frames / input.frames_per_position;
  std::vector<AlignedWord> aligned;
  if (input.text_tokens.empty() || shape.heads == 0 || shape.used_frames == 0) return aligned;

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
  const std::vector<int> starts = TokenStarts(alignment.scores, shape, start_size);
  const double seconds_per_frame = FrameSeconds(input.frames_per_position);
  size_t token = 0;
  for (auto& word : tokenizer.SplitToWords(text, input.language)) {
    const size_t end = token + static_cast<size_t>(word.num_tokens);
    if (end > input.text_tokens.size()) break;  // The end of text.
    double probability = 0;
    for (size_t i = token; i < end; ++i) {
      probability += std::exp(alignment.log_probabilities[start_size + 1 + i]);
    }
    aligned.push_back({std::move(word.text), word.num_tokens, starts[token] * seconds_per_frame,
                       starts[end] * seconds_per_frame,
                       static_cast<float>(probability / word.num_tokens)});
    token = end;
  }
  return aligned;
}

}  // namespace ironscribe::models::whisper
