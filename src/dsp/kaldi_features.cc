#include "dsp/kaldi_features.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace ironscribe::dsp {
namespace {

// Mel scale of HTK, as Kaldi has it.
double Mel(double hz) { return 1127.0 * std::log(1.0 + hz / 700.0); }

// Logarithms are taken of no less, as Kaldi does.
constexpr float kFloor = std::numeric_limits<float>::epsilon();

// Far above every model (Kaldi's recipes have 23 to 80).
constexpr int kMaxMels = 1024;
constexpr double kMaxRateHz = 768000;
constexpr double kMaxFrameMs = 1000;

Status CheckOptions(const KaldiFeatureOptions& options, double high_hz) {
  const auto bad = [](const char* what) {
    return InvalidArgumentError(std::string("features: ") + what);
  };
  if (!(options.sample_rate_hz >= 1000 && options.sample_rate_hz <= kMaxRateHz)) {
    return bad("sample-frequency is out of range");
  }
  if (!(options.frame_length_ms >= 1 && options.frame_length_ms <= kMaxFrameMs)) {
    return bad("frame-length is out of range");
  }
  if (!(options.frame_shift_ms >= 1 && options.frame_shift_ms <= kMaxFrameMs)) {
    return bad("frame-shift is out of range");
  }
  if (options.num_mel_bins < 3 || options.num_mel_bins > kMaxMels) {
    return bad("num-mel-bins is out of range");
  }
  if (options.cepstra && (options.num_cepstra < 1 || options.num_cepstra > options.num_mel_bins)) {
    return bad("num-ceps is out of range");
  }
  if (!(options.low_hz >= 0 && high_hz > options.low_hz && high_hz <= options.sample_rate_hz / 2)) {
    return bad("low-freq and high-freq do not fit the sample rate");
  }
  constexpr std::string_view kWindows[] = {"povey", "hamming", "hanning", "rectangular",
                                           "blackman"};
  if (std::find(std::begin(kWindows), std::end(kWindows), options.window) == std::end(kWindows)) {
    return bad("window-type is unknown");
  }
  return OkStatus();
}

float Energy(std::span<const float> values) {
  float sum = 0;
  for (const float value : values) sum += value * value;
  return std::log(std::max(sum, kFloor));
}

}  // namespace

Result<std::shared_ptr<const KaldiFeatures>> KaldiFeatures::Create(
    const KaldiFeatureOptions& options) {
  const double high_hz =
      options.high_hz > 0 ? options.high_hz : options.sample_rate_hz / 2 + options.high_hz;
  RETURN_IF_ERROR(CheckOptions(options, high_hz));
  const auto length = static_cast<size_t>(options.sample_rate_hz * 0.001 * options.frame_length_ms);
  size_t fft_size = 2;
  while (fft_size < length) fft_size *= 2;
  std::shared_ptr<KaldiFeatures> features(new KaldiFeatures(options, fft_size));
  features->frame_shift_ =
      static_cast<size_t>(options.sample_rate_hz * 0.001 * options.frame_shift_ms);
  features->BuildWindow(length);
  features->BuildFilters(high_hz);
  features->dim_ =
      options.cepstra ? options.num_cepstra : options.num_mel_bins + (options.use_energy ? 1 : 0);
  if (options.cepstra) features->BuildCosines();
  return std::shared_ptr<const KaldiFeatures>(std::move(features));
}

void KaldiFeatures::BuildWindow(size_t length) {
  const double step = 2 * std::numbers::pi / static_cast<double>(length - 1);
  for (size_t i = 0; i < length; ++i) {
    const double angle = step * static_cast<double>(i);
    double value = 1;
    if (options_.window == "hanning") value = 0.5 - 0.5 * std::cos(angle);
    if (options_.window == "hamming") value = 0.54 - 0.46 * std::cos(angle);
    // Like hanning, but does not reach zero as flatly.
    if (options_.window == "povey") value = std::pow(0.5 - 0.5 * std::cos(angle), 0.85);
    if (options_.window == "blackman") {
      const double a = options_.blackman_coefficient;
      value = a - 0.5 * std::cos(angle) + (0.5 - a) * std::cos(2 * angle);
    }
    window_.push_back(static_cast<float>(value));
  }
}

// Triangles that are straight in mel, each from the centre of the one before to that of the next.
void KaldiFeatures::BuildFilters(double high_hz) {
  const double low_mel = Mel(options_.low_hz);
  const double mel_step = (Mel(high_hz) - low_mel) / (options_.num_mel_bins + 1);
  const size_t num_bins = fourier_.size() / 2;
  const double bin_hz = options_.sample_rate_hz / static_cast<double>(fourier_.size());
  for (int filter = 0; filter < options_.num_mel_bins; ++filter) {
    const double left = low_mel + filter * mel_step;
    const double center = left + mel_step;
    const double right = center + mel_step;
    MelFilter built{.first_bin = 0, .weights = {}};
    for (size_t bin = 0; bin < num_bins; ++bin) {
      const double mel = Mel(bin_hz * static_cast<double>(bin));
      if (mel <= left || mel >= right) continue;
      if (built.weights.empty()) built.first_bin = bin;
      built.weights.push_back(static_cast<float>(mel <= center ? (mel - left) / (center - left)
                                                               : (right - mel) / (right - center)));
    }
    filters_.push_back(std::move(built));
  }
}

