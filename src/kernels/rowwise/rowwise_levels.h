// The tables that each CPU level of this folder exports.
#pragma once

#include "kernels/rowwise/rowwise.h"

namespace ironscribe::kernels {
namespace rowwise_portable {
const RowwiseKernels& Table();
}
namespace rowwise_avx2 {
const RowwiseKernels& Table();
}
namespace rowwise_avx512 {
const RowwiseKernels& Table();
}
namespace rowwise_neon_dot {
const RowwiseKernels& Table();
}
namespace rowwise_neon_i8mm {
const RowwiseKernels& Table();
}
}  // namespace ironscribe::kernels
