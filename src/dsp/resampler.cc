#include "dsp/resampler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "dsp/resampler_outputs.h"

namespace ironscribe::dsp {
namespace {

// J. F. Kaiser's design formulas (1974) for the attenuation A in dB and the transition from 0.91 to
// 1 times the Nyquist frequency: beta = 0.1102 (A - 8.7), length = (A - 7.95) / (14.36 * width)
// with the width in cycles per sample. 106 dB leaves 6 dB for what folds back from several bands at
// once.
constexpr double kAttenuationDb = 106.0;
constexpr double kBeta = 0.1102 * (kAttenuationDb - 8.7);
constexpr double kPassBand = 0.91;
constexpr double kCutoff = (kPassBand + 1.0) / 2.0;
constexpr double kHalfLength =
    76.0;  // periods of the lower rate: ceil(98.05 / (14.36 * 0.045) / 2)

// Above this size of the exact filter bank, its rows are interpolated.
constexpr int64_t kMaxExactCoefficients = 1 << 18;
// Rows per period of the lower rate when interpolated: a tone of f cycles per period is then wrong
// by at most (2 pi f / rows)^2 / 8, -120 dB at the edge of the pass-band.
constexpr double kInterpolatedRows = 1024.0;

// The samples taken up before outputs are made, so that a long block is not copied whole.
constexpr int64_t kPieceSamples = 8192;

// I0(beta * sqrt(1 - x^2)) by its power series in 1 - x^2.
class KaiserWindow {
 public:
  KaiserWindow() {
    double term = 1.0;
    for (int k = 0; k < kTerms; ++k) {
      coefficients_[k] = term;
      term *= (kBeta / 2) * (kBeta / 2) / ((k + 1.0) * (k + 1.0));
    }
  }

  // Not normalised; 0 outside of [-1, 1].
  double operator()(double x) const {
    const double t = 1.0 - x * x;
    if (t <= 0) return 0.0;
    double value = 0.0;
    for (int k = kTerms - 1; k >= 0; --k) value = value * t + coefficients_[k];
    return value;
  }

 private:
  static constexpr int kTerms = 32;  // the next term is below 1e-20 of the sum
  double coefficients_[kTerms];
};

// Row p is the filter at a distance of p / num_phases behind a sample; tap k lies on the sample
// k - (half_taps - 1) from there. Each row passes a constant unchanged.
std::vector<float> MakeRows(const ResamplerFilter& filter, double scale, int64_t half_taps,
                            int64_t num_rows) {
  const KaiserWindow window;
  const double half_length = kHalfLength / scale;
  std::vector<float> rows(static_cast<size_t>(num_rows * filter.num_taps));
  std::vector<double> row(static_cast<size_t>(2 * half_taps));
  for (int64_t p = 0; p < num_rows; ++p) {
    const double fraction = static_cast<double>(p) / static_cast<double>(filter.num_phases);
    for (size_t k = 0; k < row.size(); ++k) {
      const double u = fraction + static_cast<double>(half_taps - 1) - static_cast<double>(k);
      const double angle = std::numbers::pi * kCutoff * scale * u;
      const double sinc = std::abs(angle) < 1e-9 ? 1.0 : std::sin(angle) / angle;
      row[k] = sinc * window(u / half_length);
    }
    const double sum = std::accumulate(row.begin(), row.end(), 0.0);
    float* to = rows.data() + p * filter.num_taps;
    for (const double value : row) *to++ = static_cast<float>(value / sum);
  }
  return rows;
}

ResamplerFunction OutputsFunction(CpuLevel level) {
#if defined(__x86_64__)
  if (level == CpuLevel::kAvx512) return ResampleOutputsAvx512;
  if (level == CpuLevel::kAvx2) return ResampleOutputsAvx2;
#endif
  (void)level;  // The compiler's own vectors serve Arm: NEON is part of its base.
  return ResampleOutputsPortable;
}

Status CheckRate(const char* which, int rate_hz) {
  if (rate_hz >= Resampler::kLowestRateHz && rate_hz <= Resampler::kHighestRateHz) {
    return OkStatus();
  }
  return InvalidArgumentError(
      fmt::format("resample: the {} rate is {} Hz; rates from {} to {} Hz are supported", which,
                  rate_hz, Resampler::kLowestRateHz, Resampler::kHighestRateHz));
}

}  // namespace

struct Resampler::State {
  bool copies = false;
  int64_t step = 0;  // input samples per output, in units
  int64_t half_taps = 0;
  std::vector<float> rows;
  ResamplerFilter filter{};
  ResamplerFunction outputs = nullptr;

