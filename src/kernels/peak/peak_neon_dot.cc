// The dot product of bytes; bfloat16 runs as float32.
#include "kernels/peak/peak_neon.h"

namespace {

void RunInt8(int64_t rounds) {
  const int8x16_t a = vdupq_n_s8(3), b = vdupq_n_s8(5);
  RunRounds<kSums, int32x4_t>(rounds, [&](int32x4_t sum) { return vdotq_s32(sum, a, b); });
}

constexpr PeakKernels kTable = {.loops = {{.instructions = "sdot 4s",
                                           .is_single = true,
                                           .operations_per_round = kSums * 16 * 2,
                                           .run = &RunInt8},
                                          kInt16Loop,
                                          {},
                                          kFloat32Loop},
                                .read = &ReadAll};

}  // namespace

namespace ironscribe::kernels::peak_neon_dot {
const PeakKernels& Table() { return kTable; }
}  // namespace ironscribe::kernels::peak_neon_dot
