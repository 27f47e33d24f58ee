#include "formats/kaldi/object_reader.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "formats/testing/kaldi_writer.h"
#include "formats/testing/robustness.h"

namespace ironscribe::formats::kaldi {
namespace {

using testing::KaldiWriter;
using testing::Put;
using Floats = std::vector<float>;

io::Bytes BytesOf(const std::string& text) { return std::as_bytes(std::span(text)); }

class FormTest : public ::testing::TestWithParam<bool> {};

TEST_P(FormTest, EveryKindOfValue) {
  KaldiWriter writer(GetParam());
  writer.Token("<A>").Int(-7).Float(0.5f).Double(1e-30).Bool(true).Bool(false).Ints({3, -4});
  writer.Vector({1, 2, 3}).Matrix(2, 2, {1, 2, 3, 4}).Vector({}).Token("</A>");
  ObjectReader reader(BytesOf(writer.text()), "file");
  EXPECT_EQ(reader.binary(), GetParam());
  EXPECT_TRUE(reader.NextIs("<A>"));
  EXPECT_TRUE(reader.Expect("<A>").ok());
  EXPECT_EQ(*reader.ReadInt(), -7);
  EXPECT_EQ(*reader.ReadFloat(), 0.5);
  EXPECT_DOUBLE_EQ(*reader.ReadFloat(), 1e-30);
  EXPECT_TRUE(*reader.ReadBool());
  EXPECT_FALSE(*reader.ReadBool());
  EXPECT_EQ(*reader.ReadInts(), (std::vector<int32_t>{3, -4}));
  EXPECT_EQ(*reader.ReadVector<float>(), (Floats{1, 2, 3}));
  const auto matrix = reader.ReadMatrix<float>();
  ASSERT_TRUE(matrix.ok()) << matrix.status().ToString();
  EXPECT_EQ(matrix->rows, 2);
  EXPECT_EQ(matrix->cols, 2);
  EXPECT_EQ(matrix->values, (Floats{1, 2, 3, 4}));
  EXPECT_TRUE(reader.ReadVector<float>()->empty());
  EXPECT_TRUE(reader.Expect("</A>").ok());
  EXPECT_TRUE(reader.AtEnd());
}

TEST_P(FormTest, AnotherWordIsNamed) {
  const std::string file = KaldiWriter(GetParam()).Token("<A>").text();
  ObjectReader reader(BytesOf(file), "file");
  const Status status = reader.Expect("<B>");
  EXPECT_EQ(status.code(), StatusCode::kDataLoss);
  EXPECT_NE(status.message().find("<A>"), std::string::npos);
  EXPECT_NE(status.message().find("<B>"), std::string::npos);
}

TEST_P(FormTest, NumbersThatAreNotFinite) {
  for (const float value : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    const std::string file = KaldiWriter(GetParam()).Vector({1, value}).text();
    EXPECT_FALSE(ObjectReader(BytesOf(file), "file").ReadVector<float>().ok());
    const std::string number = KaldiWriter(GetParam()).Float(value).text();
    EXPECT_FALSE(ObjectReader(BytesOf(number), "file").ReadFloat().ok());
  }
}

INSTANTIATE_TEST_SUITE_P(BinaryAndText, FormTest, ::testing::Bool());

template <typename T>
void PutHeader(std::string* file, T minimum, T range, int32_t rows, int32_t cols) {
  Put(file, minimum);
  Put(file, range);
  Put(file, rows);
  Put(file, cols);
}

TEST(ObjectReaderTest, CompressedByColumns) {
  std::string file = KaldiWriter(true).Token("CM").text();
  PutHeader(&file, -1.0f, 2.0f, 3, 2);
  // The percentiles 0, 25, 75, 100 of each column in 65535ths of the range: -1, 0, ... and so on.
  for (const int code : {0, 16384, 49151, 65535, 0, 0, 65535, 65535}) {
    Put(&file, static_cast<uint16_t>(code));
  }
  for (const int code : {0, 64, 255, 0, 128, 192}) Put(&file, static_cast<uint8_t>(code));
  const auto matrix = ObjectReader(BytesOf(file), "file").ReadMatrix<float>();
  ASSERT_TRUE(matrix.ok()) << matrix.status().ToString();
  const float quarter = -1 + 2 * 16384 / 65535.0f;
  const Floats expected = {-1, -1, quarter, 0, 1, 1};  // Rows of two.
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(matrix->values[i], expected[i], 1e-6) << i;
  }
}

TEST(ObjectReaderTest, CompressedByValues) {
  for (const bool two_bytes : {false, true}) {
    std::string file = KaldiWriter(true).Token(two_bytes ? "CM2" : "CM3").text();
    PutHeader(&file, 2.0f, 4.0f, 1, 2);
    for (const int code : {0, two_bytes ? 65535 : 255}) {
      two_bytes ? Put(&file, static_cast<uint16_t>(code)) : Put(&file, static_cast<uint8_t>(code));
    }
    const auto matrix = ObjectReader(BytesOf(file), "file").ReadMatrix<float>();
    ASSERT_TRUE(matrix.ok()) << matrix.status().ToString();
    EXPECT_NEAR(matrix->values[0], 2, 1e-6);
    EXPECT_NEAR(matrix->values[1], 6, 1e-6);
  }
}

TEST(ObjectReaderTest, DoublesBecomeWhatIsAskedFor) {
  const std::string file = KaldiWriter(true).DoubleMatrix(1, 2, {0.1, 1e20}).text();
  EXPECT_EQ(ObjectReader(BytesOf(file), "file").ReadMatrix<double>()->values,
            (std::vector<double>{0.1, 1e20}));
  EXPECT_EQ(ObjectReader(BytesOf(file), "file").ReadMatrix<float>()->values, (Floats{0.1f, 1e20f}));
}

TEST(ObjectReaderTest, PackedSymmetric) {
  std::string file = KaldiWriter(true).Token("FP").Int(2).text();
  for (const float value : {1.0f, 2.0f, 3.0f}) Put(&file, value);
  EXPECT_EQ(*ObjectReader(BytesOf(file), "file").ReadPackedSymmetric<float>(), (Floats{1, 2, 3}));
}

TEST(ObjectReaderTest, SparseRowsAreWrittenOut) {
  KaldiWriter writer(true);
  writer.Token("SM").Int(2).Token("SV").Int(3).Int(1).Int(2).Float(0.5f);
  writer.Token("SV").Int(3).Int(0);
  const auto matrix = ObjectReader(BytesOf(writer.text()), "file").ReadSparseMatrix(3);
  ASSERT_TRUE(matrix.ok()) << matrix.status().ToString();
  EXPECT_EQ(matrix->values, (Floats{0, 0, 0.5f, 0, 0, 0}));
  EXPECT_FALSE(ObjectReader(BytesOf(writer.text()), "file").ReadSparseMatrix(2).ok());
}

TEST(ObjectReaderTest, SizesAreCheckedBeforeMemoryIsTaken) {
  for (const int32_t rows : {-1, 0x7fffffff}) {
    const std::string file = KaldiWriter(true).Token("FM").Int(rows).Int(0x7fffffff).text();
    EXPECT_FALSE(ObjectReader(BytesOf(file), "file").ReadMatrix<float>().ok());
    const std::string packed = KaldiWriter(true).Token("FP").Int(rows).text();
    EXPECT_FALSE(ObjectReader(BytesOf(packed), "file").ReadPackedSymmetric<float>().ok());
    const std::string sparse = KaldiWriter(true).Token("SM").Int(rows).text();
    EXPECT_FALSE(ObjectReader(BytesOf(sparse), "file").ReadSparseMatrix(1000).ok());
    std::string compressed = KaldiWriter(true).Token("CM").text();
    PutHeader(&compressed, 0.0f, 1.0f, rows, 0x7fffffff);
    EXPECT_FALSE(ObjectReader(BytesOf(compressed), "file").ReadMatrix<float>().ok());
  }
  std::string list("\0B\4", 3);
  Put(&list, int32_t{0x7fffffff});
  EXPECT_FALSE(ObjectReader(BytesOf(list), "file").ReadInts().ok());
  EXPECT_FALSE(ObjectReader(BytesOf(list), "file").ReadIntPairs().ok());
}

TEST(ObjectReaderTest, RowsOfTextOfDifferentLengths) {
  EXPECT_FALSE(ObjectReader(BytesOf(" [\n 1 2\n 3 ]\n"), "file").ReadMatrix<float>().ok());
}

TEST(ObjectReaderTest, DamagedMatrices) {
  for (const bool binary : {true, false}) {
    const std::string file = KaldiWriter(binary).Matrix(2, 3, {1, 2, 3, 4, 5, 6}).text();
    const auto accepts = [](io::Bytes bytes) {
      return ObjectReader(bytes, "copy").ReadMatrix<float>().ok();
    };
    // Of text, the last end of line may be missing.
    EXPECT_LE(testing::CutAndTry(file, accepts), binary ? 0 : 1);
    EXPECT_GT(testing::MutateAndTry(file, accepts, 1000, 1), 50);
  }
}

}  // namespace
}  // namespace ironscribe::formats::kaldi
