// Sixteen float lanes as one value: one AVX-512 register, two of AVX2, four of SSE2 or NEON, with
// the same lanes and the same order of summation at every level. Only for sources that are compiled
// once per CPU level; everything here has internal linkage, so that no code of a higher level can
// leak into a lower one.
#pragma once

#include <cstdint>

#if defined(__AVX2__)
#include <immintrin.h>
#elif defined(__ARM_FEATURE_DOTPROD)
#include <arm_neon.h>
#endif

namespace {  // NOLINT: internal linkage is the point, see above.

constexpr int64_t kLanes = 16;

#if defined(__AVX512F__)
constexpr int kPartLanes = 16;
#elif defined(__AVX2__)
constexpr int kPartLanes = 8;
#else
constexpr int kPartLanes = 4;
#endif
constexpr int kParts = static_cast<int>(kLanes) / kPartLanes;

using F32Part = float __attribute__((vector_size(kPartLanes * 4)));
using I32Part = int32_t __attribute__((vector_size(kPartLanes * 4)));

// In parts, because GCC 12 keeps vectors wider than a register in memory.
struct F32x16 {
  F32Part part[kParts];
};
struct I32x16 {
  I32Part part[kParts];
};

#define IRONSCRIBE_INLINE [[gnu::always_inline]] static inline
#define IRONSCRIBE_FOR_PARTS(p) _Pragma("GCC unroll 4") for (int p = 0; p < kParts; ++p)

IRONSCRIBE_INLINE F32x16 Load(const float* from) {
  F32x16 value;
  IRONSCRIBE_FOR_PARTS(p) {
    __builtin_memcpy(&value.part[p], from + p * kPartLanes, sizeof(F32Part));
  }
  return value;
}

IRONSCRIBE_INLINE void Store(F32x16 value, float* to) {
  IRONSCRIBE_FOR_PARTS(p) {
    __builtin_memcpy(to + p * kPartLanes, &value.part[p], sizeof(F32Part));
  }
}

// The first `count` lanes from memory, `fill` in the rest. Requires: 0 <= count < 16.
IRONSCRIBE_INLINE F32x16 LoadPartial(const float* from, int64_t count, float fill) {
#if defined(__AVX512F__)
  const auto mask = static_cast<__mmask16>((1u << count) - 1);
  return {{_mm512_mask_loadu_ps(_mm512_set1_ps(fill), mask, from)}};
#else
  float lanes[kLanes];
  for (int64_t i = 0; i < kLanes; ++i) lanes[i] = fill;
  __builtin_memcpy(lanes, from, static_cast<size_t>(count) * sizeof(float));
  return Load(lanes);
#endif
}

IRONSCRIBE_INLINE void StorePartial(F32x16 value, int64_t count, float* to) {
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1u << count) - 1), value.part[0]);
#else
  __builtin_memcpy(to, &value, static_cast<size_t>(count) * sizeof(float));
#endif
}

IRONSCRIBE_INLINE F32x16 Broadcast(float value) {
  F32x16 result;
  IRONSCRIBE_FOR_PARTS(p) result.part[p] = F32Part{} + value;
  return result;
}

IRONSCRIBE_INLINE F32x16 operator+(F32x16 a, F32x16 b) {
  IRONSCRIBE_FOR_PARTS(p) a.part[p] += b.part[p];
  return a;
}
IRONSCRIBE_INLINE F32x16 operator-(F32x16 a, F32x16 b) {
  IRONSCRIBE_FOR_PARTS(p) a.part[p] -= b.part[p];
  return a;
}
IRONSCRIBE_INLINE F32x16 operator*(F32x16 a, F32x16 b) {
  IRONSCRIBE_FOR_PARTS(p) a.part[p] *= b.part[p];
  return a;
}
IRONSCRIBE_INLINE F32x16 operator/(F32x16 a, F32x16 b) {
  IRONSCRIBE_FOR_PARTS(p) a.part[p] /= b.part[p];
  return a;
}
IRONSCRIBE_INLINE F32x16& operator+=(F32x16& a, F32x16 b) { return a = a + b; }

// a * b + c, rounded once where the level has an instruction for it.
IRONSCRIBE_INLINE F32x16 Fma(F32x16 a, F32x16 b, F32x16 c) {
  IRONSCRIBE_FOR_PARTS(p) {
#if defined(__AVX512F__)
    c.part[p] = _mm512_fmadd_ps(a.part[p], b.part[p], c.part[p]);
#elif defined(__AVX2__)
    c.part[p] = _mm256_fmadd_ps(a.part[p], b.part[p], c.part[p]);
#elif defined(__ARM_FEATURE_DOTPROD)
    c.part[p] = vfmaq_f32(c.part[p], a.part[p], b.part[p]);
#else
    c.part[p] = a.part[p] * b.part[p] + c.part[p];
#endif
  }
  return c;
}

