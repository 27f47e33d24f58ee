// What both NEON levels have: the fused multiply-add and products of 16 bits. Included once per
// level; see vector.h on linkage.
#pragma once

#include <arm_neon.h>

#include "kernels/peak/peak_impl.h"

namespace {  // NOLINT

// Four pipes and 4 cycles of latency need 16 sums (Neoverse V1); with two factors 22 of the 32
// registers.
constexpr int kSums = 20;

void RunInt16(int64_t rounds) {
  const int16x4_t a = vdup_n_s16(3), b = vdup_n_s16(5);
  RunRounds<kSums, int32x4_t>(rounds, [&](int32x4_t sum) { return vmlal_s16(sum, a, b); });
}

void RunFloat32(int64_t rounds) {
  const float32x4_t a = vdupq_n_f32(0.75f), b = vdupq_n_f32(0.25f);
  RunRounds<kSums, float32x4_t>(rounds, [&](float32x4_t sum) { return vfmaq_f32(sum, a, b); });
}

constexpr ironscribe::kernels::PeakLoop kInt16Loop = {.instructions = "smlal 4s",
                                                      .is_single = true,
                                                      .operations_per_round = kSums * 4 * 2,
                                                      .run = &RunInt16};
constexpr ironscribe::kernels::PeakLoop kFloat32Loop = {.instructions = "fmla 4s",
                                                        .is_single = true,
                                                        .operations_per_round = kSums * 4 * 2,
                                                        .run = &RunFloat32};

}  // namespace
