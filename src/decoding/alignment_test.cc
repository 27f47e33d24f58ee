#include "decoding/alignment.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <numeric>
#include <sstream>
#include <string>

#include "base/random.h"

namespace ironscribe::decoding {
namespace {

TEST(SoftmaxRows, KnownAnswers) {
  std::vector<float> matrix = {0.0f, std::log(3.0f), 1000.0f, 1000.0f};
  SoftmaxRows(matrix, 2);
  EXPECT_NEAR(matrix[0], 0.25f, 1e-6);
  EXPECT_NEAR(matrix[1], 0.75f, 1e-6);
  EXPECT_NEAR(matrix[2], 0.5f, 1e-6);
  EXPECT_NEAR(matrix[3], 0.5f, 1e-6);
}

TEST(NormalizeColumns, MeanZeroAndDeviationOne) {
  std::vector<float> matrix = {1.0f, 5.0f, 3.0f, 5.0f};
  NormalizeColumns(matrix, 2);
  EXPECT_EQ(matrix, (std::vector<float>{-1.0f, 0.0f, 1.0f, 0.0f}));
}

TEST(MedianFilterRows, MirrorsAtTheEnds) {
  std::vector<float> row = {9, 1, 8, 2, 7};
  MedianFilterRows(row, 5, 3);
  // Around the first: 1 9 1; around the last: 2 7 2.
  EXPECT_EQ(row, (std::vector<float>{1, 8, 2, 7, 2}));
  std::vector<float> shorter = {3, 1, 2};
  MedianFilterRows(shorter, 3, 7);
  EXPECT_EQ(shorter, (std::vector<float>{3, 1, 2}));
  std::vector<float> two_rows = {1, 2, 3, 3, 2, 1};
  MedianFilterRows(two_rows, 3, 3);
  EXPECT_EQ(two_rows, (std::vector<float>{2, 2, 2, 2, 2, 2}));
}

double BestPathSum(std::span<const float> matrix, int rows, int cols, int row, int col) {
  const double here = matrix[static_cast<size_t>(row * cols + col)];
  if (row == rows - 1 && col == cols - 1) return here;
  double best = -std::numeric_limits<double>::infinity();
  if (row + 1 < rows) best = std::max(best, BestPathSum(matrix, rows, cols, row + 1, col));
  if (col + 1 < cols) best = std::max(best, BestPathSum(matrix, rows, cols, row, col + 1));
  if (row + 1 < rows && col + 1 < cols) {
    best = std::max(best, BestPathSum(matrix, rows, cols, row + 1, col + 1));
  }
  return here + best;
}

TEST(MonotonicPath, IsTheBestOfAllPaths) {
  Random random(4);
  for (int trial = 0; trial < 60; ++trial) {
    const int rows = 1 + static_cast<int>(random.Next() % 5);
    const int cols = 1 + static_cast<int>(random.Next() % 6);
    std::vector<float> matrix(static_cast<size_t>(rows * cols));
    for (float& value : matrix) value = static_cast<float>(random.NextUnit() * 2 - 1);
    const std::vector<PathStep> path = MonotonicPath(matrix, cols);
    ASSERT_EQ(path.front(), (PathStep{0, 0}));
    ASSERT_EQ(path.back(), (PathStep{rows - 1, cols - 1}));
    double sum = 0;
    for (size_t i = 0; i < path.size(); ++i) {
      sum += matrix[static_cast<size_t>(path[i].row * cols + path[i].col)];
      if (i == 0) continue;
      const int down = path[i].row - path[i - 1].row;
      const int right = path[i].col - path[i - 1].col;
      ASSERT_TRUE(down >= 0 && down <= 1 && right >= 0 && right <= 1 && down + right > 0);
    }
    EXPECT_NEAR(sum, BestPathSum(matrix, rows, cols, 0, 0), 1e-5);
    EXPECT_EQ(RowStarts(path).size(), static_cast<size_t>(rows));
  }
}

TEST(RowStarts, FirstColumnOfEachRow) {
  const std::vector<PathStep> path = {{0, 0}, {0, 1}, {1, 2}, {1, 3}, {2, 3}};
  EXPECT_EQ(RowStarts(path), (std::vector<int>{0, 2, 3}));
}

struct AlignmentCase {
  uint64_t seed;
  AlignmentShape shape;
  std::vector<int> starts;
  std::vector<float> values;
};

std::vector<AlignmentCase> ReadCases() {
  std::ifstream file(IRONSCRIBE_SOURCE_DIR "/src/decoding/testdata/alignment_golden.txt");
  std::vector<AlignmentCase> cases;
  for (std::string line; std::getline(file, line);) {
    AlignmentCase golden;
    std::istringstream fields(line);
    fields >> golden.seed >> golden.shape.tokens >> golden.shape.heads >> golden.shape.frames >>
        golden.shape.used_frames;
    for (int start; fields >> start;) golden.starts.push_back(start);
    std::getline(file, line);
    std::istringstream values(line);
    for (float value; values >> value;) golden.values.push_back(value);
    cases.push_back(golden);
  }
  return cases;
}

// The same scores as testdata/make_golden.py, laid out [tokens, heads, frames].
std::vector<float> HashedScores(const AlignmentCase& golden) {
  const AlignmentShape& shape = golden.shape;
  std::vector<float> scores;
  for (int index = 0; index < shape.tokens * shape.heads * shape.frames; ++index) {
    const int token = index / (shape.heads * shape.frames);
    const int frame = index % shape.frames;
    const uint64_t hash = MixBits((golden.seed << 32) + static_cast<uint64_t>(index));
    const double noise = 4 * (static_cast<double>(hash >> 11) * 0x1.0p-53);
    const double centre = (token + 0.5) * shape.used_frames / shape.tokens;
    scores.push_back(static_cast<float>(noise - std::abs(frame - centre) * 8 / shape.used_frames));
  }
  return scores;
}

TEST(AlignmentMatrix, GivesWhatTheReferenceGives) {
  const std::vector<AlignmentCase> cases = ReadCases();
  ASSERT_GE(cases.size(), 5u);
  for (const AlignmentCase& golden : cases) {
    SCOPED_TRACE(golden.seed);
    const auto matrix = AlignmentMatrix(HashedScores(golden), golden.shape);
    ASSERT_EQ((matrix.size() + 6) / 7, golden.values.size());
    for (size_t i = 0; i < golden.values.size(); ++i) {
      EXPECT_NEAR(matrix[i * 7], golden.values[i], 5e-5);
    }
    EXPECT_EQ(RowStarts(MonotonicPath(matrix, golden.shape.used_frames)), golden.starts);
  }
}

}  // namespace
}  // namespace ironscribe::decoding