// Polynomials: p * x + c.
IRONSCRIBE_INLINE F32x16 Fma(F32x16 p, F32x16 x, float c) { return Fma(p, x, Broadcast(c)); }

// The larger of each pair; b where either is not a number.
IRONSCRIBE_INLINE F32x16 Max(F32x16 a, F32x16 b) {
  IRONSCRIBE_FOR_PARTS(p) {
#if defined(__AVX512F__)
    a.part[p] = _mm512_max_ps(a.part[p], b.part[p]);
#elif defined(__AVX2__)
    a.part[p] = _mm256_max_ps(a.part[p], b.part[p]);
#else
    a.part[p] = a.part[p] > b.part[p] ? a.part[p] : b.part[p];
#endif
  }
  return a;
}

IRONSCRIBE_INLINE F32x16 Min(F32x16 a, F32x16 b) {
  IRONSCRIBE_FOR_PARTS(p) {
#if defined(__AVX512F__)
    a.part[p] = _mm512_min_ps(a.part[p], b.part[p]);
#elif defined(__AVX2__)
    a.part[p] = _mm256_min_ps(a.part[p], b.part[p]);
#else
    a.part[p] = a.part[p] < b.part[p] ? a.part[p] : b.part[p];
#endif
  }
  return a;
}

IRONSCRIBE_INLINE F32x16 Abs(F32x16 value) {
  IRONSCRIBE_FOR_PARTS(p) value.part[p] = (F32Part)((I32Part)value.part[p] & 0x7fffffff);
  return value;
}

// To the nearest integer, ties to even. Requires: |value| < 2^22.
IRONSCRIBE_INLINE I32x16 RoundToInt(F32x16 value) {
  I32x16 result;
  IRONSCRIBE_FOR_PARTS(p) {
#if defined(__AVX512F__)
    result.part[p] = (I32Part)_mm512_cvtps_epi32(value.part[p]);
#elif defined(__AVX2__)
    result.part[p] = (I32Part)_mm256_cvtps_epi32(value.part[p]);
#elif defined(__ARM_FEATURE_DOTPROD)
    result.part[p] = vcvtnq_s32_f32(value.part[p]);
#else
    // 1.5 * 2^23 pushes the fraction out of the mantissa and leaves the integer in its low bits.
    const F32Part magic = F32Part{} + 12582912.0f;
    result.part[p] = (I32Part)(value.part[p] + magic) - (I32Part)magic;
#endif
  }
  return result;
}

// Integers in a narrower form, the first `count` of them. Requires: they fit; 0 <= count <= 16.
IRONSCRIBE_INLINE void StoreInt8(I32x16 value, int64_t count, int8_t* to) {
#if defined(__AVX512F__)
  const __m128i bytes = _mm512_cvtepi32_epi8((__m512i)value.part[0]);
#elif defined(__AVX2__)
  const __m256i pairs = _mm256_packs_epi32((__m256i)value.part[0], (__m256i)value.part[1]);
  const __m256i words = _mm256_permute4x64_epi64(pairs, 0xd8);  // 128-bit halves back in order.
  const __m128i bytes =
      _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
#elif defined(__ARM_FEATURE_DOTPROD)
  const int16x8_t low = vcombine_s16(vmovn_s32(value.part[0]), vmovn_s32(value.part[1]));
  const int16x8_t high = vcombine_s16(vmovn_s32(value.part[2]), vmovn_s32(value.part[3]));
  const int8x16_t bytes = vcombine_s8(vmovn_s16(low), vmovn_s16(high));
#else
  int32_t lanes[kLanes];
  __builtin_memcpy(lanes, &value, sizeof(lanes));
  int8_t bytes[kLanes];
  for (int64_t i = 0; i < kLanes; ++i) bytes[i] = static_cast<int8_t>(lanes[i]);
#endif
  __builtin_memcpy(to, &bytes, static_cast<size_t>(count));
}

IRONSCRIBE_INLINE void StoreInt16(I32x16 value, int64_t count, int16_t* to) {
#if defined(__AVX512F__)
  const __m256i words = _mm512_cvtepi32_epi16((__m512i)value.part[0]);
#elif defined(__AVX2__)
  const __m256i words = _mm256_permute4x64_epi64(
      _mm256_packs_epi32((__m256i)value.part[0], (__m256i)value.part[1]), 0xd8);
#else
  int32_t lanes[kLanes];
  __builtin_memcpy(lanes, &value, sizeof(lanes));
  int16_t words[kLanes];
  for (int64_t i = 0; i < kLanes; ++i) words[i] = static_cast<int16_t>(lanes[i]);
#endif
  __builtin_memcpy(to, &words, static_cast<size_t>(count) * sizeof(int16_t));
}

