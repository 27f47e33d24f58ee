#include "dsp/log_mel_lanes.h"

namespace ironscribe::dsp {

void LogMelFramesAvx512(const LogMelTables& tables, const float* samples, int num_frames,
                        float* out) {
  LogMelBatches(tables, samples, num_frames, out);
}

}  // namespace ironscribe::dsp
