#include "dsp/log_mel_lanes.h"

namespace ironscribe::dsp {

void LogMelFramesAvx2(const LogMelTables& tables, const float* samples, int num_frames,
                      float* out) {
  LogMelBatches(tables, samples, num_frames, out);
}

}  // namespace ironscribe::dsp
