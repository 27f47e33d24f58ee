// Writes checkpoints in every container the project reads. For tests only: tiny random models, and
// the same checkpoint in each container. Everything is built in memory.
//
// The files are the byte layouts of FORMAT.md made independently of the readers, so that a test of
// a reader against these writers can fail.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "formats/element_conversion.h"
#include "tensor/tensor.h"

namespace ironscribe::formats::testing {

struct CheckpointTensor {
  std::string name;
  tensor::Shape shape;
  std::vector<float> values;
  // For settings: CTranslate2 files store this type whatever is asked for, kInt16 for numbers such
  // as "encoder/num_heads", kInt8 for flags such as "decoder/pre_norm". Other containers store
  // floats.
  std::optional<Encoding> setting_type = std::nullopt;
};

struct Checkpoint {
  std::vector<CheckpointTensor> tensors;
  // ggml: header fields ("n_vocab", ...; 0 where missing). PyTorch: "dims", whole numbers; none
  // makes a plain state dict. safetensors: __metadata__. CTranslate2: "spec" and "revision".
  std::map<std::string, std::string> metadata = {};
  std::vector<std::string> vocabulary = {};  // ggml only.
  // CTranslate2 only: alias, target.
  std::vector<std::pair<std::string, std::string>> aliases = {};
};

// Contents of model.bin, version 6. Types: float32, float16, bfloat16; int16 and int8 for tensors
// of rank 2 and more whose name ends in "weight", the rest float32.
std::string MakeCTranslate2(const Checkpoint& checkpoint, Encoding type);

// Contents of model.safetensors. Types: float32, float16, bfloat16.
std::string MakeSafetensors(const Checkpoint& checkpoint, Encoding type);

// File names and contents of a sharded model, the index included; tensors are dealt out in turn.
std::map<std::string, std::string> MakeShardedSafetensors(const Checkpoint& checkpoint,
                                                          Encoding type, int num_shards);

// Contents of a .pt file. Types: float32, float16, bfloat16.
std::string MakeTorchPt(const Checkpoint& checkpoint, Encoding type);

// A zip archive of stored members, their data on multiples of 64 as torch.save aligns it.
std::string MakeZip(const std::vector<std::pair<std::string, std::string>>& members);

// Contents of a ggml-*.bin file. Types: float32, float16, q4_0, q4_1, q5_0, q5_1, q8_0. As
// whisper.cpp does it: vectors and positional embeddings stay float32, convolution biases get shape
// [n, 1], and weights whose rows are no multiple of the block stay float16.
std::string MakeGgml(const Checkpoint& checkpoint, Encoding type);

// `size` values in [-1, 1), the same for the same seed.
std::vector<float> RandomValues(size_t size, uint64_t seed);

}  // namespace ironscribe::formats::testing
