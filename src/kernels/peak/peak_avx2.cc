// AVX2 has no dot product of bytes: kernels/linear multiplies bytes to words, adds pairs, and adds
// again, and that is what is measured. For bfloat16 it has nothing; its products run as float32.
#include <immintrin.h>

#include "kernels/peak/peak_impl.h"

namespace {

// Sums in the element type of the instruction: GCC 12 stores __m256i sums to the stack in every
// round.
using I32x8 = int32_t __attribute__((vector_size(32)));

// An FMA of 4 cycles at two a cycle needs 8 sums, a product and a sum of words 12: with two factors
// and a product 15 of the 16 registers.
constexpr int kSums = 12;

// The sum is a factor too: a product of constants would leave the loop.
void RunInt8(int64_t rounds) {
  const __m256i a = _mm256_set1_epi8(3), ones = _mm256_set1_epi16(1);
  RunRounds<kSums, I32x8>(rounds, [&](I32x8 sum) {
    const __m256i pairs = _mm256_maddubs_epi16(a, (__m256i)sum);
    return (I32x8)_mm256_add_epi32((__m256i)sum, _mm256_madd_epi16(pairs, ones));
  });
}

void RunInt16(int64_t rounds) {
  const __m256i a = _mm256_set1_epi16(3);
  RunRounds<kSums, I32x8>(rounds, [&](I32x8 sum) {
    return (I32x8)_mm256_add_epi32((__m256i)sum, _mm256_madd_epi16(a, (__m256i)sum));
  });
}

void RunFloat32(int64_t rounds) {
  const __m256 factor = _mm256_set1_ps(0.75f), term = _mm256_set1_ps(0.25f);
  RunRounds<kSums, __m256>(rounds, [&](__m256 sum) { return _mm256_fmadd_ps(factor, term, sum); });
}

constexpr PeakKernels kTable = {.loops = {{.instructions = "vpmaddubsw, vpmaddwd, vpaddd ymm",
                                           .is_single = false,
                                           .operations_per_round = kSums * 32 * 2,
                                           .run = &RunInt8},
                                          {.instructions = "vpmaddwd, vpaddd ymm",
                                           .is_single = false,
                                           .operations_per_round = kSums * 16 * 2,
                                           .run = &RunInt16},
                                          {},
                                          {.instructions = "vfmadd ymm",
                                           .is_single = true,
                                           .operations_per_round = kSums * 8 * 2,
                                           .run = &RunFloat32}},
                                .read = &ReadAll};

}  // namespace

namespace ironscribe::kernels::peak_avx2 {
const PeakKernels& Table() { return kTable; }
}  // namespace ironscribe::kernels::peak_avx2
