#include "decoding/alignment.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "base/check.h"

namespace ironscribe::decoding {
namespace {

enum class Move : uint8_t { kBoth, kRow, kCol };

// How the best path enters each element.
std::vector<Move> BestMoves(std::span<const float> matrix, size_t width) {
  const size_t rows = matrix.size() / width;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  // previous[col + 1] is the cost of the best path to (row - 1, col); [0] is outside the matrix.
  std::vector<float> previous(width + 1, kInfinity);
  std::vector<float> current(width + 1, kInfinity);
  std::vector<Move> moves(rows * width);
  previous[0] = 0;
  for (size_t row = 0; row < rows; ++row) {
    current[0] = kInfinity;
    for (size_t col = 0; col < width; ++col) {
      const float both = previous[col];
      const float down = previous[col + 1];
      const float right = current[col];
      // Of equals the reference stays in the row.
      Move move = Move::kCol;
      float cost = right;
      if (both < down && both < right) {
        move = Move::kBoth;
        cost = both;
      } else if (down < both && down < right) {
        move = Move::kRow;
        cost = down;
      }
      moves[row * width + col] = move;
      current[col + 1] = static_cast<float>(static_cast<double>(cost) - matrix[row * width + col]);
    }
    std::swap(previous, current);
  }
  return moves;
}

}  // namespace

void SoftmaxRows(std::span<float> matrix, int cols) {
  const auto width = static_cast<size_t>(cols);
  for (size_t begin = 0; begin + width <= matrix.size(); begin += width) {
    const std::span<float> row = matrix.subspan(begin, width);
    const float maximum = *std::max_element(row.begin(), row.end());
    double sum = 0;
    for (float& value : row) {
      value = std::exp(value - maximum);
      sum += value;
    }
    for (float& value : row) value = static_cast<float>(value / sum);
  }
}

void NormalizeColumns(std::span<float> matrix, int cols) {
  const auto width = static_cast<size_t>(cols);
  const size_t rows = matrix.size() / width;
  for (size_t col = 0; col < width; ++col) {
    double sum = 0;
    for (size_t row = 0; row < rows; ++row) sum += matrix[row * width + col];
    const double mean = sum / static_cast<double>(rows);
    double squares = 0;
    for (size_t row = 0; row < rows; ++row) {
      const double difference = matrix[row * width + col] - mean;
      squares += difference * difference;
    }
    const double deviation = std::sqrt(squares / static_cast<double>(rows));
    for (size_t row = 0; row < rows; ++row) {
      float& value = matrix[row * width + col];
      value = deviation > 0 ? static_cast<float>((value - mean) / deviation) : 0.0f;
    }
  }
}

void MedianFilterRows(std::span<float> matrix, int cols, int width) {
  IRONSCRIBE_CHECK(width > 0 && width % 2 == 1);
  const int half = width / 2;
  if (cols <= half) return;
  std::vector<float> source(static_cast<size_t>(cols));
  std::vector<float> around(static_cast<size_t>(width));
  const auto length = static_cast<size_t>(cols);
  for (size_t begin = 0; begin + length <= matrix.size(); begin += length) {
    const std::span<float> row = matrix.subspan(begin, length);
    std::copy(row.begin(), row.end(), source.begin());
    for (int col = 0; col < cols; ++col) {
      for (int k = 0; k < width; ++k) {
        int from = std::abs(col + k - half);
        if (from >= cols) from = 2 * (cols - 1) - from;
        around[static_cast<size_t>(k)] = source[static_cast<size_t>(from)];
      }
      std::nth_element(around.begin(), around.begin() + half, around.end());
      row[static_cast<size_t>(col)] = around[static_cast<size_t>(half)];
    }
  }
}

std::vector<float> AlignmentMatrix(std::span<const float> scores, const AlignmentShape& shape) {
  IRONSCRIBE_CHECK(shape.tokens > 0 && shape.heads > 0 && shape.used_frames > 0 &&
                   shape.used_frames <= shape.frames);
  const auto tokens = static_cast<size_t>(shape.tokens);
  const auto heads = static_cast<size_t>(shape.heads);
  const auto frames = static_cast<size_t>(shape.frames);
  const auto used = static_cast<size_t>(shape.used_frames);
  IRONSCRIBE_CHECK(scores.size() == tokens * heads * frames);
  std::vector<float> mean(tokens * used, 0.0f);
  std::vector<float> weights(tokens * used);
  for (size_t head = 0; head < heads; ++head) {
    for (size_t token = 0; token < tokens; ++token) {
      const auto row = scores.subspan((token * heads + head) * frames, used);
      std::copy(row.begin(), row.end(), weights.begin() + static_cast<ptrdiff_t>(token * used));
    }
    SoftmaxRows(weights, shape.used_frames);
    NormalizeColumns(weights, shape.used_frames);
    MedianFilterRows(weights, shape.used_frames, kAlignmentMedianWidth);
    for (size_t i = 0; i < mean.size(); ++i) mean[i] += weights[i];
  }
  for (float& value : mean) value /= static_cast<float>(shape.heads);
  return mean;
}

std::vector<PathStep> MonotonicPath(std::span<const float> matrix, int cols) {
  IRONSCRIBE_CHECK(cols > 0 && !matrix.empty());
  const auto width = static_cast<size_t>(cols);
  const std::vector<Move> moves = BestMoves(matrix, width);
  std::vector<PathStep> path;
  auto row = static_cast<int>(matrix.size() / width) - 1;
  int col = cols - 1;
  path.push_back({row, col});
  while (row > 0 || col > 0) {
    Move move = moves[static_cast<size_t>(row) * width + static_cast<size_t>(col)];
    if (row == 0) move = Move::kCol;
    if (col == 0) move = Move::kRow;
    if (move != Move::kCol) --row;
    if (move != Move::kRow) --col;
    path.push_back({row, col});
  }
  std::reverse(path.begin(), path.end());
  return path;
}

std::vector<int> RowStarts(std::span<const PathStep> path) {
  std::vector<int> starts;
  int last_row = -1;
  for (const PathStep& step : path) {
    if (step.row != last_row) starts.push_back(step.col);
    last_row = step.row;
  }
  return starts;
}

}  // namespace ironscribe::decoding
