#include "dsp/log_mel_reference.h"

#include <sndfile.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace ironscribe::dsp {
namespace {

constexpr int kSize = 400;
constexpr int kBins = 201;

double At(std::span<const float> samples, int64_t position) {
  const auto reflected = static_cast<size_t>(position < 0 ? -position : position);
  return reflected < samples.size() ? samples[reflected] : 0.0;
}

}  // namespace

std::vector<double> ReferenceLogEnergies(std::span<const float> samples, int64_t first_frame,
                                         int num_frames, std::span<const float> dense_filters) {
  std::array<double, kSize> cosine, sine, windowed;
  for (int i = 0; i < kSize; ++i) {
    cosine[i] = std::cos(2 * std::numbers::pi * i / kSize);
    sine[i] = std::sin(2 * std::numbers::pi * i / kSize);
  }
  const size_t num_mels = dense_filters.size() / kBins;
  std::vector<double> result;
  for (int64_t frame = first_frame; frame < first_frame + num_frames; ++frame) {
    for (int i = 0; i < kSize; ++i) {
      windowed[i] = At(samples, frame * 160 - 200 + i) * (0.5 - 0.5 * cosine[i]);
    }
    std::array<double, kBins> power;
    for (int k = 0; k < kBins; ++k) {
      double re = 0, im = 0;
      for (int i = 0; i < kSize; ++i) {
        re += windowed[i] * cosine[i * k % kSize];
        im += windowed[i] * sine[i * k % kSize];
      }
      power[k] = re * re + im * im;
    }
    for (size_t m = 0; m < num_mels; ++m) {
      double energy = 0;
      for (int k = 0; k < kBins; ++k) energy += dense_filters[m * kBins + k] * power[k];
      result.push_back(std::log10(std::max(energy, 1e-10)));
    }
  }
  return result;
}

std::optional<std::vector<float>> SharedRecording(const std::string& path, int rate_hz) {
  const std::string full = std::string(IRONSCRIBE_SOURCE_DIR) + "/../shared/data/" + path;
  SF_INFO info{};
  SNDFILE* file = sf_open(full.c_str(), SFM_READ, &info);
  if (file == nullptr) return std::nullopt;
  std::vector<float> interleaved(static_cast<size_t>(info.frames) * info.channels);
  const sf_count_t frames = sf_readf_float(file, interleaved.data(), info.frames);
  sf_close(file);
  if (info.samplerate != rate_hz) return std::nullopt;
  std::vector<float> samples(static_cast<size_t>(frames));
  for (size_t i = 0; i < samples.size(); ++i) samples[i] = interleaved[i * info.channels];
  return samples;
}

}  // namespace ironscribe::dsp
