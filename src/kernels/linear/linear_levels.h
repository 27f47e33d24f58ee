// The entry points that each CPU level of this folder exports.
#pragma once

#include "kernels/linear/linear.h"

namespace ironscribe::kernels {
namespace linear_portable {
void Multiply(const LinearCall& call);
}
namespace linear_avx2 {
void Multiply(const LinearCall& call);
}
namespace linear_avx512 {
void Multiply(const LinearCall& call);
}
namespace linear_neon_dot {
void Multiply(const LinearCall& call);
}
namespace linear_neon_i8mm {
void Multiply(const LinearCall& call);
}
}  // namespace ironscribe::kernels
