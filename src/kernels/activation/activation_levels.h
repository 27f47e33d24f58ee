// The tables that each CPU level of this folder exports.
#pragma once

#include "kernels/activation/activation.h"

namespace ironscribe::kernels {
namespace activation_portable {
const ActivationKernels& Table();
}
namespace activation_avx2 {
const ActivationKernels& Table();
}
namespace activation_avx512 {
const ActivationKernels& Table();
}
namespace activation_neon_dot {
const ActivationKernels& Table();
}
namespace activation_neon_i8mm {
const ActivationKernels& Table();
}
}  // namespace ironscribe::kernels
