// For tests of the forward passes: a random checkpoint loaded like a real model, and token
// sequences to feed it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/cpu.h"
#include "models/compute_type.h"
#include "models/model.h"
#include "models/whisper/random_checkpoint.h"
#include "models/window_model.h"

namespace ironscribe::models::whisper {

struct RandomModelOptions {
  ComputeType compute = ComputeType::kFloat32;
  CpuLevel cpu_level = DetectCpuLevel();
  std::string config_json = {};  // Of the model folder, if not ModelFolder's own.
  std::string alignment_heads = "1:0,0:1";
};

// The model of a checkpoint by openai/whisper's names.
std::unique_ptr<Model> LoadRandomModel(const formats::testing::Checkpoint& openai,
                                       const RandomModelOptions& options);

// Any ids of RandomDimensions' vocabulary.
std::vector<decoding::TokenId> RandomTokens(uint64_t seed, size_t count);

// One sequence, fed in one or several steps.
struct Sequence {
  std::vector<decoding::TokenId> tokens;
  std::shared_ptr<const Encoding> encoding;
  std::unique_ptr<DecoderState> state;
  std::vector<uint8_t> lineage = std::vector<uint8_t>(64, 0);
  std::vector<decoding::TokenRow> rows = {};
  std::vector<decoding::RowResult> results = {};

  Sequence(const WindowModel& model, std::shared_ptr<const Encoding> window,
           std::vector<decoding::TokenId> ids);

  void AddRows(size_t first, size_t count, std::vector<StepRow>& out);
};

// Bit for bit.
bool SameResults(const std::vector<decoding::RowResult>& a,
                 const std::vector<decoding::RowResult>& b);

}  // namespace ironscribe::models::whisper
