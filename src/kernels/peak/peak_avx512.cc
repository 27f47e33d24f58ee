// One instruction for each arithmetic: VNNI for integers, BF16, and the fused multiply-add.
#include <immintrin.h>

#include "kernels/peak/peak_impl.h"

namespace {

// The slowest, vdpbf16ps, takes 6 cycles (Zen 4 and 5): at two a cycle 12 sums would do on an idle
// core; with two factors 22 of the 32 registers.
constexpr int kSums = 20;

// Sums in the element type of the instruction: GCC 12 stores __m512i sums to the stack in every
// round (see kernels/linear).
void RunInt8(int64_t rounds) {
  const __m512i a = _mm512_set1_epi8(3), b = _mm512_set1_epi8(5);
  RunRounds<kSums, IntLanes>(
      rounds, [&](IntLanes sum) { return (IntLanes)_mm512_dpbusd_epi32((__m512i)sum, a, b); });
}

void RunInt16(int64_t rounds) {
  const __m512i a = _mm512_set1_epi16(3), b = _mm512_set1_epi16(5);
  RunRounds<kSums, IntLanes>(
      rounds, [&](IntLanes sum) { return (IntLanes)_mm512_dpwssd_epi32((__m512i)sum, a, b); });
}

void RunBFloat16(int64_t rounds) {
  const auto a = (__m512bh)_mm512_set1_epi16(0x3f40), b = (__m512bh)_mm512_set1_epi16(0x3e80);
  RunRounds<kSums, __m512>(rounds,
                           [&](__m512 sum) { return _mm512_dpbf16_ps(sum, a, b); });  // 0.75, 0.25
}

void RunFloat32(int64_t rounds) {
  const __m512 factor = _mm512_set1_ps(0.75f), term = _mm512_set1_ps(0.25f);
  RunRounds<kSums, __m512>(rounds, [&](__m512 sum) { return _mm512_fmadd_ps(factor, term, sum); });
}

constexpr PeakKernels kTable = {.loops = {{.instructions = "vpdpbusd zmm",
                                           .is_single = true,
                                           .operations_per_round = kSums * 64 * 2,
                                           .run = &RunInt8},
                                          {.instructions = "vpdpwssd zmm",
                                           .is_single = true,
                                           .operations_per_round = kSums * 32 * 2,
                                           .run = &RunInt16},
                                          {.instructions = "vdpbf16ps zmm",
                                           .is_single = true,
                                           .operations_per_round = kSums * 32 * 2,
                                           .run = &RunBFloat16},
                                          {.instructions = "vfmadd zmm",
                                           .is_single = true,
                                           .operations_per_round = kSums * 16 * 2,
                                           .run = &RunFloat32}},
                                .read = &ReadAll};

}  // namespace

namespace ironscribe::kernels::peak_avx512 {
const PeakKernels& Table() { return kTable; }
}  // namespace ironscribe::kernels::peak_avx512
