// Row-major matrices as Kaldi's files hold them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ironscribe::formats::kaldi {

template <typename T>
struct MatrixOf {
  int64_t rows = 0;
  int64_t cols = 0;
  std::vector<T> values;  // rows * cols

  std::span<const T> row(int64_t index) const {
    return std::span<const T>(values).subspan(static_cast<size_t>(index * cols),
                                              static_cast<size_t>(cols));
  }
  std::span<T> row(int64_t index) {
    return std::span<T>(values).subspan(static_cast<size_t>(index * cols),
                                        static_cast<size_t>(cols));
  }
};

using Matrix = MatrixOf<float>;
using DoubleMatrix = MatrixOf<double>;

}  // namespace ironscribe::formats::kaldi
