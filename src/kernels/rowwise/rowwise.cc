#include "kernels/rowwise/rowwise.h"

#include "kernels/rowwise/rowwise_levels.h"

namespace ironscribe::kernels {

const RowwiseKernels& RowwiseKernelsFor(CpuLevel level) {
#if defined(__x86_64__)
  if (level == CpuLevel::kAvx512) return rowwise_avx512::Table();
  if (level == CpuLevel::kAvx2) return rowwise_avx2::Table();
#endif
  (void)level;
  return rowwise_portable::Table();
}

}  // namespace ironscribe::kernels
