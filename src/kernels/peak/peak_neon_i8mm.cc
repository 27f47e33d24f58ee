// The matrix product of bytes and the dot product of bfloat16, as kernels/linear uses them.
#include "kernels/peak/peak_neon.h"

namespace {

void RunInt8(int64_t rounds) {
  const uint8x16_t a = vdupq_n_u8(3);
  const int8x16_t b = vdupq_n_s8(5);
  RunRounds<kSums, int32x4_t>(rounds, [&](int32x4_t sum) { return vusmmlaq_s32(sum, a, b); });
}

void RunBFloat16(int64_t rounds) {
  // 0.76 and 0.25, about: GCC 12 emits an instruction of binary16 for constants such as 0.75.
  const bfloat16x8_t a = vreinterpretq_bf16_u16(vdupq_n_u16(0x3f43));
  const bfloat16x8_t b = vreinterpretq_bf16_u16(vdupq_n_u16(0x3e83));
  RunRounds<kSums, float32x4_t>(rounds, [&](float32x4_t sum) { return vbfdotq_f32(sum, a, b); });
}

constexpr PeakKernels kTable = {.loops = {{.instructions = "usmmla 4s",
                                           .is_single = true,
                                           .operations_per_round = kSums * 32 * 2,
                                           .run = &RunInt8},
                                          kInt16Loop,
                                          {.instructions = "bfdot 4s",
                                           .is_single = true,
                                           .operations_per_round = kSums * 8 * 2,
                                           .run = &RunBFloat16},
                                          kFloat32Loop},
                                .read = &ReadAll};

}  // namespace

namespace ironscribe::kernels::peak_neon_i8mm {
const PeakKernels& Table() { return kTable; }
}  // namespace ironscribe::kernels::peak_neon_i8mm
