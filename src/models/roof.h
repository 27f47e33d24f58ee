// The best possible time of a run on a machine of given rates: a roofline (Williams, Waterman and
// Patterson 2009) over the stages. Pure functions.
//
// Encoder: the operations of each arithmetic at that arithmetic's peak, exponentials added, memory
// never the limit. Decoder: the larger of compute and memory, all stages together. Encoder and
// decoder one after the other.
#pragma once

#include <array>

#include "models/work.h"

namespace ironscribe::models {

// Of all threads together.
struct MachineRates {
  std::array<double, kernels::kNumPeakArithmetics> operations_per_second = {};
  double exponentials_per_second = 0;
  double memory_bytes_per_second = 0;
};

// Cycles of a core for one exponential of softmax: 16 lanes of the polynomial of kernels/vector in
// about 9 cycles of Zen 4. A fixed figure, so that roofs compare; a core with full-width units may
// need less, a narrower level needs more.
inline constexpr double kCyclesPerExponential = 0.55;

double ComputeSeconds(const Work& work, const MachineRates& rates);
double MemorySeconds(const Work& work, const MachineRates& rates);

struct Roof {
  double encoder_seconds = 0;
  double decoder_compute_seconds = 0;
  double decoder_memory_seconds = 0;

  double decoder_seconds() const {
    return decoder_compute_seconds > decoder_memory_seconds ? decoder_compute_seconds
                                                            : decoder_memory_seconds;
  }
  double seconds() const { return encoder_seconds + decoder_seconds(); }
};
Roof RoofOf(const StageWork& work, const MachineRates& rates);

// Whether a stage belongs to the decoder's side of the roof.
bool IsDecoderStage(Stage stage);

}  // namespace ironscribe::models
