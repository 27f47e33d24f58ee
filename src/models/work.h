// How much there is to compute: what a model tells about a run, so that the best possible time of
// any machine follows without knowing the model.
//
// A multiplication and an addition count as two operations. Counted are matrix products, attention
// and the exponentials of softmax; norms, activations and conversions are not, so a bound from them
// is below any real time.
#pragma once

#include <array>

#include "kernels/peak/peak.h"
#include "models/profile.h"

namespace ironscribe::models {

struct Work {
  std::array<double, kernels::kNumPeakArithmetics> operations = {};
  double exponentials = 0;
  // Read from memory, because no cache holds it from one use to the next; of the encoder, whose
  // weights serve hundreds of rows, none is counted.
  double bytes = 0;

  double& of(kernels::PeakArithmetic arithmetic) {
    return operations[static_cast<size_t>(arithmetic)];
  }
  double total_operations() const {
    double total = 0;
    for (double count : operations) total += count;
    return total;
  }
};

// By stage. Stages without work that is counted (features, scoring, search) are empty.
using StageWork = std::array<Work, kNumStages>;

// Which arithmetic the work is told in.
enum class WorkScheme {
  kOwn,  // What this model computes, with the bytes it keeps.
  // A fixed yardstick for any compute type: every matrix of weights in 8 bits on both sides,
  // attention in bfloat16, what the decoder attends to in the encoder's output kept in 8 bits;
  // attention of the decoder to its own short past left out.
  kEightBit,
};

}  // namespace ironscribe::models