  std::vector<float> buffer;     // the samples that outputs to come need
  ResamplerPosition position{};  // of the next output in the buffer
  int64_t num_in = 0;
  int64_t num_out = 0;

  void Restart();
  void Append(std::span<const float> samples, std::vector<float>& out);
  void MakeOutputs(int64_t count, std::vector<float>& out);
  int64_t NumComplete() const;
};

// The first output lies on the first sample, behind half a filter of silence.
void Resampler::State::Restart() {
  buffer.assign(static_cast<size_t>(half_taps - 1), 0.0F);
  position = {};
  num_in = 0;
  num_out = 0;
}

// Outputs whose samples are all in the buffer.
int64_t Resampler::State::NumComplete() const {
  const int64_t room = static_cast<int64_t>(buffer.size()) - filter.num_taps - position.sample + 1;
  if (room <= 0) return 0;
  return (room * filter.unit - position.fraction + step - 1) / step;
}

void Resampler::State::MakeOutputs(int64_t count, std::vector<float>& out) {
  if (count <= 0) return;
  const size_t size = out.size();
  out.resize(size + static_cast<size_t>(count));
  outputs(filter, buffer.data(), position, count, out.data() + size);
  num_out += count;
  const int64_t used = std::min(position.sample, static_cast<int64_t>(buffer.size()));
  buffer.erase(buffer.begin(), buffer.begin() + used);
  position.sample -= used;
}

void Resampler::State::Append(std::span<const float> samples, std::vector<float>& out) {
  const size_t piece_size = static_cast<size_t>(std::max(kPieceSamples, filter.num_taps));
  while (!samples.empty()) {
    const std::span<const float> piece = samples.first(std::min(piece_size, samples.size()));
    samples = samples.subspan(piece.size());
    buffer.insert(buffer.end(), piece.begin(), piece.end());
    MakeOutputs(NumComplete(), out);
  }
}

Resampler::Resampler(std::unique_ptr<State> state) : state_(std::move(state)) {}

Resampler::~Resampler() = default;

Result<std::unique_ptr<Resampler>> Resampler::Create(int input_rate_hz, int output_rate_hz) {
  return Create(input_rate_hz, output_rate_hz, DetectCpuLevel());
}

Result<std::unique_ptr<Resampler>> Resampler::Create(int input_rate_hz, int output_rate_hz,
                                                     CpuLevel level) {
  RETURN_IF_ERROR(CheckRate("input", input_rate_hz));
  RETURN_IF_ERROR(CheckRate("output", output_rate_hz));
  auto state = std::make_unique<State>();
  state->copies = input_rate_hz == output_rate_hz;
  if (!state->copies) {
    const int divisor = std::gcd(input_rate_hz, output_rate_hz);
    const double scale = std::min(1.0, static_cast<double>(output_rate_hz) / input_rate_hz);
    ResamplerFilter& filter = state->filter;
    filter.unit = output_rate_hz / divisor;
    state->step = input_rate_hz / divisor;
    filter.step_whole = state->step / filter.unit;
    filter.step_fraction = state->step % filter.unit;
    state->half_taps = static_cast<int64_t>(std::ceil(kHalfLength / scale));
    filter.num_taps = (2 * state->half_taps + kTapsMultiple - 1) / kTapsMultiple * kTapsMultiple;
    filter.num_phases = filter.unit;
    int64_t num_rows = filter.unit;
    if (filter.unit * filter.num_taps > kMaxExactCoefficients) {
      filter.num_phases =
          std::min(filter.unit - 1, static_cast<int64_t>(std::ceil(kInterpolatedRows * scale)));
      num_rows = filter.num_phases + 1;
    }
    state->rows = MakeRows(filter, scale, state->half_taps, num_rows);
    filter.rows = state->rows.data();
    state->outputs = OutputsFunction(level);
    state->Restart();
  }
  return std::unique_ptr<Resampler>(new Resampler(std::move(state)));
}

void Resampler::Process(std::span<const float> in, std::vector<float>& out) {
  if (state_->copies) {
    out.insert(out.end(), in.begin(), in.end());
    return;
  }
  state_->num_in += static_cast<int64_t>(in.size());
  state_->Append(in, out);
}

void Resampler::Flush(std::vector<float>& out) {
  if (state_->copies) return;
  State& state = *state_;
  const int64_t total = (state.num_in * state.filter.unit + state.step - 1) / state.step;
  const int64_t missing = total - state.num_out;
  if (missing > 0) {
    state.buffer.resize(state.buffer.size() + static_cast<size_t>(state.filter.num_taps), 0.0F);
    IRONSCRIBE_CHECK(state.NumComplete() >= missing);
    state.MakeOutputs(missing, out);
  }
  state.Restart();
}

}  // namespace ironscribe::dsp
