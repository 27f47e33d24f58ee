#include "kernels/rowwise/rowwise.h"

#include "kernels/rowwise/rowwise_levels.h"

namespace ironscribe::kernels {

const RowwiseKernels& RowwiseKernelsFor(CpuLevel level) {
#if defined(__x86_64__)
  if (level == CpuLevel::kAvx512) return rowwise_avx512::Table();
  if (level == CpuLevel::kAvx2) return rowwise_avx2::Table();
#elif defined(__aarch64__)
  if (level == CpuLevel::kNeonI8mm) return rowwise_neon_i8mm::Table();
  if (level == CpuLevel::kNeonDot) return rowwise_neon_dot::Table();
#endif
  (void)level;
  return rowwise_portable::Table();
}

}  // namespace ironscribe::kernels
