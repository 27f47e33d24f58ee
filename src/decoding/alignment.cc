#include "decoding/alignment.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
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

namespace {

// Medians of neighbouring columns are found side by side, one in each lane of a vector.
constexpr size_t kMedianLanes = 4;
using MedianLanes = float __attribute__((vector_size(kMedianLanes * sizeof(float))));

// Lane by lane, the middle one of an odd number of values. Changes their order.
MedianLanes SelectMedians(std::span<MedianLanes> values) {
  const size_t half = values.size() / 2;
  for (size_t i = 0; i <= half; ++i) {
    MedianLanes least = values[i];  // Of what is left.
    for (size_t j = i + 1; j < values.size(); ++j) {
      const MedianLanes second = values[j];
      values[j] = second < least ? least : second;
      least = second < least ? second : least;
    }
    values[i] = least;
  }
  return values[half];
}

}  // namespace

void MedianFilterRows(std::span<float> matrix, int cols, int width) {
  IRONSCRIBE_CHECK(width > 0 && width % 2 == 1);
  const int half = width / 2;
  if (cols <= half) return;
  // Whole vectors are read at the end too.
  std::vector<float> source(static_cast<size_t>(cols + width - 1) + kMedianLanes);
  std::vector<MedianLanes> around(static_cast<size_t>(width));
  const auto length = static_cast<size_t>(cols);
  for (size_t begin = 0; begin + length <= matrix.size(); begin += length) {
    const std::span<float> row = matrix.subspan(begin, length);
    for (int i = 0; i < cols + width - 1; ++i) {
      int from = std::abs(i - half);
      if (from >= cols) from = 2 * (cols - 1) - from;
      source[static_cast<size_t>(i)] = row[static_cast<size_t>(from)];
    }
    for (size_t col = 0; col < length; col += kMedianLanes) {
      const size_t count = std::min(kMedianLanes, length - col);
      for (size_t k = 0; k < around.size(); ++k) {
        std::memcpy(&around[k], &source[col + k], sizeof(MedianLanes));
      }
      const MedianLanes medians = SelectMedians(around);
      std::memcpy(&row[col], &medians, count * sizeof(float));
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
