// Reads the objects of Kaldi's files, binary ("\0B" in front) or text, from bytes that may lie:
// tokens, numbers, lists of integers, matrices and vectors of every kind. A length is checked
// against what is left before anything is allocated; numbers that are not finite are refused.
//
// Does not own the bytes. One owner, one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "formats/kaldi/matrix.h"
#include "io/byte_reader.h"

namespace ironscribe::formats::kaldi {

class ObjectReader {
 public:
  // Takes the mark of a binary file if it is there. `name` starts error messages.
  ObjectReader(io::Bytes bytes, std::string_view name);

  bool binary() const { return binary_; }
  size_t offset() const { return offset_; }
  size_t remaining() const { return bytes_.size() - offset_; }
  bool AtEnd();

  // The next word; the one character behind it is taken too.
  Result<std::string_view> ReadToken();
  // Errors: DataLoss naming both when another word stands there.
  Status Expect(std::string_view token);
  // Whether the next word is this one; nothing is taken.
  bool NextIs(std::string_view token);
  // Up to the end of the line, which is taken and left out.
  Result<std::string_view> ReadLine();

  Result<int32_t> ReadInt();
  Result<double> ReadFloat();  // Single or double in the file.
  Result<bool> ReadBool();
  Result<std::vector<int32_t>> ReadInts();
  Result<std::vector<std::pair<int32_t, int32_t>>> ReadIntPairs();

  // Full, compressed (CM, CM2, CM3) or text; a vector is one row. T is float or double.
  template <typename T>
  Result<MatrixOf<T>> ReadMatrix();
  template <typename T>
  Result<std::vector<T>> ReadVector();
  // The lower triangle of a symmetric matrix, row by row: n (n + 1) / 2 values.
  template <typename T>
  Result<std::vector<T>> ReadPackedSymmetric();
  // Rows of (column, value), written out in full. Requires `cols` columns in each.
  Result<Matrix> ReadSparseMatrix(int64_t cols);

  Status Error(std::string_view what) const;

 private:
  template <typename T>
  Result<T> ReadRaw();
  template <typename T>
  Result<T> ReadSized();
  Result<std::string_view> TextWord();
  Result<int64_t> ReadCount(uint64_t element_bytes);
  template <typename T>
  Result<std::vector<T>> ReadValues(uint64_t count, bool doubles);
  template <typename T>
  Result<MatrixOf<T>> ReadCompressed(std::string_view kind);
  template <typename T>
  Result<MatrixOf<T>> ReadTextMatrix();
  Status CheckElements(uint64_t rows, uint64_t cols, uint64_t element_bytes) const;
  void SkipSpace();

  io::Bytes bytes_;
  std::string name_;
  size_t offset_ = 0;
  bool binary_ = false;
};

}  // namespace ironscribe::formats::kaldi
