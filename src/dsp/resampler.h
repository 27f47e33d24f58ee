// Sample-rate conversion of a signal that arrives in blocks: a polyphase filter, a sinc under a
// Kaiser window.
//
// Pass-band to 0.91 of the lower Nyquist frequency within 0.001 dB; from the lower Nyquist
// frequency on everything is at least 100 dB down, so nothing folds back. No delay: output j is the
// signal at time j / output rate, with silence assumed before the first and behind the last sample,
// and n samples give ceil(n * output / input) of them. Any cutting into blocks gives the same bits.
// One object converts one channel; not safe for use by two threads at once.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/cpu.h"
#include "base/status.h"

namespace ironscribe::dsp {

class Resampler {
 public:
  // 1 kHz is below any speech recording; 768 kHz is the highest rate of audio hardware.
  static constexpr int kLowestRateHz = 1000;
  static constexpr int kHighestRateHz = 768000;

  // Equal rates copy the samples. Errors: InvalidArgument for a rate outside of the limits.
  static Result<std::unique_ptr<Resampler>> Create(int input_rate_hz, int output_rate_hz);

  // At a level of choice, for tests and measurements. Requires: this machine supports `level`.
  static Result<std::unique_ptr<Resampler>> Create(int input_rate_hz, int output_rate_hz,
                                                   CpuLevel level);
  ~Resampler();

  // Appends to `out` the outputs that `in` completes. An output needs the samples of the next 76
  // periods of the lower rate.
  void Process(std::span<const float> in, std::vector<float>& out);

  // Appends the outputs that were still waiting, with silence behind the end. The object is then as
  // new, ready for another signal.
  void Flush(std::vector<float>& out);

 private:
  struct State;
  explicit Resampler(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace ironscribe::dsp
