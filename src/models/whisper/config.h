// What a Whisper checkpoint is: its dimensions and decoding constants, all read from the model's
// files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace ironscribe::models::whisper {

struct Dimensions {
  int num_mels = 80;
  int audio_context = 1500;  // Encoder positions of a full window.
  int audio_state = 0;
  int audio_heads = 0;
  int audio_layers = 0;
  int text_context = 448;
  int text_state = 0;
  int text_heads = 0;
  int text_layers = 0;
  int vocab_size = 0;
};

struct AlignmentHead {
  int layer = 0;
  int head = 0;
  bool operator==(const AlignmentHead&) const = default;
};

struct Config {
  Dimensions dims;
  std::vector<AlignmentHead> alignment_heads;
  std::string alignment_source;  // "model", "option" or "upper_half".
  // Suppressed ids as the model's files give them; empty has them computed from the vocabulary.
  std::vector<int32_t> suppress_ids;
  std::vector<int32_t> begin_suppress_ids;
  std::string digest;        // SHA-256 of the weights.
  std::string compute_type;  // "int8", ...
};

// Bounds that no real checkpoint reaches, so that products cannot overflow and a forged header
// cannot ask for absurd memory. Errors: InvalidArgument naming the value.
Status CheckDimensions(const Dimensions& dims);

// "layer:head,layer:head,...". Errors: InvalidArgument.
Result<std::vector<AlignmentHead>> ParseAlignmentHeads(std::string_view text);

// Errors: InvalidArgument for a head that the model lacks, with what it has, or one named twice.
Status CheckAlignmentHeads(const std::vector<AlignmentHead>& heads, const Dimensions& dims);

// All heads of the upper half of the decoder's layers: openai/whisper's choice for unknown models.
std::vector<AlignmentHead> UpperHalfHeads(const Dimensions& dims);

std::string ConfigToJson(const Config& config);
// The JSON is hostile input. Errors: InvalidArgument.
Result<Config> ConfigFromJson(std::string_view json);

}  // namespace ironscribe::models::whisper
