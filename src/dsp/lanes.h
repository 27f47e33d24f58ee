// One SIMD vector at the level the including file is compiled for: 16 single floats with AVX-512, 8
// with AVX2 and FMA, 4 otherwise, or half as many doubles. For the level-compiled sources of this
// folder only.
// Everything is in an anonymous namespace and nothing of the standard library is used: an object
// compiled for a level must not export a weak symbol, or the linker could hand an AVX-512 copy of
// it to a processor without AVX-512. Short loops over arrays of vectors are unrolled by request, or
// GCC 12 keeps the arrays in memory.
#pragma once

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#define IRONSCRIBE_LANES_INLINE inline __attribute__((always_inline))

namespace ironscribe::dsp {
namespace {

#if defined(__AVX512F__)
constexpr int kLanes = 16;
#elif defined(__AVX2__)
constexpr int kLanes = 8;
#else
constexpr int kLanes = 4;
#endif
constexpr int kWideLanes = kLanes / 2;

using Vec = float __attribute__((vector_size(kLanes * 4)));
using IntVec = int __attribute__((vector_size(kLanes * 4)));
using UnalignedVec = float __attribute__((vector_size(kLanes * 4), aligned(4), may_alias));

using Wide = double __attribute__((vector_size(kLanes * 4)));
using HalfVec = float __attribute__((vector_size(kLanes * 2)));
using UnalignedHalfVec = float __attribute__((vector_size(kLanes * 2), aligned(4), may_alias));

IRONSCRIBE_LANES_INLINE Vec Load(const float* from) {
  return *reinterpret_cast<const UnalignedVec*>(from);
}

IRONSCRIBE_LANES_INLINE void Store(Vec value, float* to) {
  *reinterpret_cast<UnalignedVec*>(to) = value;
}

IRONSCRIBE_LANES_INLINE Vec Broadcast(float value) { return Vec{} + value; }

IRONSCRIBE_LANES_INLINE Wide BroadcastWide(double value) { return Wide{} + value; }

// kWideLanes single floats, as doubles.
IRONSCRIBE_LANES_INLINE Wide LoadWide(const float* from) {
  return __builtin_convertvector(HalfVec(*reinterpret_cast<const UnalignedHalfVec*>(from)), Wide);
}

// Rounds to single floats.
IRONSCRIBE_LANES_INLINE void StoreRounded(Wide value, float* to) {
  *reinterpret_cast<UnalignedHalfVec*>(to) = __builtin_convertvector(value, HalfVec);
}

// a * b + c, rounded once where the level has it.
IRONSCRIBE_LANES_INLINE Vec Fma(Vec a, Vec b, Vec c) {
#if defined(__AVX512F__)
  return _mm512_fmadd_ps(a, b, c);
#elif defined(__AVX2__)
  return _mm256_fmadd_ps(a, b, c);
#else
  return a * b + c;
#endif
}

IRONSCRIBE_LANES_INLINE Wide Fma(Wide a, Wide b, Wide c) {
#if defined(__AVX512F__)
  return _mm512_fmadd_pd(a, b, c);
#elif defined(__AVX2__)
  return _mm256_fmadd_pd(a, b, c);
#else
  return a * b + c;
#endif
}

// c - a * b.
IRONSCRIBE_LANES_INLINE Wide NegatedFma(Wide a, Wide b, Wide c) {
#if defined(__AVX512F__)
  return _mm512_fnmadd_pd(a, b, c);
#elif defined(__AVX2__)
  return _mm256_fnmadd_pd(a, b, c);
#else
  return c - a * b;
#endif
}

// Transposes a square of kLanes rows in place.
#if defined(__AVX512F__)
IRONSCRIBE_LANES_INLINE void Transpose(Vec (&rows)[kLanes]) {
  Vec pairs[kLanes], quads[kLanes];
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; i += 2) {
    pairs[i] = _mm512_unpacklo_ps(rows[i], rows[i + 1]);
    pairs[i + 1] = _mm512_unpackhi_ps(rows[i], rows[i + 1]);
  }
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; i += 4) {  // quads[i + j]: column j of each 128-bit part, rows i..i+3
    quads[i] = _mm512_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
    quads[i + 1] = _mm512_shuffle_ps(pairs[i], pairs[i + 2], 0xee);
    quads[i + 2] = _mm512_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
    quads[i + 3] = _mm512_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xee);
  }
#pragma GCC unroll 16
  for (int j = 0; j < 4; ++j) {
    const Vec low_even = _mm512_shuffle_f32x4(quads[j], quads[j + 4], 0x88);
    const Vec low_odd = _mm512_shuffle_f32x4(quads[j], quads[j + 4], 0xdd);
    const Vec high_even = _mm512_shuffle_f32x4(quads[j + 8], quads[j + 12], 0x88);
    const Vec high_odd = _mm512_shuffle_f32x4(quads[j + 8], quads[j + 12], 0xdd);
    rows[j] = _mm512_shuffle_f32x4(low_even, high_even, 0x88);
    rows[j + 4] = _mm512_shuffle_f32x4(low_odd, high_odd, 0x88);
    rows[j + 8] = _mm512_shuffle_f32x4(low_even, high_even, 0xdd);
    rows[j + 12] = _mm512_shuffle_f32x4(low_odd, high_odd, 0xdd);
  }
}
#elif defined(__AVX2__)
IRONSCRIBE_LANES_INLINE void Transpose(Vec (&rows)[kLanes]) {
  Vec pairs[kLanes], quads[kLanes];
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; i += 2) {
    pairs[i] = _mm256_unpacklo_ps(rows[i], rows[i + 1]);
    pairs[i + 1] = _mm256_unpackhi_ps(rows[i], rows[i + 1]);
  }
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; i += 4) {
    quads[i] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
    quads[i + 1] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0xee);
    quads[i + 2] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
    quads[i + 3] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xee);
  }
#pragma GCC unroll 16
  for (int j = 0; j < 4; ++j) {
    rows[j] = _mm256_permute2f128_ps(quads[j], quads[j + 4], 0x20);
    rows[j + 4] = _mm256_permute2f128_ps(quads[j], quads[j + 4], 0x31);
  }
}
#else
IRONSCRIBE_LANES_INLINE void Transpose(Vec (&rows)[kLanes]) {
  const Vec low01 = __builtin_shufflevector(rows[0], rows[1], 0, 4, 1, 5);
  const Vec high01 = __builtin_shufflevector(rows[0], rows[1], 2, 6, 3, 7);
  const Vec low23 = __builtin_shufflevector(rows[2], rows[3], 0, 4, 1, 5);
  const Vec high23 = __builtin_shufflevector(rows[2], rows[3], 2, 6, 3, 7);
  rows[0] = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
  rows[1] = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
  rows[2] = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
  rows[3] = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
}
#endif

}  // namespace
}  // namespace ironscribe::dsp
