#include "kernels/activation/activation.h"

#include "kernels/activation/activation_levels.h"

namespace ironscribe::kernels {

const ActivationKernels& ActivationKernelsFor(CpuLevel level) {
#if defined(__x86_64__)
  if (level == CpuLevel::kAvx512) return activation_avx512::Table();
  if (level == CpuLevel::kAvx2) return activation_avx2::Table();
#elif defined(__aarch64__)
  if (level == CpuLevel::kNeonI8mm) return activation_neon_i8mm::Table();
  if (level == CpuLevel::kNeonDot) return activation_neon_dot::Table();
#endif
  (void)level;
  return activation_portable::Table();
}

}  // namespace ironscribe::kernels