// Rounded to bfloat16, nearest even; denormal numbers may become zero.
IRONSCRIBE_INLINE void StoreBFloat16(F32x16 value, int64_t count, uint16_t* to) {
#if defined(__AVX512F__)
  const auto words = (__m256i)_mm512_cvtneps_pbh(value.part[0]);
#else
  // Adds half of the last place that stays, less a bit where that would round up to odd.
  I32x16 bits;
  IRONSCRIBE_FOR_PARTS(p) {
    const I32Part exact = (I32Part)value.part[p];
    bits.part[p] = exact + 0x7fff + ((exact >> 16) & 1);
  }
#if defined(__AVX2__)
  const __m256i words =
      _mm256_permute4x64_epi64(_mm256_packus_epi32(_mm256_srli_epi32((__m256i)bits.part[0], 16),
                                                   _mm256_srli_epi32((__m256i)bits.part[1], 16)),
                               0xd8);
#else
  uint32_t lanes[kLanes];
  __builtin_memcpy(lanes, &bits, sizeof(lanes));
  uint16_t words[kLanes];
  for (int64_t i = 0; i < kLanes; ++i) words[i] = static_cast<uint16_t>(lanes[i] >> 16);
#endif
#endif
  __builtin_memcpy(to, &words, static_cast<size_t>(count) * sizeof(uint16_t));
}

// Both, one behind the other: one instruction with AVX-512.
IRONSCRIBE_INLINE void StoreBFloat16Pair(F32x16 first, F32x16 second, uint16_t* to) {
#if defined(__AVX512F__)
  const auto words = (__m512i)_mm512_cvtne2ps_pbh(second.part[0], first.part[0]);
  __builtin_memcpy(to, &words, sizeof(words));
#else
  StoreBFloat16(first, kLanes, to);
  StoreBFloat16(second, kLanes, to + kLanes);
#endif
}

IRONSCRIBE_INLINE int32_t SumLanes(I32x16 value) {
  I32Part sum = value.part[0];
  for (int p = 1; p < kParts; ++p) sum += value.part[p];
  int32_t total = 0;
  for (int i = 0; i < kPartLanes; ++i) total += sum[i];
  return total;
}

// Horizontal reductions go pairwise from the outside in, in the same order at every level: lanes 8
// apart, then 4, 2 and 1.
using F32x4 = float __attribute__((vector_size(16)));

struct Add {
  template <typename Vector>
  [[gnu::always_inline]] Vector operator()(Vector a, Vector b) const {
    return a + b;
  }
};
struct Larger {
  template <typename Vector>
  [[gnu::always_inline]] Vector operator()(Vector a, Vector b) const {
    return a > b ? a : b;
  }
};

