#include "kernels/activation/activation_impl.h"
#include "kernels/activation/activation_levels.h"

namespace ironscribe::kernels::activation_avx2 {
const ActivationKernels& Table() { return kTable; }
}  // namespace ironscribe::kernels::activation_avx2
