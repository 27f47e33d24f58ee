#include "models/whisper/random_checkpoint.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <map>
#include <vector>

namespace ironscribe::models::whisper {
namespace {

namespace fs = std::filesystem;
using formats::testing::Checkpoint;
using formats::testing::CheckpointTensor;

constexpr int kSmallTokens = 656;  // Lines of text/testdata/small.tiktoken.

class Builder {
 public:
  explicit Builder(uint64_t seed) : seed_(seed) {}

  void Add(const std::string& name, tensor::Shape shape, float range, float centre = 0) {
    size_t size = 1;
    for (int64_t dimension : shape) size *= static_cast<size_t>(dimension);
    std::vector<float> values = formats::testing::RandomValues(size, seed_++);
    for (float& value : values) value = centre + value * range;
    checkpoint_.tensors.push_back({name, std::move(shape), std::move(values)});
  }
  void Norm(const std::string& name, int64_t state) {
    Add(name + ".weight", {state}, 0.2f, 1.0f);
    Add(name + ".bias", {state}, 0.1f);
  }
  void Linear(const std::string& name, int64_t out, int64_t in, bool bias = true) {
    Add(name + ".weight", {out, in}, 0.25f);
    if (bias) Add(name + ".bias", {out}, 0.1f);
  }
  void Attention(const std::string& name, int64_t state) {
    Linear(name + ".query", state, state);
    Linear(name + ".key", state, state, /*bias=*/false);
    Linear(name + ".value", state, state);
    Linear(name + ".out", state, state);
  }
  void Layer(const std::string& name, int64_t state, bool cross) {
    Norm(name + ".attn_ln", state);
    Attention(name + ".attn", state);
    if (cross) {
      Norm(name + ".cross_attn_ln", state);
      Attention(name + ".cross_attn", state);
    }
    Norm(name + ".mlp_ln", state);
    Linear(name + ".mlp.0", 4 * state, state);
    Linear(name + ".mlp.2", state, 4 * state);
  }
  Checkpoint& checkpoint() { return checkpoint_; }

