#include "kernels/rowwise/rowwise_impl.h"
#include "kernels/rowwise/rowwise_levels.h"

namespace ironscribe::kernels::rowwise_neon_i8mm {
const RowwiseKernels& Table() { return kTable; }
}  // namespace ironscribe::kernels::rowwise_neon_i8mm
