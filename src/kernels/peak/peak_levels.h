// The tables that each CPU level of this folder exports.
#pragma once

#include "kernels/peak/peak.h"

namespace ironscribe::kernels {
namespace peak_portable {
const PeakKernels& Table();
}
namespace peak_avx2 {
const PeakKernels& Table();
}
namespace peak_avx512 {
const PeakKernels& Table();
}
namespace peak_neon_dot {
const PeakKernels& Table();
}
namespace peak_neon_i8mm {
const PeakKernels& Table();
}
}  // namespace ironscribe::kernels
