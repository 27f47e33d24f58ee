// The weights of Silero VAD, packed for matrix products.
//
// The first convolution is a Fourier transform of 256 samples with a Hann window: its cosine rows
// are symmetric about the middle, its sine rows antisymmetric, and sample 0 counts for nothing. So
// a window is folded about its middle into 128 sums and 127 differences, at half the work; files
// for which this is not so are refused.
#pragma once

#include <cstdint>
#include <vector>

#include "base/status.h"
#include "formats/weight_source.h"
#include "nn/lstm.h"
#include "nn/workspace.h"

namespace ironscribe::models::silero_vad {

inline constexpr int64_t kFrameSamples = 512;
inline constexpr int64_t kContextSamples = 64;  // Of the frame before.
inline constexpr int64_t kWindowSamples = 256;
inline constexpr int64_t kHopSamples = 128;
inline constexpr int64_t kFolded = kWindowSamples / 2;  // Sums, and as many differences.
inline constexpr int64_t kBins = kWindowSamples / 2 + 1;
inline constexpr int64_t kPositions = 4;        // Windows in a frame.
inline constexpr int64_t kChannels = 128;       // Of the first and the last convolution.
inline constexpr int64_t kNarrowChannels = 64;  // Of those between.
inline constexpr int64_t kCells = 128;

// Neither weights nor samples are larger than this, so that no sum in the network can overflow: six
// layers of at most 387 inputs stay below 1e36.
inline constexpr float kLargestValue = 1000;

// Immutable. Convolutions have three taps; those that only ever meet padding are left out.
struct Weights {
  nn::LinearLayer cosines;  // Bins 0 to 127 from the sums.
  // Bins 1 to 127 from the differences; output 127 passes input 127 on, which holds the real part
  // of bin 128 and so need no column of its own among the cosines.
  nn::LinearLayer sines;
  std::vector<float> nyquist;                             // Bin 128 from the sums.
  nn::LinearLayer conv1_first, conv1_middle, conv1_last;  // Taps 1-2, 0-2, 0-1.
  nn::LinearLayer conv2_first, conv2_last;                // Stride 2; taps 1-2, 0-2.
  nn::LinearLayer conv3;                                  // Stride 2; taps 1-2.
  nn::LinearLayer conv4;                                  // Tap 1.
  nn::LstmLayer lstm;
  nn::LinearLayer output;
  std::vector<nn::AlignedArray> storage;  // What the layers view.
};

// Errors: InvalidArgument naming the tensor that is missing, has another shape or is no Fourier
// transform; DataLoss for values that are not finite or above kLargestValue.
Result<Weights> ReadWeights(const formats::WeightSource& source);

}  // namespace ironscribe::models::silero_vad
