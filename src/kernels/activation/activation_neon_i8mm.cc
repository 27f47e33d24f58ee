#include "kernels/activation/activation_impl.h"
#include "kernels/activation/activation_levels.h"

namespace ironscribe::kernels::activation_neon_i8mm {
const ActivationKernels& Table() { return kTable; }
}  // namespace ironscribe::kernels::activation_neon_i8mm
