#include "kernels/peak/peak.h"

#include "kernels/peak/peak_levels.h"

namespace ironscribe::kernels {

const PeakKernels& PeakKernelsFor(CpuLevel level) {
#if defined(__x86_64__)
  if (level == CpuLevel::kAvx512) return peak_avx512::Table();
  if (level == CpuLevel::kAvx2) return peak_avx2::Table();
#elif defined(__aarch64__)
  if (level == CpuLevel::kNeonI8mm) return peak_neon_i8mm::Table();
  if (level == CpuLevel::kNeonDot) return peak_neon_dot::Table();
#endif
  (void)level;
  return peak_portable::Table();
}

// Both operands are registers: some cores add small constants while renaming, in no time at all.
int64_t RunDependentAdditions(int64_t count) {
  constexpr int64_t kPerRound = 32;
  const int64_t rounds = (count + kPerRound - 1) / kPerRound;
  [[maybe_unused]] uint64_t sum = 0;
  [[maybe_unused]] uint64_t step = 1;
  for (int64_t round = 0; round < rounds; ++round) {
#if defined(__x86_64__)
    asm volatile(".rept 32\n\taddq %1, %0\n\t.endr" : "+r"(sum) : "r"(step) : "cc");
#elif defined(__aarch64__)
    asm volatile(".rept 32\n\tadd %0, %0, %1\n\t.endr" : "+r"(sum) : "r"(step));
#else
    return 0;
#endif
  }
  return rounds * kPerRound;
}

}  // namespace ironscribe::kernels