 private:
  uint64_t seed_;
  Checkpoint checkpoint_;
};

std::string Replace(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

const CheckpointTensor& Find(const Checkpoint& checkpoint, const std::string& name) {
  for (const CheckpointTensor& tensor : checkpoint.tensors) {
    if (tensor.name == name) return tensor;
  }
  ADD_FAILURE() << "no tensor " << name;
  return checkpoint.tensors.front();
}

// Stacks the weights and biases (zeros where missing) of several layers.
void Fuse(const Checkpoint& from, const std::vector<std::string>& layers, const std::string& to,
          Checkpoint& out) {
  CheckpointTensor weight{to + "/weight", {0, 0}, {}}, bias{to + "/bias", {0}, {}};
  for (const std::string& layer : layers) {
    const CheckpointTensor& piece = Find(from, layer + ".weight");
    weight.shape = {weight.shape[0] + piece.shape[0], piece.shape[1]};
    weight.values.insert(weight.values.end(), piece.values.begin(), piece.values.end());
    std::vector<float> piece_bias(static_cast<size_t>(piece.shape[0]), 0.0f);
    if (!layer.ends_with(".key")) piece_bias = Find(from, layer + ".bias").values;
    bias.values.insert(bias.values.end(), piece_bias.begin(), piece_bias.end());
  }
  bias.shape = {weight.shape[0]};
  out.tensors.push_back(std::move(weight));
  out.tensors.push_back(std::move(bias));
}

void Copy(const Checkpoint& from, const std::string& name, const std::string& to, Checkpoint& out) {
  CheckpointTensor tensor = Find(from, name);
  tensor.name = to;
  out.tensors.push_back(std::move(tensor));
}

void CopyNorm(const Checkpoint& from, const std::string& name, const std::string& to,
              Checkpoint& out) {
  Copy(from, name + ".weight", to + "/gamma", out);
  Copy(from, name + ".bias", to + "/beta", out);
}

void CopyLayer(const Checkpoint& from, const std::string& name, const std::string& to, bool cross,
               Checkpoint& out) {
  CopyNorm(from, name + ".attn_ln", to + "/self_attention/layer_norm", out);
  Fuse(from, {name + ".attn.query", name + ".attn.key", name + ".attn.value"},
       to + "/self_attention/linear_0", out);
  Fuse(from, {name + ".attn.out"}, to + "/self_attention/linear_1", out);
  if (cross) {
    CopyNorm(from, name + ".cross_attn_ln", to + "/attention/layer_norm", out);
    Fuse(from, {name + ".cross_attn.query"}, to + "/attention/linear_0", out);
    Fuse(from, {name + ".cross_attn.key", name + ".cross_attn.value"}, to + "/attention/linear_1",
         out);
    Fuse(from, {name + ".cross_attn.out"}, to + "/attention/linear_2", out);
  }
  CopyNorm(from, name + ".mlp_ln", to + "/ffn/layer_norm", out);
  Fuse(from, {name + ".mlp.0"}, to + "/ffn/linear_0", out);
  Fuse(from, {name + ".mlp.2"}, to + "/ffn/linear_1", out);
}

}  // namespace

Dimensions RandomDimensions() {
  return {.num_mels = 80,
          .audio_context = 50,
          .audio_state = 64,
          .audio_heads = 2,
          .audio_layers = 2,
          .text_context = 64,
          .text_state = 64,
          .text_heads = 2,
          .text_layers = 2,
          .vocab_size = kSmallTokens + 2 + 99 + 6 + 1501};
}

Checkpoint RandomOpenAiCheckpoint(uint64_t seed, const Dimensions& dims) {
  Builder builder(seed);
  const int64_t state = dims.text_state;
  builder.Add("encoder.conv1.weight", {state, dims.num_mels, 3}, 0.1f);
  builder.Add("encoder.conv1.bias", {state}, 0.1f);
  builder.Add("encoder.conv2.weight", {state, state, 3}, 0.1f);
  builder.Add("encoder.conv2.bias", {state}, 0.1f);
  builder.Add("encoder.positional_embedding", {dims.audio_context, state}, 0.5f);
  for (int layer = 0; layer < dims.audio_layers; ++layer) {
    builder.Layer(fmt::format("encoder.blocks.{}", layer), state, /*cross=*/false);
  }
  builder.Norm("encoder.ln_post", state);
  builder.Add("decoder.token_embedding.weight", {dims.vocab_size, state}, 0.5f);
  builder.Add("decoder.positional_embedding", {dims.text_context, state}, 0.5f);
  for (int layer = 0; layer < dims.text_layers; ++layer) {
    builder.Layer(fmt::format("decoder.blocks.{}", layer), state, /*cross=*/true);
  }
  builder.Norm("decoder.ln", state);
  const std::pair<const char*, int> header[] = {
      {"n_vocab", dims.vocab_size},         {"n_audio_ctx", dims.audio_context},
      {"n_audio_state", dims.audio_state},  {"n_audio_head", dims.audio_heads},
      {"n_audio_layer", dims.audio_layers}, {"n_text_ctx", dims.text_context},
      {"n_text_state", dims.text_state},    {"n_text_head", dims.text_heads},
      {"n_text_layer", dims.text_layers},   {"n_mels", dims.num_mels},
  };
  for (const auto& [name, value] : header)
    builder.checkpoint().metadata[name] = std::to_string(value);
  return builder.checkpoint();
}

Checkpoint ToHuggingFace(const Checkpoint& openai) {
  const std::pair<const char*, const char*> renames[] = {
      {"encoder.blocks.", "encoder.layers."},
      {"decoder.blocks.", "decoder.layers."},
      {".cross_attn_ln.", ".encoder_attn_layer_norm."},
      {".cross_attn.", ".encoder_attn."},
      {".attn_ln.", ".self_attn_layer_norm."},
      {".attn.", ".self_attn."},
      {".query.", ".q_proj."},
      {".key.", ".k_proj."},
      {".value.", ".v_proj."},
      {".out.", ".out_proj."},
      {".mlp_ln.", ".final_layer_norm."},
      {".mlp.0.", ".fc1."},
      {".mlp.2.", ".fc2."},
      {"ln_post.", "layer_norm."},
      {"decoder.ln.", "decoder.layer_norm."},
      {"token_embedding.", "embed_tokens."},
      {"positional_embedding", "embed_positions.weight"},
  };
  Checkpoint checkpoint;
  for (CheckpointTensor tensor : openai.tensors) {
    for (const auto& [from, to] : renames) tensor.name = Replace(tensor.name, from, to);
    tensor.name = "model." + tensor.name;
    checkpoint.tensors.push_back(std::move(tensor));
  }
  return checkpoint;
}

Checkpoint ToCTranslate2(const Checkpoint& openai) {
  const Dimensions dims = RandomDimensions();
  Checkpoint out;
  out.metadata = {{"spec", "WhisperSpec"}, {"revision", "3"}};
  for (const char* conv : {"conv1", "conv2"}) {
    for (const char* part : {"weight", "bias"}) {
      Copy(openai, fmt::format("encoder.{}.{}", conv, part),
           fmt::format("encoder/{}/{}", conv, part), out);
    }
  }
  Copy(openai, "encoder.positional_embedding", "encoder/position_encodings/encodings", out);
  Copy(openai, "decoder.positional_embedding", "decoder/position_encodings/encodings", out);
  Copy(openai, "decoder.token_embedding.weight", "decoder/embeddings/weight", out);
  out.aliases = {{"decoder/projection/weight", "decoder/embeddings/weight"}};
  for (int layer = 0; layer < dims.audio_layers; ++layer) {
    CopyLayer(openai, fmt::format("encoder.blocks.{}", layer),
              fmt::format("encoder/layer_{}", layer), false, out);
  }
  for (int layer = 0; layer < dims.text_layers; ++layer) {
    CopyLayer(openai, fmt::format("decoder.blocks.{}", layer),
              fmt::format("decoder/layer_{}", layer), true, out);
  }
  CopyNorm(openai, "encoder.ln_post", "encoder/layer_norm", out);
  CopyNorm(openai, "decoder.ln", "decoder/layer_norm", out);
  const auto heads = static_cast<float>(dims.audio_heads);
  out.tensors.push_back({"encoder/num_heads", {}, {heads}, formats::Encoding::kInt16});
  out.tensors.push_back({"decoder/num_heads", {}, {heads}, formats::Encoding::kInt16});
  return out;
}

ModelFolder::ModelFolder() {
  static std::atomic<int> counter{0};
  path_ = fs::path(testing::TempDir()) /
          fmt::format("model_folder_{}_{}", ::getpid(), counter.fetch_add(1));
  fs::remove_all(path_);
  fs::create_directories(path_);
  fs::copy_file(fs::path(IRONSCRIBE_SOURCE_DIR) / "src/text/testdata/small.tiktoken",
                path_ / "small.tiktoken");
  // Heads of 32 where the container does not say so itself.
  Write("config.json", R"({"encoder_attention_heads": 2, "decoder_attention_heads": 2})");
}

ModelFolder::~ModelFolder() {
  std::error_code error;
  fs::remove_all(path_, error);
}

void ModelFolder::Write(const std::string& name, const std::string& bytes) const {
  std::ofstream(path_ / name, std::ios::binary) << bytes;
}

}  // namespace ironscribe::models::whisper
