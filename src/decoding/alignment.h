// When a token was spoken, from the cross-attention of a decoder: pure functions over matrices. The
// method is that of openai/whisper (timing.py): softmax over frames, each head's weights of a frame
// normalised over the tokens, median filter along time, mean over heads, dynamic time warping.
#pragma once

#include <span>
#include <vector>

namespace ironscribe::decoding {

struct AlignmentShape {
  int tokens = 0;
  int heads = 0;
  int frames = 0;       // Frames of the encoding, the row length of the scores.
  int used_frames = 0;  // The first frames that hold audio; the rest is padding.
};

// Width of the median filter in frames (openai/whisper's medfilt_width).
inline constexpr int kAlignmentMedianWidth = 7;

// scores: [tokens, heads, frames] before the softmax. Returns [tokens, used_frames], higher where
// the token attends more. Requires: 0 < used_frames <= frames, tokens and heads positive.
std::vector<float> AlignmentMatrix(std::span<const float> scores, const AlignmentShape& shape);

// In place over each row of `cols` values.
void SoftmaxRows(std::span<float> matrix, int cols);

// In place: each column minus its mean, over its standard deviation (of the population); a constant
// column becomes 0.
void NormalizeColumns(std::span<float> matrix, int cols);

// In place over each row: the median of `width` values around each, mirrored at the ends without
// repeating the edge. Rows not longer than width / 2 stay as they are. Requires: width is odd.
void MedianFilterRows(std::span<float> matrix, int cols, int width);

// One step of a monotonic path through a matrix.
struct PathStep {
  int row;
  int col;
  bool operator==(const PathStep&) const = default;
};

// The path from (0, 0) to the last element, by steps of one row, one column or both, with the
// largest sum of `matrix` ([rows, cols], both positive).
std::vector<PathStep> MonotonicPath(std::span<const float> matrix, int cols);

// The column at which each row of the path begins. Requires: a path that visits every row.
std::vector<int> RowStarts(std::span<const PathStep> path);

}  // namespace ironscribe::decoding
