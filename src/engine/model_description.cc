#include "engine/model_description.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/safe_math.h"
#include "formats/registry.h"
#include "models/registry.h"
#include "models/whisper/checkpoint.h"

namespace ironscribe::engine {
namespace {

// Whisper's vocabularies: 50257 text tokens (one fewer when English only), then 1501 times and 8
// marks; the rest are languages, of which an English-only vocabulary lists 99 that mean nothing
// (openai/whisper, tokenizer.py).
constexpr int kEnglishVocabulary = 51864;
constexpr int kTokensWithoutLanguages = 51766;

int NumLanguages(int vocabulary_size) {
  if (vocabulary_size <= kEnglishVocabulary) return 1;
  return vocabulary_size - kTokensWithoutLanguages;
}

// Where CTranslate2 and Hugging Face put the output matrix, which in Whisper is the token embedding
// once more and no parameter of its own.
constexpr std::array<std::string_view, 2> kTiedTensors = {"decoder/projection/weight",
                                                          "proj_out.weight"};

uint64_t CountParameters(const formats::WeightSource& source) {
  uint64_t total = 0;
  for (const formats::TensorInfo& tensor : source.tensors()) {
    if (std::find(kTiedTensors.begin(), kTiedTensors.end(), tensor.name) != kTiedTensors.end()) {
      continue;
    }
    total += CheckedProduct(tensor.shape).value_or(0);
  }
  return total;
}

}  // namespace

Result<ModelDescription> DescribeModel(const std::filesystem::path& model_path) {
  ModelDescription description;
  ASSIGN_OR_RETURN(description.weight_file, formats::FindWeightFile(model_path));
  ASSIGN_OR_RETURN(const auto source, formats::OpenWeights(model_path));
  description.format = source->format();
  description.num_tensors = source->tensors().size();
  description.num_parameters = CountParameters(*source);
  if (const auto* voice_activity = models::DetectVoiceActivity(*source)) {
    description.family = voice_activity->name;
    description.task = ModelTask::kVoiceActivity;
    return description;
  }
  if (!models::whisper::Checkpoint::Detect(*source)) return description;
  ASSIGN_OR_RETURN(const auto checkpoint, models::whisper::Checkpoint::Read(*source, 0, 0));
  const models::whisper::Dimensions& dims = checkpoint.dims();
  description.family = "whisper";
  description.num_mels = dims.num_mels;
  description.encoder_layers = dims.audio_layers;
  description.encoder_width = dims.audio_state;
  description.encoder_heads = dims.audio_heads;
  description.decoder_layers = dims.text_layers;
  description.decoder_width = dims.text_state;
  description.decoder_heads = dims.text_heads;
  description.vocabulary_size = dims.vocab_size;
  description.num_languages = NumLanguages(dims.vocab_size);
  return description;
}

}  // namespace ironscribe::engine
