// The Silero VAD network, version 6, 16 kHz (snakers4/silero-vad, MIT): a Fourier transform written
// as a convolution, four convolutions, an LSTM and one output, per frame of 512 samples with the 64
// samples before it. Weights: the safetensors file of the Python package silero-vad.
//
// The transform and the convolutions of many frames (of one stream or of many) run as products of
// matrices; only the LSTM goes step by step.
#pragma once

#include <memory>

#include "base/cpu.h"
#include "base/status.h"
#include "formats/weight_source.h"
#include "models/voice_activity.h"

namespace ironscribe::models::silero_vad {

// Whether the weights are this network's, by their tensors.
bool DetectSileroVad(const formats::WeightSource& source);

// Copies the weights; the source may go afterwards. Errors: InvalidArgument naming the tensor that
// is missing, has another shape or is no windowed Fourier transform; DataLoss for a value that is
// not finite or too large to be a weight. Requires: level supported by this machine.
Result<std::shared_ptr<const VoiceActivityModel>> LoadSileroVad(const formats::WeightSource& source,
                                                                CpuLevel level);

}  // namespace ironscribe::models::silero_vad
