// Tiles for AVX2 with FMA: 16 outputs at a time (two registers a row) of the 64 in a panel, so that
// 6 rows keep 12 sums in the 16 registers.
#include <immintrin.h>

#include "kernels/linear/linear_driver.h"
#include "kernels/linear/linear_levels.h"

namespace {

template <typename T>
IRONSCRIBE_INLINE T ReadAs(const std::byte* from) {
  T value;
  __builtin_memcpy(&value, from, sizeof(value));
  return value;
}

IRONSCRIBE_INLINE __m256i LoadInts(const std::byte* from) {
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(from));
}

template <int kRows>
IRONSCRIBE_INLINE void TileFloat32(const TileArgs& args, int64_t column) {
  __m256 sum[kRows][2];
  IRONSCRIBE_UNROLL
  for (auto& row : sum) row[0] = row[1] = _mm256_setzero_ps();
  const float* weights = reinterpret_cast<const float*>(args.panel) + column;
  for (int64_t i = 0; i < args.depth; ++i, weights += kPanelColumns) {
    const __m256 w0 = _mm256_load_ps(weights), w1 = _mm256_load_ps(weights + 8);
    IRONSCRIBE_UNROLL
    for (int row = 0; row < kRows; ++row) {
      const __m256 a =
          _mm256_set1_ps(ReadAs<float>(args.a + row * args.stride_bytes + i * sizeof(float)));
      sum[row][0] = _mm256_fmadd_ps(w0, a, sum[row][0]);
      sum[row][1] = _mm256_fmadd_ps(w1, a, sum[row][1]);
    }
  }
  IRONSCRIBE_UNROLL
  for (int row = 0; row < kRows; ++row) {
    _mm256_store_ps(args.sums + row * kPanelColumns + column, sum[row][0]);
    _mm256_store_ps(args.sums + row * kPanelColumns + column + 8, sum[row][1]);
  }
}

// bfloat16 is the upper half of a float32: the odd input of a pair is the word masked, the even one
// the word shifted.
IRONSCRIBE_INLINE __m256 EvenInputs(__m256i pairs) {
  return _mm256_castsi256_ps(_mm256_slli_epi32(pairs, 16));
}
IRONSCRIBE_INLINE __m256 OddInputs(__m256i pairs) {
  return _mm256_castsi256_ps(_mm256_and_si256(pairs, _mm256_set1_epi32(-65536)));
}

template <int kRows>
IRONSCRIBE_INLINE void TileBFloat16(const TileArgs& args, int64_t column) {
  __m256 sum[kRows][2];
  IRONSCRIBE_UNROLL
  for (auto& row : sum) row[0] = row[1] = _mm256_setzero_ps();
  const std::byte* weights = args.panel + column * 4;
  for (int64_t i = 0; i < args.depth; i += 2, weights += 4 * kPanelColumns) {
    const __m256i w0 = LoadInts(weights), w1 = LoadInts(weights + 32);
    IRONSCRIBE_UNROLL
    for (int row = 0; row < kRows; ++row) {
      const __m256i a =
          _mm256_set1_epi32(ReadAs<int32_t>(args.a + row * args.stride_bytes + i * 2));
      const __m256 even = EvenInputs(a), odd = OddInputs(a);
      sum[row][0] = _mm256_fmadd_ps(EvenInputs(w0), even, sum[row][0]);
      sum[row][1] = _mm256_fmadd_ps(EvenInputs(w1), even, sum[row][1]);
      sum[row][0] = _mm256_fmadd_ps(OddInputs(w0), odd, sum[row][0]);
      sum[row][1] = _mm256_fmadd_ps(OddInputs(w1), odd, sum[row][1]);
    }
  }
  IRONSCRIBE_UNROLL
  for (int row = 0; row < kRows; ++row) {
    _mm256_store_ps(args.sums + row * kPanelColumns + column, sum[row][0]);
    _mm256_store_ps(args.sums + row * kPanelColumns + column + 8, sum[row][1]);
  }
}

// |a| * sign(w, a) keeps both factors within 127, so a pair sums to at most 32,258 and vpmaddubsw
// never saturates: the sums are exact, as with VNNI.
IRONSCRIBE_INLINE __m256i Dot4(__m256i w, __m256i a) {
  const __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(a), _mm256_sign_epi8(w, a));
  return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

