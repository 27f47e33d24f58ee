// The frame of the loops, the same source for every level. Only for sources that are compiled once
// per CPU level: everything here has internal linkage.
#pragma once

#include "kernels/peak/peak_levels.h"
#include "kernels/vector/vector.h"

#define IRONSCRIBE_UNROLL_ALL _Pragma("GCC unroll 32")

namespace {  // NOLINT: internal linkage is the point, see above.

using ironscribe::kernels::PeakKernels;

// 64 bytes, which the compiler splits where a level's registers are smaller.
using IntLanes = int32_t __attribute__((vector_size(64)));

// `step` applied to kSums values in turn, `rounds` times. The sums go through a store that the
// compiler must keep.
template <int kSums, typename T, typename Step>
IRONSCRIBE_INLINE void RunRounds(int64_t rounds, const Step& step) {
  T sums[kSums];
  IRONSCRIBE_UNROLL_ALL
  for (int i = 0; i < kSums; ++i) {
    T start{};
    asm("" : "+m"(start));  // Unknown to the compiler, which would keep one sum of equal ones.
    sums[i] = start;
  }
  for (int64_t round = 0; round < rounds; ++round) {
    IRONSCRIBE_UNROLL_ALL
    for (int i = 0; i < kSums; ++i) sums[i] = step(sums[i]);
  }
  IRONSCRIBE_UNROLL_ALL
  for (int i = 0; i < kSums; ++i) {
    int32_t first;
    __builtin_memcpy(&first, &sums[i], sizeof(first));
    volatile int32_t keep = first;
    (void)keep;
  }
}

// Four sums of 64 bytes: loads, not the sums, are the limit at every level.
uint32_t ReadAll(const std::byte* data, size_t bytes) {
  IntLanes sums[4] = {};
  for (size_t at = 0; at < bytes; at += 1024) {
    IRONSCRIBE_UNROLL_ALL
    for (size_t i = 0; i < 16; ++i) {
      IntLanes value;
      __builtin_memcpy(&value, data + at + 64 * i, sizeof(value));
      sums[i % 4] ^= value;
    }
  }
  const IntLanes all = (sums[0] ^ sums[1]) ^ (sums[2] ^ sums[3]);
  int32_t lanes[kLanes];
  __builtin_memcpy(lanes, &all, sizeof(lanes));
  uint32_t result = 0;
  for (int32_t lane : lanes) result ^= static_cast<uint32_t>(lane);
  return result;
}

}  // namespace
