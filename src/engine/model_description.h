// What a model folder or file says about itself: format, size of the network, languages. For
// people; the recognizer reads the same files on its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/status.h"
#include "engine/model_task.h"

namespace ironscribe::engine {

struct ModelDescription {
  std::string family;  // "whisper", "silero_vad", or empty for weights of an unknown network.
  ModelTask task = ModelTask::kTranscription;
  std::string format;  // As WeightSource::format().
  std::filesystem::path weight_file;
  size_t num_tensors = 0;
  uint64_t num_parameters = 0;
  // The rest is 0 for an unknown family and for other tasks than transcription.
  int num_mels = 0;
  int encoder_layers = 0;
  int encoder_width = 0;
  int encoder_heads = 0;
  int decoder_layers = 0;
  int decoder_width = 0;
  int decoder_heads = 0;
  int vocabulary_size = 0;
  int num_languages = 0;
};

// Reads the headers of the weights and no data. Errors: those of formats::OpenWeights.
Result<ModelDescription> DescribeModel(const std::filesystem::path& model_path);

}  // namespace ironscribe::engine
