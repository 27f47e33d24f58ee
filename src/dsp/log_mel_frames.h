// The inner loop of the log-mel features, one function for each CPU level. Internal to dsp: callers
// use LogMel, which picks the level at run time.
#pragma once

namespace ironscribe::dsp {

// Everything the loop looks up; filled once, in double precision, by LogMel.
struct LogMelTables {
  // A filter's non-zero weights: weights[first_weight + i] belongs to bin first_bin + i.
  struct Filter {
    int first_bin;
    int num_bins;
    int first_weight;
  };

  int num_mels;
  const Filter* filters;  // [num_mels]
  const float* weights;
  double half_window[400];     // periodic Hann / 2: the half of the real-input split
  double twiddle_25[5][5][2];  // cos, sin of 2 pi q r / 25
  double twiddle_400[101][2];  // cos, sin of 2 pi k / 400
};

// out[frame * num_mels + mel] for `num_frames` frames, frame t over samples [t * 160, t * 160 +
// 400). Requires: (num_frames - 1) * 160 + 400 readable samples.
using LogMelFramesFunction = void (*)(const LogMelTables& tables, const float* samples,
                                      int num_frames, float* out);

void LogMelFramesPortable(const LogMelTables& tables, const float* samples, int num_frames,
                          float* out);
void LogMelFramesAvx2(const LogMelTables& tables, const float* samples, int num_frames, float* out);
void LogMelFramesAvx512(const LogMelTables& tables, const float* samples, int num_frames,
                        float* out);

}  // namespace ironscribe::dsp
