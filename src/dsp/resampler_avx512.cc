#include "dsp/resampler_lanes.h"

namespace ironscribe::dsp {

void ResampleOutputsAvx512(const ResamplerFilter& filter, const float* samples,
                           ResamplerPosition& position, int64_t count, float* out) {
  ResampleOutputs(filter, samples, position, count, out);
}

}  // namespace ironscribe::dsp
