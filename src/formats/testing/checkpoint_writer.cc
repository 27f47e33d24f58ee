#include "formats/testing/checkpoint_writer.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/random.h"
#include "formats/testing/encode.h"

namespace ironscribe::formats::testing {
namespace {

using Json = nlohmann::json;

std::string Lookup(const Checkpoint& checkpoint, const std::string& key, const std::string& other) {
  const auto found = checkpoint.metadata.find(key);
  return found == checkpoint.metadata.end() ? other : found->second;
}

// --- CTranslate2 ---

void PutName(std::string* out, const std::string& name) {
  Put(out, static_cast<uint16_t>(name.size() + 1));
  *out += name;
  out->push_back('\0');
}

void PutVariable(std::string* out, const std::string& name, const tensor::Shape& shape,
                 Encoding type, const std::string& data) {
  constexpr std::pair<Encoding, uint8_t> kCodes[] = {
      {Encoding::kFloat32, 0}, {Encoding::kInt8, 1},    {Encoding::kInt16, 2},
      {Encoding::kInt32, 3},   {Encoding::kFloat16, 4}, {Encoding::kBFloat16, 5}};
  PutName(out, name);
  Put(out, static_cast<uint8_t>(shape.size()));
  for (const int64_t dimension : shape) Put(out, static_cast<uint32_t>(dimension));
  const auto* code = std::find_if(std::begin(kCodes), std::end(kCodes),
                                  [&](const auto& pair) { return pair.first == type; });
  IRONSCRIBE_CHECK(code != std::end(kCodes));
  Put(out, code->second);
  Put(out, static_cast<uint32_t>(data.size()));
  *out += data;
}

// Scale: 127 over the row's largest magnitude for int8, 2^10 over the tensor's for int16.
void PutQuantised(std::string* out, const CheckpointTensor& tensor, Encoding type) {
  const size_t rows = type == Encoding::kInt8 ? static_cast<size_t>(tensor.shape[0]) : 1;
  const float top = type == Encoding::kInt8 ? 127.0f : 1024.0f;
  const size_t row_size = tensor.values.size() / rows;
  std::vector<float> scales, codes;
  for (size_t row = 0; row < rows; ++row) {
    const auto begin = tensor.values.begin() + static_cast<ptrdiff_t>(row * row_size);
    float extreme = 0.0f;
    for (size_t i = 0; i < row_size; ++i) extreme = std::max(extreme, std::abs(begin[i]));
    scales.push_back(extreme == 0.0f ? 1.0f : top / extreme);
    for (size_t i = 0; i < row_size; ++i) codes.push_back(std::nearbyint(begin[i] * scales.back()));
  }
  PutVariable(out, tensor.name, tensor.shape, type, Encode(type, codes));
  const tensor::Shape scale_shape =
      type == Encoding::kInt8 ? tensor::Shape{tensor.shape[0]} : tensor::Shape{};
  PutVariable(out, tensor.name + "_scale", scale_shape, Encoding::kFloat32,
              Encode(Encoding::kFloat32, scales));
}

// --- safetensors ---

std::string SafetensorsFile(const std::vector<const CheckpointTensor*>& tensors,
                            const std::map<std::string, std::string>& metadata, Encoding type) {
  const std::string type_name = type == Encoding::kFloat32   ? "F32"
                                : type == Encoding::kFloat16 ? "F16"
                                                             : "BF16";
  Json header = Json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::string data;
  for (const CheckpointTensor* tensor : tensors) {
    const size_t begin = data.size();
    data += Encode(type, tensor->values);
    header[tensor->name] = {
        {"dtype", type_name}, {"shape", tensor->shape}, {"data_offsets", {begin, data.size()}}};
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  std::string out;
  Put(&out, static_cast<uint64_t>(text.size()));
  return out + text + data;
}

// --- ggml ---

struct GgmlType {
  Encoding encoding;
  int32_t type;
  int32_t file_type;
};
constexpr GgmlType kGgmlTypes[] = {
    {Encoding::kFloat32, 0, 0}, {Encoding::kFloat16, 1, 1}, {Encoding::kQ4_0, 2, 2002},
    {Encoding::kQ4_1, 3, 2003}, {Encoding::kQ5_0, 6, 2008}, {Encoding::kQ5_1, 7, 2009},
    {Encoding::kQ8_0, 8, 2007},
};

const GgmlType& FindGgmlType(Encoding encoding) {
  for (const GgmlType& type : kGgmlTypes) {
    if (type.encoding == encoding) return type;
  }
  IRONSCRIBE_CHECK(false);
}

Encoding GgmlTensorType(const CheckpointTensor& tensor, Encoding type) {
  if (tensor.shape.size() < 2 || tensor.name.ends_with("positional_embedding")) {
    return Encoding::kFloat32;
  }
  const auto block = static_cast<int64_t>(UnitOf(type).elements);
  return tensor.shape.back() % block == 0 ? type : Encoding::kFloat16;
}

void PutGgmlTensor(std::string* out, const CheckpointTensor& tensor, Encoding type) {
  const Encoding stored = GgmlTensorType(tensor, type);
  tensor::Shape shape = tensor.shape;
  if (tensor.name.ends_with("conv1.bias") || tensor.name.ends_with("conv2.bias")) {
    shape.push_back(1);
  }
  Put(out, static_cast<int32_t>(shape.size()));
  Put(out, static_cast<int32_t>(tensor.name.size()));
  Put(out, FindGgmlType(stored).type);
  for (size_t d = shape.size(); d-- > 0;) Put(out, static_cast<int32_t>(shape[d]));
  *out += tensor.name;
  *out += Encode(stored, tensor.values);
}

}  // namespace

std::string MakeCTranslate2(const Checkpoint& checkpoint, Encoding type) {
  const bool is_quantised = type == Encoding::kInt8 || type == Encoding::kInt16;
  std::string variables;
  uint32_t count = 0;
  for (const CheckpointTensor& tensor : checkpoint.tensors) {
    ++count;
    if (tensor.setting_type) {
      PutVariable(&variables, tensor.name, tensor.shape, *tensor.setting_type,
                  Encode(*tensor.setting_type, tensor.values));
    } else if (is_quantised && tensor.shape.size() >= 2 && tensor.name.ends_with("weight")) {
      PutQuantised(&variables, tensor, type);
      ++count;
    } else {
      const Encoding plain = is_quantised ? Encoding::kFloat32 : type;
      PutVariable(&variables, tensor.name, tensor.shape, plain, Encode(plain, tensor.values));
    }
  }
  std::string out;
  Put(&out, uint32_t{6});
  PutName(&out, Lookup(checkpoint, "spec", "WhisperSpec"));
  Put(&out, static_cast<uint32_t>(std::atoi(Lookup(checkpoint, "revision", "3").c_str())));
  Put(&out, count);
  out += variables;
  Put(&out, static_cast<uint32_t>(checkpoint.aliases.size()));
  for (const auto& [alias, target] : checkpoint.aliases) {
    PutName(&out, alias);
    PutName(&out, target);
  }
  return out;
}

std::string MakeSafetensors(const Checkpoint& checkpoint, Encoding type) {
  std::vector<const CheckpointTensor*> tensors;
  for (const CheckpointTensor& tensor : checkpoint.tensors) tensors.push_back(&tensor);
  return SafetensorsFile(tensors, checkpoint.metadata, type);
}

std::map<std::string, std::string> MakeShardedSafetensors(const Checkpoint& checkpoint,
                                                          Encoding type, int num_shards) {
  std::map<std::string, std::string> files;
  Json map = Json::object();
  for (int shard = 0; shard < num_shards; ++shard) {
    const std::string name = "model-" + std::to_string(shard + 1) + ".safetensors";
    std::vector<const CheckpointTensor*> tensors;
    for (size_t i = static_cast<size_t>(shard); i < checkpoint.tensors.size();
         i += static_cast<size_t>(num_shards)) {
      tensors.push_back(&checkpoint.tensors[i]);
      map[checkpoint.tensors[i].name] = name;
    }
    files[name] = SafetensorsFile(tensors, checkpoint.metadata, type);
  }
  files["model.safetensors.index.json"] =
      Json({{"metadata", Json::object()}, {"weight_map", map}}).dump();
  return files;
}

std::string MakeGgml(const Checkpoint& checkpoint, Encoding type) {
  std::string out;
  Put(&out, uint32_t{0x67676d6c});
  for (const char* field :
       {"n_vocab", "n_audio_ctx", "n_audio_state", "n_audio_head", "n_audio_layer", "n_text_ctx",
        "n_text_state", "n_text_head", "n_text_layer", "n_mels"}) {
    Put(&out, static_cast<int32_t>(std::atoi(Lookup(checkpoint, field, "0").c_str())));
  }
  Put(&out, FindGgmlType(type).file_type);
  // Mel filters of the right size; readers skip them.
  const int32_t num_mels = std::atoi(Lookup(checkpoint, "n_mels", "0").c_str());
  constexpr int32_t kBins = 201;  // Of a transform of 400 points.
  Put(&out, num_mels);
  Put(&out, kBins);
  out.append(static_cast<size_t>(num_mels) * kBins * sizeof(float), '\0');
  Put(&out, static_cast<int32_t>(checkpoint.vocabulary.size()));
  for (const std::string& token : checkpoint.vocabulary) {
    Put(&out, static_cast<uint32_t>(token.size()));
    out += token;
  }
  for (const CheckpointTensor& tensor : checkpoint.tensors) PutGgmlTensor(&out, tensor, type);
  return out;
}

std::vector<float> RandomValues(size_t size, uint64_t seed) {
  Random random(seed);
  std::vector<float> values(size);
  for (float& value : values) value = static_cast<float>(2.0 * random.NextUnit() - 1.0);
  return values;
}

}  // namespace ironscribe::formats::testing