template <typename Operation>
IRONSCRIBE_INLINE float Reduce(F32x16 value, Operation operation) {
#if defined(__AVX512F__)
  const __m256 half =
      operation(_mm512_castps512_ps256(value.part[0]), _mm512_extractf32x8_ps(value.part[0], 1));
  const F32x4 quarter = operation(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
#elif defined(__AVX2__)
  const __m256 half = operation(value.part[0], value.part[1]);
  const F32x4 quarter = operation(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
#else
  const F32x4 quarter =
      operation(operation(value.part[0], value.part[2]), operation(value.part[1], value.part[3]));
#endif
  const F32x4 pair = operation(quarter, __builtin_shufflevector(quarter, quarter, 2, 3, 2, 3));
  return operation(pair, __builtin_shufflevector(pair, pair, 1, 1, 1, 1))[0];
}

IRONSCRIBE_INLINE float ReduceSum(F32x16 value) { return Reduce(value, Add{}); }
IRONSCRIBE_INLINE float ReduceMax(F32x16 value) { return Reduce(value, Larger{}); }

// Polynomials p(f) of least relative error to 2^f over an interval of length 1, constant term
// first, by Lawson's iteration in double precision: 7.5e-5 for degree 3, and with p(0) = 1, so that
// 2^0 is 1, 2.9e-6 for degree 4 and 9.2e-8 for 5. On [0, 1) where the level has instructions for
// the fraction and the whole part of a number, elsewhere on [-1/2, 1/2].
template <int kDegree>
struct Exp2Polynomial;
#if defined(__AVX512F__)
template <>
struct Exp2Polynomial<3> {
  static constexpr float kTerms[] = {0.999925219f, 0.695833539f, 0.226067159f, 0.07802452f};
};
template <>
struct Exp2Polynomial<4> {
  static constexpr float kTerms[] = {1.0f, 0.693044845f, 0.241280205f, 0.0522424739f,
                                     0.0134266844f};
};
template <>
struct Exp2Polynomial<5> {
  static constexpr float kTerms[] = {1.0f,          0.693151312f,   0.24016445f,
                                     0.0557999132f, 0.00901703028f, 0.00186713009f};
};
#else
template <>
struct Exp2Polynomial<3> {
  static constexpr float kTerms[] = {0.999928074f, 0.693260986f, 0.242611122f, 0.0551716672f};
};
template <>
struct Exp2Polynomial<4> {
  static constexpr float kTerms[] = {1.0f, 0.693124193f, 0.240240986f, 0.0559064247f,
                                     0.00958285299f};
};
template <>
struct Exp2Polynomial<5> {
  static constexpr float kTerms[] = {1.0f,          0.693146978f,   0.240222421f,
                                     0.0555073374f, 0.00967151265f, 0.00132647271f};
};
#endif

// The sum of terms[i] * x^i.
template <int kCount>
IRONSCRIBE_INLINE F32x16 Polynomial(const float (&terms)[kCount], F32x16 x) {
  F32x16 sum = Broadcast(terms[kCount - 1]);
  _Pragma("GCC unroll 16") for (int i = kCount - 2; i >= 0; --i) {
    sum = Fma(sum, x, Broadcast(terms[i]));
  }
  return sum;
}

// 2^t with the relative error of its polynomial and a rounding or two; 0 for t below about -125.
// Requires: t < 127.
template <int kDegree>
IRONSCRIBE_INLINE F32x16 Exp2(F32x16 t) {
#if defined(__AVX512F__)
  const F32x16 fraction = {{_mm512_reduce_ps(t.part[0], _MM_FROUND_TO_NEG_INF)}};
  const F32x16 power = Polynomial(Exp2Polynomial<kDegree>::kTerms, fraction);
  return {{_mm512_scalef_ps(power.part[0], t.part[0])}};
#else
  constexpr float kLeast = -125.0f;  // The result is a normal number.
  // 1.5 * 2^23 pushes the fraction out of the mantissa and leaves the integer in its low bits.
  const F32x16 magic = Broadcast(12582912.0f);
  const F32x16 clamped = Max(t, Broadcast(kLeast));
  const F32x16 shifted = clamped + magic;
  F32x16 power = Polynomial(Exp2Polynomial<kDegree>::kTerms, clamped - (shifted - magic));
  IRONSCRIBE_FOR_PARTS(p) {
    const I32Part exponent = (I32Part)shifted.part[p] << 23;
    const I32Part kept = t.part[p] >= F32Part{} + kLeast;
    power.part[p] = (F32Part)(((I32Part)power.part[p] + exponent) & kept);
  }
  return power;
#endif
}

constexpr float kLog2E = 1.44269504088896341f;

// e^x with a relative error of 2e-7 and what rounding x / ln 2 costs, |x| * 6e-8; 0 below about
// -86.6. What is larger than the largest float may be any number above 8e37.
IRONSCRIBE_INLINE F32x16 Exp(F32x16 x) {
  return Exp2<5>(Min(x * Broadcast(kLog2E), Broadcast(126.0f)));
}

// x * Phi(x) to 2e-6, as max(x, 0) - a * Phi(-a) with a = |x|. Phi(-a) * exp(a^2 / 2), Mills' ratio
// over sqrt(2 pi), is smooth: a polynomial of degree 8 with 1/2 at 0, fitted to the least absolute
// error of the whole on [0, 6] (1.0e-6, Lawson's iteration in double precision); beyond, the
// exponential vanishes before the polynomial grows.
IRONSCRIBE_INLINE F32x16 Gelu(F32x16 x) {
  constexpr float kTerms[] = {0.5f,          -0.398729056f,    0.248216363f,
                              -0.127211883f, 0.0526529729f,    -0.0164352383f,
                              0.0035038666f, -0.000442756926f, 2.45951043e-05f};
  constexpr float kLargest = 14.0f;  // exp(-a^2 / 2) is below 1e-42.
  const F32x16 a = Min(Abs(x), Broadcast(kLargest));
  const F32x16 tail = Exp2<4>(a * a * Broadcast(-0.5f * kLog2E));
  return Max(x, Broadcast(0)) - a * Polynomial(kTerms, a) * tail;
}

}  // namespace
