// The inner loop of the resampler, one function for each CPU level. Internal to dsp: callers use
// Resampler, which picks the level at run time.
#pragma once

#include <cstdint>

namespace ironscribe::dsp {

// A filter bank and the step from one output to the next: whole + fraction / unit input samples.
struct ResamplerFilter {
  const float* rows;   // [num_phases (+ 1 when interpolated), num_taps]
  int64_t num_taps;    // a multiple of kTapsMultiple
  int64_t num_phases;  // the unit, or less: then neighbouring rows are interpolated
  int64_t step_whole;
  int64_t step_fraction;
  int64_t unit;
};

// Two vectors of the widest level.
inline constexpr int64_t kTapsMultiple = 32;

struct ResamplerPosition {
  int64_t sample;    // where the filter's first tap lies
  int64_t fraction;  // [0, unit)
};

// Writes `count` outputs and advances `position`.
// Requires: num_taps samples are readable from the position of each output on.
using ResamplerFunction = void (*)(const ResamplerFilter& filter, const float* samples,
                                   ResamplerPosition& position, int64_t count, float* out);

void ResampleOutputsPortable(const ResamplerFilter& filter, const float* samples,
                             ResamplerPosition& position, int64_t count, float* out);
void ResampleOutputsAvx2(const ResamplerFilter& filter, const float* samples,
                         ResamplerPosition& position, int64_t count, float* out);
void ResampleOutputsAvx512(const ResamplerFilter& filter, const float* samples,
                           ResamplerPosition& position, int64_t count, float* out);

}  // namespace ironscribe::dsp
