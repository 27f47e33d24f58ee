// For tests of this folder: Whisper's features by the textbook in double precision, with a naive
// transform that shares nothing with the code under test, and recordings to compare on.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ironscribe::dsp {

// log10 energies [num_frames, num_mels] of the frames from first_frame on; `dense_filters` is
// [num_mels, 201].
std::vector<double> ReferenceLogEnergies(std::span<const float> samples, int64_t first_frame,
                                         int num_frames, std::span<const float> dense_filters);

// A recording of the shared test data, first channel, or nothing when the data is not there.
std::optional<std::vector<float>> SharedRecording(const std::string& path, int rate_hz);

}  // namespace ironscribe::dsp
