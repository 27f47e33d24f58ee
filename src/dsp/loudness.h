// How loud each part of a window is, from its log-mel features.
#pragma once

#include <span>
#include <vector>

namespace ironscribe::dsp {

// One value for each `frames_together` frames of `features` ([frames, num_mels], normalised by
// LogMel::Normalize), rounded down: 0 as quiet as the quietest tenth of the window, or less, 1 as
// loud as the loudest tenth, or more. A window that is as loud everywhere is not stretched: the
// tenths count as at least 5 dB apart. Requires: positive numbers.
std::vector<float> RelativeLoudness(std::span<const float> features, int num_mels,
                                    int frames_together);

}  // namespace ironscribe::dsp
