// Tiles of up to 6 rows x 64 outputs for AVX-512 with VNNI and BF16: 24 sums, 4 weights and 1
// broadcast activation in 29 of the 32 registers; each weight register is used for every row it
// meets.
#include <immintrin.h>

#include "kernels/linear/linear_driver.h"
#include "kernels/linear/linear_levels.h"

namespace {

// Weights and attention's memory stream from main memory while a decoder steps; the processor alone
// looks too little ahead when each 128 bytes wait for a product. Measured with nn_attention_bench
// (Decode, 8 bits, Zen 5): 22.7 GB/s without, 29.5, 31.0 and 32.6 at 2, 4 and 8 KB ahead.
constexpr int64_t kPrefetchBytes = 8192;

template <typename T>
IRONSCRIBE_INLINE T ReadAs(const std::byte* from) {
  T value;
  __builtin_memcpy(&value, from, sizeof(value));
  return value;
}

using IntSums = int32_t __attribute__((vector_size(64)));

// Integer sums keep the element type of the instruction: GCC 12 stores __m512i (eight 64-bit lanes)
// sums to the stack in every round of the loop, at half the speed.
IRONSCRIBE_INLINE IntSums DotBytes(IntSums sum, __m512i weights, __m512i activations) {
  return (IntSums)_mm512_dpbusd_epi32((__m512i)sum, weights, activations);
}
IRONSCRIBE_INLINE IntSums DotWords(IntSums sum, __m512i weights, __m512i activations) {
  return (IntSums)_mm512_dpwssd_epi32((__m512i)sum, weights, activations);
}

template <int kRows>
IRONSCRIBE_INLINE void TileFloat32(const TileArgs& args) {
  __m512 sum[kRows][4];
  IRONSCRIBE_UNROLL
  for (auto& row : sum) {
    IRONSCRIBE_UNROLL
    for (__m512& lane : row) lane = _mm512_setzero_ps();
  }
  const auto* weights = reinterpret_cast<const float*>(args.panel);
  for (int64_t i = 0; i < args.depth; ++i, weights += kPanelColumns) {
    __m512 w[4];
    IRONSCRIBE_UNROLL
    for (int j = 0; j < 4; ++j) w[j] = _mm512_load_ps(weights + 16 * j);
    IRONSCRIBE_UNROLL
    for (int row = 0; row < kRows; ++row) {
      const __m512 a =
          _mm512_set1_ps(ReadAs<float>(args.a + row * args.stride_bytes + i * sizeof(float)));
      IRONSCRIBE_UNROLL
      for (int j = 0; j < 4; ++j) sum[row][j] = _mm512_fmadd_ps(w[j], a, sum[row][j]);
    }
  }
  IRONSCRIBE_UNROLL
  for (int row = 0; row < kRows; ++row) {
    IRONSCRIBE_UNROLL
    for (int j = 0; j < 4; ++j)
      _mm512_store_ps(args.sums + row * kPanelColumns + 16 * j, sum[row][j]);
  }
}

template <int kRows>
IRONSCRIBE_INLINE void TileBFloat16(const TileArgs& args) {
  __m512 sum[kRows][4];
  IRONSCRIBE_UNROLL
  for (auto& row : sum) {
    IRONSCRIBE_UNROLL
    for (__m512& lane : row) lane = _mm512_setzero_ps();
  }
  const std::byte* weights = args.panel;
  for (int64_t i = 0; i < args.depth; i += 2, weights += 4 * kPanelColumns) {
    __m512bh w[4];
    IRONSCRIBE_UNROLL
    for (int j = 0; j < 4; ++j) w[j] = (__m512bh)_mm512_load_si512(weights + 64 * j);
    IRONSCRIBE_UNROLL
    for (int row = 0; row < kRows; ++row) {
      const auto a =
          (__m512bh)_mm512_set1_epi32(ReadAs<int32_t>(args.a + row * args.stride_bytes + i * 2));
      IRONSCRIBE_UNROLL
      for (int j = 0; j < 4; ++j) sum[row][j] = _mm512_dpbf16_ps(sum[row][j], w[j], a);
    }
  }
  IRONSCRIBE_UNROLL
  for (int row = 0; row < kRows; ++row) {
    IRONSCRIBE_UNROLL
    for (int j = 0; j < 4; ++j)
      _mm512_store_ps(args.sums + row * kPanelColumns + 16 * j, sum[row][j]);
  }
}

template <int kRows>
IRONSCRIBE_INLINE void TileInt8(const TileArgs& args) {
  IntSums sum[kRows][4];
  IRONSCRIBE_UNROLL
  for (auto& row : sum) {
    IRONSCRIBE_UNROLL
    for (IntSums& lane : row) lane = IntSums{};
  }
  const std::byte* weights = args.panel;
  for (int64_t i = 0; i < args.depth; i += 4, weights += 4 * kPanelColumns) {
    __m512i w[4];
    IRONSCRIBE_UNROLL
    for (int j = 0; j < 4; ++j) w[j] = _mm512_load_si512(weights + 64 * j);
    IRONSCRIBE_UNROLL
    for (int row = 0; row < kRows; ++row) {
      const __m512i a = _mm512_set1_epi32(ReadAs<int32_t>(args.a + row * args.stride_bytes + i));
      IRONSCRIBE_UNROLL
      for (int j = 0; j < 4; ++j) sum[row][j] = DotBytes(sum[row][j], w[j], a);
    }
  }
  // The weights carry an offset of 128, so 128 times the sum of the activations is too much.
  const auto* scales = reinterpret_cast<const float*>(weights);
  IRONSCRIBE_UNROLL
  for (int row = 0; row < kRows; ++row) {
    const int32_t excess = 128 * args.sums_of_a[row];
    const __m512 scale = _mm512_set1_ps(args.scales[row]);
    IRONSCRIBE_UNROLL
    for (int j = 0; j < 4; ++j) {
      const __m512 value = _mm512_cvtepi32_ps((__m512i)(sum[row][j] - excess));
      const __m512 both = _mm512_mul_ps(scale, _mm512_load_ps(scales + 16 * j));
      _mm512_store_ps(args.sums + row * kPanelColumns + 16 * j, _mm512_mul_ps(value, both));
    }
  }
}

template <int kRows>
IRONSCRIBE_INLINE void TileInt8Wide(const TileArgs& args) {
  for (int64_t i = 0; i < kRows * kPanelColumns; i += 16) {
    _mm512_store_ps(args.sums + i, _mm512_setzero_ps());
  }
  const std::byte* weights = args.panel;
  for (int64_t group = 0; group < args.depth; group += kWideGroup) {
    IntSums sum[kRows][4];
    IRONSCRIBE_UNROLL
    for (auto& row : sum) {
      IRONSCRIBE_UNROLL
      for (IntSums& lane : row) lane = IntSums{};
    }
    for (int64_t i = group; i < group + kWideGroup; i += 2, weights += 2 * kPanelColumns) {
      __builtin_prefetch(weights + kPrefetchBytes);
      __builtin_prefetch(weights + kPrefetchBytes + 64);
      __m512i w[4];
      IRONSCRIBE_UNROLL
      for (int j = 0; j < 4; ++j) {
        w[j] = _mm512_cvtepi8_epi16(
            _mm256_load_si256(reinterpret_cast<const __m256i*>(weights + 32 * j)));
      }
      IRONSCRIBE_UNROLL
      for (int row = 0; row < kRows; ++row) {
        const __m512i a =
            _mm512_set1_epi32(ReadAs<int32_t>(args.a + row * args.stride_bytes + i * 2));
        IRONSCRIBE_UNROLL
        for (int j = 0; j < 4; ++j) sum[row][j] = DotWords(sum[row][j], w[j], a);
      }
    }
    const auto* scales = reinterpret_cast<const float*>(weights);
    IRONSCRIBE_UNROLL
    for (int j = 0; j < 4; ++j) {
      const __m512 scale = _mm512_load_ps(scales + 16 * j);
      IRONSCRIBE_UNROLL
      for (int row = 0; row < kRows; ++row) {
        float* to = args.sums + row * kPanelColumns + 16 * j;
        const __m512 value = _mm512_mul_ps(_mm512_cvtepi32_ps((__m512i)sum[row][j]), scale);
        _mm512_store_ps(to, _mm512_add_ps(_mm512_load_ps(to), value));
      }
    }
    weights += kPanelColumns * sizeof(float);
  }
  IRONSCRIBE_UNROLL
  for (int row = 0; row < kRows; ++row) {
    const __m512 scale = _mm512_set1_ps(args.scales[row]);
    IRONSCRIBE_UNROLL
    for (int j = 0; j < 4; ++j) {
      float* to = args.sums + row * kPanelColumns + 16 * j;
      _mm512_store_ps(to, _mm512_mul_ps(_mm512_load_ps(to), scale));
    }
  }
}

template <LinearType kType, int kRows>
void Tile(const TileArgs& args) {
  if constexpr (kType == LinearType::kFloat32) TileFloat32<kRows>(args);
  if constexpr (kType == LinearType::kBFloat16) TileBFloat16<kRows>(args);
  if constexpr (kType == LinearType::kInt8) TileInt8<kRows>(args);
  if constexpr (kType == LinearType::kInt8Wide) TileInt8Wide<kRows>(args);
}

}  // namespace

namespace ironscribe::kernels::linear_avx512 {
void Multiply(const LinearCall& call) { MultiplyByType(call); }
}  // namespace ironscribe::kernels::linear_avx512
