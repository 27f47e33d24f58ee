// Matrices and vectors of ObjectReader; FORMAT.md has the layouts.
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/safe_math.h"
#include "formats/kaldi/object_reader.h"

namespace ironscribe::formats::kaldi {
namespace {

// A byte of a CM matrix: three straight pieces between the percentiles 0, 25, 75 and 100 of its
// column, of 64, 128 and 63 steps (kaldi compressed-matrix.h).
float FromPercentiles(const float* percentile, uint8_t code) {
  if (code <= 64) return percentile[0] + (percentile[1] - percentile[0]) * code * (1 / 64.0f);
  if (code <= 192) {
    return percentile[1] + (percentile[2] - percentile[1]) * (code - 64) * (1 / 128.0f);
  }
  return percentile[2] + (percentile[3] - percentile[2]) * (code - 192) * (1 / 63.0f);
}

struct CompressedHeader {
  float minimum;
  float range;
  int32_t rows;
  int32_t cols;
};

template <typename T>
T Load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

template <typename T>
void ExpandColumns(const CompressedHeader& header, const std::byte* data, MatrixOf<T>* matrix) {
  const std::byte* codes = data + matrix->cols * 4 * sizeof(uint16_t);
  for (int64_t col = 0; col < matrix->cols; ++col) {
    float percentile[4];
    for (float& value : percentile) {
      value = header.minimum + header.range * (1 / 65535.0f) * Load<uint16_t>(data);
      data += sizeof(uint16_t);
    }
    for (int64_t row = 0; row < matrix->rows; ++row) {
      matrix->row(row)[col] = FromPercentiles(percentile, Load<uint8_t>(codes++));
    }
  }
}

template <typename T>
bool AllFinite(const std::vector<T>& values) {
  for (const T value : values) {
    if (!std::isfinite(value)) return false;
  }
  return true;
}

}  // namespace

Status ObjectReader::CheckElements(uint64_t rows, uint64_t cols, uint64_t element_bytes) const {
  const auto count = CheckedMultiply(rows, cols);
  if (!count || *count > remaining() / element_bytes) {
    return Error("too short for " + std::to_string(rows) + " x " + std::to_string(cols) +
                 " values");
  }
  return OkStatus();
}

template <typename T>
Result<std::vector<T>> ObjectReader::ReadValues(uint64_t count, bool doubles) {
  std::vector<T> values(count);
  const std::byte* from = bytes_.data() + offset_;
  const size_t size = doubles ? sizeof(double) : sizeof(float);
  for (size_t i = 0; i < count; ++i, from += size) {
    values[i] = doubles ? static_cast<T>(Load<double>(from)) : static_cast<T>(Load<float>(from));
  }
  offset_ += count * size;
  if (!AllFinite(values)) return Error("a value before this point is not finite");
  return values;
}

template <typename T>
Result<MatrixOf<T>> ObjectReader::ReadCompressed(std::string_view kind) {
  if (remaining() < sizeof(CompressedHeader)) return Error("the file ends within a matrix");
  const auto header = Load<CompressedHeader>(bytes_.data() + offset_);
  offset_ += sizeof(CompressedHeader);
  if (header.rows < 0 || header.cols < 0 || !std::isfinite(header.minimum) ||
      !std::isfinite(header.range)) {
    return Error("a compressed matrix with an impossible header");
  }
  MatrixOf<T> matrix{.rows = header.rows, .cols = header.cols, .values = {}};
  const uint64_t element_bytes = kind == "CM2" ? 2 : 1;
  const uint64_t head_bytes =
      kind == "CM" ? static_cast<uint64_t>(matrix.cols) * 4 * sizeof(uint16_t) : 0;
  if (head_bytes > remaining()) return Error("the file ends within a matrix");
  const std::byte* data = bytes_.data() + offset_;
  offset_ += head_bytes;
  RETURN_IF_ERROR(CheckElements(header.rows, header.cols, element_bytes));
  const size_t count = static_cast<size_t>(matrix.rows * matrix.cols);
  offset_ += count * element_bytes;
  matrix.values.resize(count);
  if (kind == "CM") {
    ExpandColumns(header, data, &matrix);
  } else {
    const float step = header.range / (kind == "CM2" ? 65535.0f : 255.0f);
    for (size_t i = 0; i < count; ++i) {
      const int code = kind == "CM2" ? Load<uint16_t>(data + 2 * i) : Load<uint8_t>(data + i);
      matrix.values[i] = header.minimum + step * static_cast<float>(code);
    }
  }
  if (!AllFinite(matrix.values)) return Error("a value before this point is not finite");
  return matrix;
}

template <typename T>
Result<MatrixOf<T>> ObjectReader::ReadTextMatrix() {
  RETURN_IF_ERROR(Expect("["));
  MatrixOf<T> matrix;
  int64_t in_row = 0;
  const auto end_row = [&]() -> Status {
    if (in_row == 0) return OkStatus();
    if (matrix.rows > 0 && in_row != matrix.cols) return Error("rows of different lengths");
    matrix.cols = in_row;
    ++matrix.rows;
    in_row = 0;
    return OkStatus();
  };
  while (true) {
    while (offset_ < bytes_.size() && bytes_[offset_] == std::byte{' '}) ++offset_;
    if (offset_ < bytes_.size() && bytes_[offset_] == std::byte{'\n'}) {
      RETURN_IF_ERROR(end_row());
      ++offset_;
      continue;
    }
    if (NextIs("]")) break;
    ASSIGN_OR_RETURN(const double value, ReadFloat());
    const T narrow = static_cast<T>(value);
    if (!std::isfinite(narrow)) return Error("a value that is not finite");
    matrix.values.push_back(narrow);
    ++in_row;
  }
  RETURN_IF_ERROR(end_row());
  RETURN_IF_ERROR(Expect("]"));
  return matrix;
}

template <typename T>
Result<MatrixOf<T>> ObjectReader::ReadMatrix() {
  if (!binary_) return ReadTextMatrix<T>();
  ASSIGN_OR_RETURN(const std::string_view kind, ReadToken());
  if (kind == "CM" || kind == "CM2" || kind == "CM3") return ReadCompressed<T>(kind);
  MatrixOf<T> matrix;
  if (kind == "FV" || kind == "DV") {
    matrix.rows = 1;
  } else if (kind == "FM" || kind == "DM") {
    ASSIGN_OR_RETURN(matrix.rows, ReadInt());
  } else {
    return Error("'" + std::string(kind.substr(0, 20)) + "' is no matrix");
  }
  ASSIGN_OR_RETURN(matrix.cols, ReadInt());
  if (matrix.rows < 0 || matrix.cols < 0) return Error("a matrix of negative size");
  const bool doubles = kind[0] == 'D';
  RETURN_IF_ERROR(CheckElements(static_cast<uint64_t>(matrix.rows),
                                static_cast<uint64_t>(matrix.cols), doubles ? 8 : 4));
  ASSIGN_OR_RETURN(matrix.values,
                   ReadValues<T>(static_cast<uint64_t>(matrix.rows * matrix.cols), doubles));
  return matrix;
}

template <typename T>
Result<std::vector<T>> ObjectReader::ReadVector() {
  ASSIGN_OR_RETURN(MatrixOf<T> matrix, ReadMatrix<T>());
  if (matrix.rows > 1) return Error("a matrix where a vector was expected");
  return std::move(matrix.values);
}

template <typename T>
Result<std::vector<T>> ObjectReader::ReadPackedSymmetric() {
  if (!binary_) {  // One row of the triangle a line.
    RETURN_IF_ERROR(Expect("["));
    std::vector<T> values;
    while (!NextIs("]")) {
      ASSIGN_OR_RETURN(const double value, ReadFloat());
      values.push_back(static_cast<T>(value));
    }
    RETURN_IF_ERROR(Expect("]"));
    return values;
  }
  ASSIGN_OR_RETURN(const std::string_view kind, ReadToken());
  if (kind != "FP" && kind != "DP") return Error("not a packed symmetric matrix");
  ASSIGN_OR_RETURN(const int32_t rows, ReadInt());
  if (rows < 0) return Error("a matrix of negative size");
  const uint64_t count = static_cast<uint64_t>(rows) * (static_cast<uint64_t>(rows) + 1) / 2;
  RETURN_IF_ERROR(CheckElements(1, count, kind == "DP" ? 8 : 4));
  return ReadValues<T>(count, kind == "DP");
}

Result<Matrix> ObjectReader::ReadSparseMatrix(int64_t cols) {
  if (!binary_) return Error("sparse matrices are read in binary form only");
  RETURN_IF_ERROR(Expect("SM"));
  ASSIGN_OR_RETURN(const int32_t rows, ReadInt());
  // Dense rows are written out: a few bytes of input may not become gigabytes.
  constexpr int64_t kMaxElements = int64_t{1} << 28;
  if (rows < 0 || static_cast<uint64_t>(rows) > remaining() || cols < 0 ||
      (cols > 0 && rows > kMaxElements / cols)) {
    return Error("a sparse matrix of impossible size");
  }
  Matrix matrix{.rows = rows, .cols = cols, .values = {}};
  matrix.values.resize(static_cast<size_t>(rows * cols));
  for (int64_t row = 0; row < rows; ++row) {
    RETURN_IF_ERROR(Expect("SV"));
    ASSIGN_OR_RETURN(const int32_t dimension, ReadInt());
    ASSIGN_OR_RETURN(const int32_t count, ReadInt());
    if (dimension != cols || count < 0) return Error("a sparse row of another length");
    for (int32_t i = 0; i < count; ++i) {
      ASSIGN_OR_RETURN(const int32_t col, ReadInt());
      ASSIGN_OR_RETURN(const double value, ReadFloat());
      if (col < 0 || col >= cols) return Error("a sparse value outside its row");
      matrix.row(row)[col] = static_cast<float>(value);
    }
  }
  return matrix;
}

template Result<Matrix> ObjectReader::ReadMatrix<float>();
template Result<DoubleMatrix> ObjectReader::ReadMatrix<double>();
template Result<std::vector<float>> ObjectReader::ReadVector<float>();
template Result<std::vector<double>> ObjectReader::ReadVector<double>();
template Result<std::vector<float>> ObjectReader::ReadPackedSymmetric<float>();
template Result<std::vector<double>> ObjectReader::ReadPackedSymmetric<double>();

}  // namespace ironscribe::formats::kaldi