template <int kRows>
IRONSCRIBE_INLINE void TileInt8(const TileArgs& args, int64_t column) {
  __m256i sum[kRows][2];
  IRONSCRIBE_UNROLL
  for (auto& row : sum) row[0] = row[1] = _mm256_setzero_si256();
  const __m256i offset = _mm256_set1_epi8(-128);  // Takes the offset of 128 off the weights.
  const std::byte* weights = args.panel + column * 4;
  for (int64_t i = 0; i < args.depth; i += 4, weights += 4 * kPanelColumns) {
    const __m256i w0 = _mm256_xor_si256(LoadInts(weights), offset);
    const __m256i w1 = _mm256_xor_si256(LoadInts(weights + 32), offset);
    IRONSCRIBE_UNROLL
    for (int row = 0; row < kRows; ++row) {
      const __m256i a = _mm256_set1_epi32(ReadAs<int32_t>(args.a + row * args.stride_bytes + i));
      sum[row][0] = _mm256_add_epi32(sum[row][0], Dot4(w0, a));
      sum[row][1] = _mm256_add_epi32(sum[row][1], Dot4(w1, a));
    }
  }
  const float* scales =
      reinterpret_cast<const float*>(args.panel + args.depth * kPanelColumns) + column;
  IRONSCRIBE_UNROLL
  for (int row = 0; row < kRows; ++row) {
    const __m256 scale = _mm256_set1_ps(args.scales[row]);
    IRONSCRIBE_UNROLL
    for (int j = 0; j < 2; ++j) {
      const __m256 both = _mm256_mul_ps(scale, _mm256_load_ps(scales + 8 * j));
      _mm256_store_ps(args.sums + row * kPanelColumns + column + 8 * j,
                      _mm256_mul_ps(_mm256_cvtepi32_ps(sum[row][j]), both));
    }
  }
}

template <int kRows>
IRONSCRIBE_INLINE void TileInt8Wide(const TileArgs& args, int64_t column) {
  __m256 total[kRows][2];
  for (auto& row : total) row[0] = row[1] = _mm256_setzero_ps();
  const std::byte* weights = args.panel;
  for (int64_t group = 0; group < args.depth; group += kWideGroup) {
    __m256i sum[kRows][2];
    IRONSCRIBE_UNROLL
    for (auto& row : sum) row[0] = row[1] = _mm256_setzero_si256();
    for (int64_t i = group; i < group + kWideGroup; i += 2, weights += 2 * kPanelColumns) {
      const __m256i packed = LoadInts(weights + column * 2);
      const __m256i w0 = _mm256_cvtepi8_epi16(_mm256_castsi256_si128(packed));
      const __m256i w1 = _mm256_cvtepi8_epi16(_mm256_extracti128_si256(packed, 1));
      IRONSCRIBE_UNROLL
      for (int row = 0; row < kRows; ++row) {
        const __m256i a =
            _mm256_set1_epi32(ReadAs<int32_t>(args.a + row * args.stride_bytes + i * 2));
        sum[row][0] = _mm256_add_epi32(sum[row][0], _mm256_madd_epi16(w0, a));
        sum[row][1] = _mm256_add_epi32(sum[row][1], _mm256_madd_epi16(w1, a));
      }
    }
    const float* scales = reinterpret_cast<const float*>(weights) + column;
    IRONSCRIBE_UNROLL
    for (int row = 0; row < kRows; ++row) {
      IRONSCRIBE_UNROLL
      for (int j = 0; j < 2; ++j) {
        const __m256 value =
            _mm256_mul_ps(_mm256_cvtepi32_ps(sum[row][j]), _mm256_load_ps(scales + 8 * j));
        total[row][j] = _mm256_add_ps(total[row][j], value);
      }
    }
    weights += kPanelColumns * sizeof(float);
  }
  IRONSCRIBE_UNROLL
  for (int row = 0; row < kRows; ++row) {
    const __m256 scale = _mm256_set1_ps(args.scales[row]);
    IRONSCRIBE_UNROLL
    for (int j = 0; j < 2; ++j) {
      _mm256_store_ps(args.sums + row * kPanelColumns + column + 8 * j,
                      _mm256_mul_ps(total[row][j], scale));
    }
  }
}

template <LinearType kType, int kRows>
void Tile(const TileArgs& args) {
  for (int64_t column = 0; column < kPanelColumns; column += 16) {
    if constexpr (kType == LinearType::kFloat32) TileFloat32<kRows>(args, column);
    if constexpr (kType == LinearType::kBFloat16) TileBFloat16<kRows>(args, column);
    if constexpr (kType == LinearType::kInt8) TileInt8<kRows>(args, column);
    if constexpr (kType == LinearType::kInt8Wide) TileInt8Wide<kRows>(args, column);
  }
}

}  // namespace

namespace ironscribe::kernels::linear_avx2 {
void Multiply(const LinearCall& call) { MultiplyByType(call); }
}  // namespace ironscribe::kernels::linear_avx2
