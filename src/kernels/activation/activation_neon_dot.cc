#include "kernels/activation/activation_impl.h"
#include "kernels/activation/activation_levels.h"

namespace ironscribe::kernels::activation_neon_dot {
const ActivationKernels& Table() { return kTable; }
}  // namespace ironscribe::kernels::activation_neon_dot
