// What the compiler makes of plain float32 vectors: every other arithmetic of this level runs as
// plain code that no instruction of the base architecture helps.
#include "kernels/peak/peak_impl.h"

namespace {

// A dozen sums and two factors fit the 16 registers; a product and a sum of 3 cycles each need them
// all at two of each a cycle.
constexpr int kSums = 12;

void RunFloat32(int64_t rounds) {
  const F32x4 factor = F32x4{} + 0.75f, term = F32x4{} + 0.25f;
  RunRounds<kSums, F32x4>(rounds, [&](F32x4 sum) { return sum * factor + term; });
}

constexpr PeakKernels kTable = {.loops = {{},
                                          {},
                                          {},
                                          {.instructions = "product and sum of 4 floats",
                                           .is_single = false,
                                           .operations_per_round = kSums * 4 * 2,
                                           .run = &RunFloat32}},
                                .read = &ReadAll};

}  // namespace

namespace ironscribe::kernels::peak_portable {
const PeakKernels& Table() { return kTable; }
}  // namespace ironscribe::kernels::peak_portable