// The orthonormal cosine transform, type II, and the lifter 1 + L/2 sin(pi i / L).
void KaldiFeatures::BuildCosines() {
  const int mels = options_.num_mel_bins;
  for (int i = 0; i < options_.num_cepstra; ++i) {
    const double lifter = options_.cepstral_lifter == 0
                              ? 1
                              : 1 + 0.5 * options_.cepstral_lifter *
                                        std::sin(std::numbers::pi * i / options_.cepstral_lifter);
    for (int j = 0; j < mels; ++j) {
      const double value = std::sqrt((i == 0 ? 1.0 : 2.0) / mels) *
                           std::cos(std::numbers::pi / mels * (j + 0.5) * i);
      cosines_.push_back(static_cast<float>(lifter * value));
    }
  }
}

// Returns the logarithm of the energy.
float KaldiFeatures::PrepareFrame(std::span<const float> samples, std::span<float> padded) const {
  std::copy(samples.begin(), samples.end(), padded.begin());
  const std::span<float> frame = padded.first(samples.size());
  if (options_.remove_dc_offset) {
    float sum = 0;
    for (const float value : frame) sum += value;
    const float mean = sum / static_cast<float>(frame.size());
    for (float& value : frame) value -= mean;
  }
  float energy = options_.raw_energy ? Energy(frame) : 0;
  const auto preemphasis = static_cast<float>(options_.preemphasis);
  if (preemphasis != 0) {
    for (size_t i = frame.size() - 1; i > 0; --i) frame[i] -= preemphasis * frame[i - 1];
    frame[0] -= preemphasis * frame[0];
  }
  for (size_t i = 0; i < frame.size(); ++i) frame[i] *= window_[i];
  if (!options_.raw_energy) energy = Energy(frame);
  if (options_.energy_floor > 0) {
    energy = std::max(energy, static_cast<float>(std::log(options_.energy_floor)));
  }
  std::fill(padded.begin() + static_cast<int64_t>(samples.size()), padded.end(), 0.0f);
  return energy;
}

void KaldiFeatures::Compute(std::span<const float> samples, std::span<float> out,
                            Scratch& scratch) const {
  scratch.padded.resize(fourier_.size());
  scratch.power.resize(fourier_.size() / 2 + 1);
  scratch.mels.resize(filters_.size());
  const float energy = PrepareFrame(samples, scratch.padded);
  fourier_.PowerSpectrum(scratch.padded, scratch.power);
  if (!options_.cepstra && !options_.use_power) {
    for (float& value : scratch.power) value = std::sqrt(value);
  }
  for (size_t i = 0; i < filters_.size(); ++i) {
    float sum = 0;
    for (size_t j = 0; j < filters_[i].weights.size(); ++j) {
      sum += filters_[i].weights[j] * scratch.power[filters_[i].first_bin + j];
    }
    const bool log = options_.cepstra || options_.use_log;
    scratch.mels[i] = log ? std::log(std::max(sum, kFloor)) : sum;
  }
  if (!options_.cepstra) {
    if (options_.use_energy) out[0] = energy;
    std::copy(scratch.mels.begin(), scratch.mels.end(), out.begin() + options_.use_energy);
    return;
  }
  for (int i = 0; i < options_.num_cepstra; ++i) {
    const float* row = cosines_.data() + i * options_.num_mel_bins;
    float sum = 0;
    for (size_t j = 0; j < scratch.mels.size(); ++j) sum += row[j] * scratch.mels[j];
    out[static_cast<size_t>(i)] = sum;
  }
  if (options_.use_energy) out[0] = energy;
}

KaldiFeatureStream::KaldiFeatureStream(std::shared_ptr<const KaldiFeatures> features)
    : features_(std::move(features)) {}

size_t KaldiFeatureStream::Accept(std::span<const float> samples, std::vector<float>& frames) {
  pending_.insert(pending_.end(), samples.begin(), samples.end());
  size_t begin = 0;
  size_t count = 0;
  const auto dim = static_cast<size_t>(features_->dim());
  for (; begin + features_->frame_length() <= pending_.size();
       begin += features_->frame_shift(), ++count) {
    frames.resize(frames.size() + dim);
    features_->Compute(std::span(pending_).subspan(begin, features_->frame_length()),
                       std::span(frames).last(dim), scratch_);
  }
  // Where the shift is longer than a frame, the rest of it is still to come.
  const size_t taken = std::min(begin, pending_.size());
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<int64_t>(taken));
  return count;
}

}  // namespace ironscribe::dsp
