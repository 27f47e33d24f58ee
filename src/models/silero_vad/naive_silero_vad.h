// Silero VAD as plainly as it can be written, in double precision: what the fast one is held
// against in tests. Shares no code with it, folds nothing and multiplies by every padding. And a
// checkpoint with random weights for it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "formats/testing/checkpoint_writer.h"

namespace ironscribe::models::silero_vad {

// The probability of every frame of 512 samples of a recording.
std::vector<double> NaiveProbabilities(const formats::testing::Checkpoint& checkpoint,
                                       std::span<const float> samples);

// Rows of the first convolution have the symmetry of a Fourier transform, the rest is random.
formats::testing::Checkpoint RandomSileroVad(uint64_t seed);

// The tensor of that name. Requires: there is one.
formats::testing::CheckpointTensor& TensorNamed(formats::testing::Checkpoint& checkpoint,
                                                std::string_view name);

}  // namespace ironscribe::models::silero_vad
