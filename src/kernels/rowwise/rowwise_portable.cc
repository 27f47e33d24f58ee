#include "kernels/rowwise/rowwise_impl.h"
#include "kernels/rowwise/rowwise_levels.h"

namespace ironscribe::kernels::rowwise_portable {
const RowwiseKernels& Table() { return kTable; }
}  // namespace ironscribe::kernels::rowwise_portable
