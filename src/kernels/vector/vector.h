// Sixteen float lanes as one value, by the compiler's vector extension: the same source compiles to
// one AVX-512 register, two AVX2 registers or plain code, with the same lanes and the same order of
// summation at every level. Only for sources that are compiled once per CPU level; everything here
// has internal linkage, so that no code of a higher level can leak into a lower one.
#pragma once

#include <cstdint>
#include <cstring>

namespace {  // NOLINT: internal linkage is the point, see above.

using F32x16 = float __attribute__((vector_size(64)));
using I32x16 = int32_t __attribute__((vector_size(64)));

constexpr int64_t kLanes = 16;

#define IRONSCRIBE_INLINE [[gnu::always_inline]] static inline

IRONSCRIBE_INLINE F32x16 Load(const float* from) {
  F32x16 value;
  __builtin_memcpy(&value, from, sizeof(value));
  return value;
}

IRONSCRIBE_INLINE void Store(F32x16 value, float* to) {
  __builtin_memcpy(to, &value, sizeof(value));
}

// The first `count` lanes from memory, `fill` in the rest.
IRONSCRIBE_INLINE F32x16 LoadPartial(const float* from, int64_t count, float fill) {
  float lanes[kLanes];
  for (int64_t i = 0; i < kLanes; ++i) lanes[i] = fill;
  __builtin_memcpy(lanes, from, static_cast<size_t>(count) * sizeof(float));
  return Load(lanes);
}

IRONSCRIBE_INLINE void StorePartial(F32x16 value, int64_t count, float* to) {
  __builtin_memcpy(to, &value, static_cast<size_t>(count) * sizeof(float));
}

IRONSCRIBE_INLINE F32x16 Broadcast(float value) { return F32x16{} + value; }

IRONSCRIBE_INLINE F32x16 Max(F32x16 a, F32x16 b) { return a > b ? a : b; }
IRONSCRIBE_INLINE F32x16 Min(F32x16 a, F32x16 b) { return a < b ? a : b; }

IRONSCRIBE_INLINE F32x16 Abs(F32x16 value) {
  I32x16 bits;
  __builtin_memcpy(&bits, &value, sizeof(bits));
  bits &= 0x7fffffff;
  __builtin_memcpy(&value, &bits, sizeof(bits));
  return value;
}

// Pairwise from the outside in: the order never changes with the level.
IRONSCRIBE_INLINE float ReduceSum(F32x16 value) {
  float lanes[kLanes];
  Store(value, lanes);
  for (int64_t width = kLanes / 2; width > 0; width /= 2) {
    for (int64_t i = 0; i < width; ++i) lanes[i] += lanes[i + width];
  }
  return lanes[0];
}

IRONSCRIBE_INLINE float ReduceMax(F32x16 value) {
  float lanes[kLanes];
  Store(value, lanes);
  for (int64_t width = kLanes / 2; width > 0; width /= 2) {
    for (int64_t i = 0; i < width; ++i)
      lanes[i] = lanes[i] > lanes[i + width] ? lanes[i] : lanes[i + width];
  }
  return lanes[0];
}

// Rounds to the nearest integer, ties to even, for |value| < 2^22: adding 1.5 * 2^23 pushes the
// fraction out of the mantissa.
IRONSCRIBE_INLINE F32x16 RoundNearest(F32x16 value) {
  constexpr float kMagic = 12582912.0f;
  return (value + kMagic) - kMagic;
}

// e^x to about 1 ulp for x <= 88; below -87 the result is 0. Cody and Waite's reduction by ln 2 in
// two parts, then the Taylor polynomial of degree 6 on [-ln2/2, ln2/2] (remainder below 1.2e-7
// relative).
IRONSCRIBE_INLINE F32x16 Exp(F32x16 x) {
  const F32x16 clamped = Min(Max(x, Broadcast(-87.0f)), Broadcast(88.0f));
  const F32x16 n = RoundNearest(clamped * 1.44269504088896341f);  // 1 / ln 2
  F32x16 r = clamped - n * 0.693359375f;                          // ln 2, upper 9 bits
  r = r - n * -2.12194440e-4f;                                    // ln 2, the rest
  F32x16 p = Broadcast(1.0f / 720);
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const I32x16 exponent = (__builtin_convertvector(n, I32x16) + 127) << 23;
  F32x16 power;
  __builtin_memcpy(&power, &exponent, sizeof(power));
  const F32x16 result = p * power;
  return x < Broadcast(-87.0f) ? F32x16{} : result;
}

// x * Phi(x) = x/2 * (1 + erf(x / sqrt 2)), with erf by Abramowitz and Stegun 7.1.26 (absolute
// error below 1.5e-7).
IRONSCRIBE_INLINE F32x16 Gelu(F32x16 x) {
  const F32x16 z = Abs(x) * 0.70710678118654752f;
  const F32x16 t = 1.0f / (1.0f + 0.3275911f * z);
  F32x16 p = Broadcast(1.061405429f);
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  const F32x16 tail = p * t * Exp(-z * z);  // 1 - erf(|z|)
  const F32x16 half = 0.5f * x;
  return x > F32x16{} ? x - half * tail : half * tail;
}

}  // namespace
