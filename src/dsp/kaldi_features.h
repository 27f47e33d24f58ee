// Kaldi's filter-bank and cepstral features (fbank, MFCC), with its options and defaults but
// without dither, so that the same audio always gives the same features. Input is at the scale of
// 16-bit samples.
//
// Formulas: kaldi/src/feat/{feature-window,mel-computations,feature-fbank,feature-mfcc}.cc.
// Thread rule: KaldiFeatures is immutable; a KaldiFeatureStream belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "dsp/fourier.h"

namespace ironscribe::dsp {

struct KaldiFeatureOptions {
  bool cepstra = true;  // MFCC, else the logarithms of the filter bank.
  double sample_rate_hz = 16000;
  double frame_length_ms = 25;
  double frame_shift_ms = 10;
  double preemphasis = 0.97;
  bool remove_dc_offset = true;
  std::string window = "povey";  // or hamming, hanning, rectangular, blackman
  double blackman_coefficient = 0.42;
  int num_mel_bins = 23;
  double low_hz = 20;
  double high_hz = 0;  // 0 or less: below half the sample rate.
  int num_cepstra = 13;
  double cepstral_lifter = 22;
  bool use_energy = true;   // The first value is the frame's energy. Of fbank: an additional one.
  bool raw_energy = true;   // Before pre-emphasis and window.
  double energy_floor = 0;  // 1 in Kaldi's fbank has no effect without dither; 0 is none.
  bool use_power = true;    // Of fbank: power, else magnitude.
  bool use_log = true;      // Of fbank.
};

class KaldiFeatures {
 public:
  // Errors: InvalidArgument naming the option that is out of range.
  static Result<std::shared_ptr<const KaldiFeatures>> Create(const KaldiFeatureOptions& options);

  int dim() const { return dim_; }
  size_t frame_length() const { return window_.size(); }
  size_t frame_shift() const { return frame_shift_; }
  double sample_rate_hz() const { return options_.sample_rate_hz; }

  // Working memory of Compute; one per thread.
  struct Scratch {
    std::vector<float> padded;
    std::vector<float> power;
    std::vector<float> mels;
  };

  // The features of one frame. Requires: frame_length() samples, dim() values.
  void Compute(std::span<const float> samples, std::span<float> out, Scratch& scratch) const;

 private:
  struct MelFilter {
    size_t first_bin;
    std::vector<float> weights;
  };

  explicit KaldiFeatures(const KaldiFeatureOptions& options, size_t fft_size)
      : options_(options), fourier_(fft_size) {}
  void BuildWindow(size_t length);
  void BuildFilters(double high_hz);
  void BuildCosines();
  float PrepareFrame(std::span<const float> samples, std::span<float> padded) const;

  KaldiFeatureOptions options_;
  Fourier fourier_;
  size_t frame_shift_ = 0;
  int dim_ = 0;
  std::vector<float> window_;
  std::vector<MelFilter> filters_;
  std::vector<float> cosines_;  // [cepstra, mels], lifter included.
};

// Features of samples that arrive in pieces of any size; the pieces change nothing. A frame is
// there as soon as its last sample is (Kaldi's snip-edges).
class KaldiFeatureStream {
 public:
  explicit KaldiFeatureStream(std::shared_ptr<const KaldiFeatures> features);

  // Appends the frames that these samples complete to `frames` (dim() values each) and returns how
  // many there were.
  size_t Accept(std::span<const float> samples, std::vector<float>& frames);

 private:
  std::shared_ptr<const KaldiFeatures> features_;
  KaldiFeatures::Scratch scratch_;
  std::vector<float> pending_;
};

}  // namespace ironscribe::dsp
