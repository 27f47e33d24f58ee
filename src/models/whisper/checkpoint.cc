#include "models/whisper/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "base/safe_math.h"

namespace ironscribe::models::whisper {

// How one family of converters names things. Layer parts are suffixes behind "<side>.<layer>.".
struct Checkpoint::Naming {
  std::string encoder_layer, decoder_layer;  // With {} for the layer's index.
  std::string encoder_norm, decoder_norm;
  std::string conv;       // With {} for 1 or 2.
  std::string embedding;  // [vocab, state]
  std::string logits;     // Used if present, else the embedding.
  std::string encoder_positions, decoder_positions;
  std::string separator;  // Between a layer and its "weight" and "bias".
  std::string norm_gamma, norm_beta;
  std::map<std::string, std::vector<std::string>> parts;
};

namespace {

using Parts = std::map<std::string, std::vector<std::string>>;

const Parts kCTranslate2Parts = {
    {"self_norm", {"self_attention/layer_norm"}},
    {"self_qkv", {"self_attention/linear_0"}},
    {"self_out", {"self_attention/linear_1"}},
    {"cross_norm", {"attention/layer_norm"}},
    {"cross_query", {"attention/linear_0"}},
    {"cross_kv", {"attention/linear_1"}},
    {"cross_out", {"attention/linear_2"}},
    {"feed_norm", {"ffn/layer_norm"}},
    {"feed_in", {"ffn/linear_0"}},
    {"feed_out", {"ffn/linear_1"}},
};

const Parts kHuggingFaceParts = {
    {"self_norm", {"self_attn_layer_norm"}},
    {"self_qkv", {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"}},
    {"self_out", {"self_attn.out_proj"}},
    {"cross_norm", {"encoder_attn_layer_norm"}},
    {"cross_query", {"encoder_attn.q_proj"}},
    {"cross_kv", {"encoder_attn.k_proj", "encoder_attn.v_proj"}},
    {"cross_out", {"encoder_attn.out_proj"}},
    {"feed_norm", {"final_layer_norm"}},
    {"feed_in", {"fc1"}},
    {"feed_out", {"fc2"}},
};

const Parts kOpenAiParts = {
    {"self_norm", {"attn_ln"}},
    {"self_qkv", {"attn.query", "attn.key", "attn.value"}},
    {"self_out", {"attn.out"}},
    {"cross_norm", {"cross_attn_ln"}},
    {"cross_query", {"cross_attn.query"}},
    {"cross_kv", {"cross_attn.key", "cross_attn.value"}},
    {"cross_out", {"cross_attn.out"}},
    {"feed_norm", {"mlp_ln"}},
    {"feed_in", {"mlp.0"}},
    {"feed_out", {"mlp.2"}},
};

// Splits "encoder.3.self_qkv" into side, layer and part; false for names without a layer.
bool SplitLayer(const std::string& name, std::string* side, int* layer, std::string* part) {
  const size_t first = name.find('.');
  const size_t second = name.find('.', first + 1);
  if (first == std::string::npos || second == std::string::npos) return false;
  const char* begin = name.data() + first + 1;
  const char* end = name.data() + second;
  if (std::from_chars(begin, end, *layer).ptr != end || begin == end) return false;
  *side = name.substr(0, first);
  *part = name.substr(second + 1);
  return true;
}

Status CheckFinite(std::span<const float> values, const std::string& name) {
  for (float value : values) {
    if (!std::isfinite(value)) return DataLossError("tensor '" + name + "' holds NaN or infinity");
  }
  return OkStatus();
}

// A tensor of exactly out.size() elements.
Status ReadWhole(const formats::WeightSource& source, const std::string& name,
                 std::span<float> out) {
  const formats::TensorInfo* info = source.Find(name);
  if (info == nullptr) return InvalidArgumentError("tensor '" + name + "' is missing");
  if (CheckedProduct(info->shape) != out.size()) {
    return InvalidArgumentError(fmt::format("tensor '{}' has shape {}, expected {} elements", name,
                                            tensor::ShapeToString(info->shape), out.size()));
  }
  RETURN_IF_ERROR(source.Read(name, 0, out));
  return CheckFinite(out, name);
}

}  // namespace

const Checkpoint::Naming* Checkpoint::NamingOf(const formats::WeightSource& source) {
  static const Naming kCTranslate2 = {.encoder_layer = "encoder/layer_{}/",
                                      .decoder_layer = "decoder/layer_{}/",
                                      .encoder_norm = "encoder/layer_norm",
                                      .decoder_norm = "decoder/layer_norm",
                                      .conv = "encoder/conv{}",
                                      .embedding = "decoder/embeddings/weight",
                                      .logits = "decoder/projection/weight",
                                      .encoder_positions = "encoder/position_encodings/encodings",
                                      .decoder_positions = "decoder/position_encodings/encodings",
                                      .separator = "/",
                                      .norm_gamma = "/gamma",
                                      .norm_beta = "/beta",
                                      .parts = kCTranslate2Parts};
  static const auto kHuggingFace = [](const std::string& root) {
    return Naming{.encoder_layer = root + "encoder.layers.{}.",
                  .decoder_layer = root + "decoder.layers.{}.",
                  .encoder_norm = root + "encoder.layer_norm",
                  .decoder_norm = root + "decoder.layer_norm",
                  .conv = root + "encoder.conv{}",
                  .embedding = root + "decoder.embed_tokens.weight",
                  .logits = "proj_out.weight",
                  .encoder_positions = root + "encoder.embed_positions.weight",
                  .decoder_positions = root + "decoder.embed_positions.weight",
                  .separator = ".",
                  .norm_gamma = ".weight",
                  .norm_beta = ".bias",
                  .parts = kHuggingFaceParts};
  };
  static const Naming kRooted = kHuggingFace("model."), kBare = kHuggingFace("");
  static const Naming kOpenAi = {.encoder_layer = "encoder.blocks.{}.",
                                 .decoder_layer = "decoder.blocks.{}.",
                                 .encoder_norm = "encoder.ln_post",
                                 .decoder_norm = "decoder.ln",
                                 .conv = "encoder.conv{}",
                                 .embedding = "decoder.token_embedding.weight",
                                 .logits = "",
                                 .encoder_positions = "encoder.positional_embedding",
                                 .decoder_positions = "decoder.positional_embedding",
                                 .separator = ".",
                                 .norm_gamma = ".weight",
                                 .norm_beta = ".bias",
                                 .parts = kOpenAiParts};
  for (const Naming* naming : {&kCTranslate2, &kRooted, &kBare, &kOpenAi}) {
    if (source.Find(naming->embedding) != nullptr &&
        source.Find(naming->encoder_positions) != nullptr) {
      return naming;
    }
  }
  return nullptr;
}

bool Checkpoint::Detect(const formats::WeightSource& source) { return NamingOf(source) != nullptr; }

Result<Checkpoint> Checkpoint::Read(const formats::WeightSource& source, int audio_heads,
                                    int text_heads) {
  Checkpoint checkpoint;
  checkpoint.source_ = &source;
  checkpoint.naming_ = NamingOf(source);
  if (checkpoint.naming_ == nullptr) {
    return InvalidArgumentError(
        "the weights are not those of a Whisper model: no token embedding "
        "and encoder positions under any known name");
  }
  RETURN_IF_ERROR(checkpoint.ReadDimensions(audio_heads, text_heads));
  return checkpoint;
}

int64_t Checkpoint::Count(std::string_view metadata_name, int64_t fallback) const {
  const auto found = source_->metadata().find(std::string(metadata_name));
  if (found == source_->metadata().end()) return fallback;
  int64_t value = 0;
  const std::string& text = found->second;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return parsed.ec == std::errc() ? value : fallback;
}

Status Checkpoint::ReadDimensions(int audio_heads, int text_heads) {
  const auto find = [&](const std::string& name, size_t rank) -> Result<tensor::Shape> {
    const formats::TensorInfo* info = source_->Find(name);
    if (info == nullptr) return InvalidArgumentError("tensor '" + name + "' is missing");
    if (info->shape.size() != rank) {
      return InvalidArgumentError(fmt::format("tensor '{}' has shape {}, expected {} dimensions",
                                              name, tensor::ShapeToString(info->shape), rank));
    }
    for (int64_t size : info->shape) {
      if (size < 1 || size > (1 << 24)) {
        return InvalidArgumentError(
            fmt::format("tensor '{}' has shape {}", name, tensor::ShapeToString(info->shape)));
      }
    }
    return info->shape;
  };
  ASSIGN_OR_RETURN(const tensor::Shape embedding, find(naming_->embedding, 2));
  ASSIGN_OR_RETURN(const tensor::Shape audio, find(naming_->encoder_positions, 2));
  ASSIGN_OR_RETURN(const tensor::Shape text, find(naming_->decoder_positions, 2));
  ASSIGN_OR_RETURN(
      const tensor::Shape conv,
      find(fmt::format(fmt::runtime(naming_->conv), 1) + naming_->separator + "weight", 3));
  dims_.vocab_size = static_cast<int>(embedding[0]);
  dims_.text_state = static_cast<int>(embedding[1]);
  dims_.audio_context = static_cast<int>(audio[0]);
  dims_.audio_state = static_cast<int>(audio[1]);
  dims_.text_context = static_cast<int>(text[0]);
  dims_.num_mels = static_cast<int>(conv[1]);
  const auto layers = [&](const std::string& pattern) {
    int count = 0;
    const std::string probe = naming_->parts.at("feed_norm")[0] + naming_->norm_gamma;
    while (source_->Find(fmt::format(fmt::runtime(pattern), count) + probe) != nullptr) ++count;
    return count;
  };
  dims_.audio_layers = layers(naming_->encoder_layer);
  dims_.text_layers = layers(naming_->decoder_layer);
  // Every published Whisper has heads of 64; the containers that say otherwise are believed.
  constexpr int kHeadSize = 64;
  const auto heads = [&](const char* metadata, const char* scalar, int given, int state) {
    float value = 0;
    constexpr int64_t kMostHeads = 1 << 16;  // Beyond any real model; CheckDimensions refuses it.
    if (source_->Read(scalar, 0, {&value, 1}).ok() && value >= 1 && value < kMostHeads) {
      return static_cast<int>(value);
    }
    if (given > 0) return given;
    const int64_t counted = Count(metadata, std::max(1, state / kHeadSize));
    return static_cast<int>(std::clamp<int64_t>(counted, 0, kMostHeads));
  };
  dims_.audio_heads = heads("n_audio_head", "encoder/num_heads", audio_heads, dims_.audio_state);
  dims_.text_heads = heads("n_text_head", "decoder/num_heads", text_heads, dims_.text_state);
  return CheckDimensions(dims_);
}

std::string Checkpoint::Expand(const std::string& name) const {
  std::string side, part;
  int layer = 0;
  if (!SplitLayer(name, &side, &layer, &part)) return "";
  return fmt::format(
      fmt::runtime(side == "encoder" ? naming_->encoder_layer : naming_->decoder_layer), layer);
}

Result<Matrix> Checkpoint::Describe(const std::string& name) const {
  const int64_t state = dims_.text_state;
  Matrix matrix;
  std::vector<std::string> prefixes;
  tensor::Shape piece_tail;  // Shape of a piece behind its rows.
  std::string side, part;
  int layer = 0;
  if (name == "encoder.conv1" || name == "encoder.conv2") {
    prefixes = {fmt::format(fmt::runtime(naming_->conv), name.back())};
    const int64_t inputs = name.back() == '1' ? dims_.num_mels : state;
    matrix = {.weight_pieces = {}, .bias_pieces = {}, .rows = state, .columns = inputs * 3};
    piece_tail = {inputs, 3};
  } else if (name == "decoder.logits") {
    const bool own = !naming_->logits.empty() && source_->Find(naming_->logits) != nullptr;
    matrix = {.weight_pieces = {own ? naming_->logits : naming_->embedding},
              .bias_pieces = {""},
              .rows = dims_.vocab_size,
              .columns = state};
    piece_tail = {state};
  } else if (SplitLayer(name, &side, &layer, &part) && naming_->parts.contains(part)) {
    for (const std::string& piece : naming_->parts.at(part))
      prefixes.push_back(Expand(name) + piece);
    matrix.rows = part == "self_qkv" ? 3 * state : part == "cross_kv" ? 2 * state : state;
    matrix.columns = state;
    if (part == "feed_in" || part == "feed_out") {
      const formats::TensorInfo* info = source_->Find(prefixes[0] + naming_->separator + "weight");
      const bool in = part == "feed_in";
      const int64_t inner =
          info != nullptr && info->shape.size() == 2 ? info->shape[in ? 0 : 1] : 0;
      if (inner > kMaxInnerSize) {
        return InvalidArgumentError(
            fmt::format("feed-forward layer '{}' is {} wide", prefixes[0], inner));
      }
      (in ? matrix.rows : matrix.columns) = inner;
    }
    piece_tail = {matrix.columns};
  } else {
    return InternalError("no matrix is called '" + name + "'");
  }
  for (const std::string& prefix : prefixes) {
    matrix.weight_pieces.push_back(prefix + naming_->separator + "weight");
    const std::string bias = prefix + naming_->separator + "bias";
    matrix.bias_pieces.push_back(source_->Find(bias) == nullptr ? "" : bias);
  }
  const int64_t piece_rows = matrix.rows / static_cast<int64_t>(matrix.weight_pieces.size());
  tensor::Shape expected = {piece_rows};
  expected.insert(expected.end(), piece_tail.begin(), piece_tail.end());
  for (const std::string& piece : matrix.weight_pieces) {
    const formats::TensorInfo* info = source_->Find(piece);
    if (info == nullptr) return InvalidArgumentError("tensor '" + piece + "' is missing");
    if (info->shape != expected || piece_rows < 1 || matrix.columns < 1) {
      return InvalidArgumentError(fmt::format("tensor '{}' has shape {}, expected {}", piece,
                                              tensor::ShapeToString(info->shape),
                                              tensor::ShapeToString(expected)));
    }
  }
  return matrix;
}

Result<Matrix> Checkpoint::DescribeEmbedding() const {
  // Its shape gave the dimensions, so it is right by construction.
  return Matrix{.weight_pieces = {naming_->embedding},
                .bias_pieces = {""},
                .rows = dims_.vocab_size,
                .columns = dims_.text_state};
}

Status Checkpoint::ReadRows(const Matrix& matrix, int64_t first, int64_t count,
                            std::span<float> out) const {
  const int64_t piece_rows = matrix.rows / static_cast<int64_t>(matrix.weight_pieces.size());
  int64_t done = 0;
  while (done < count) {
    const int64_t row = first + done;
    const std::string& piece = matrix.weight_pieces[static_cast<size_t>(row / piece_rows)];
    const int64_t take = std::min(count - done, piece_rows - row % piece_rows);
    const std::span<float> part = out.subspan(static_cast<size_t>(done * matrix.columns),
                                              static_cast<size_t>(take * matrix.columns));
    RETURN_IF_ERROR(
        source_->Read(piece, static_cast<uint64_t>(row % piece_rows * matrix.columns), part));
    RETURN_IF_ERROR(CheckFinite(part, piece));
    done += take;
  }
  return OkStatus();
}

Status Checkpoint::ReadBias(const Matrix& matrix, std::span<float> out) const {
  const size_t piece_rows = static_cast<size_t>(matrix.rows) / matrix.bias_pieces.size();
  std::fill(out.begin(), out.end(), 0.0f);
  for (size_t i = 0; i < matrix.bias_pieces.size(); ++i) {
    if (matrix.bias_pieces[i].empty()) continue;
    RETURN_IF_ERROR(
        ReadWhole(*source_, matrix.bias_pieces[i], out.subspan(i * piece_rows, piece_rows)));
  }
  return OkStatus();
}

Status Checkpoint::ReadNorm(const std::string& name, std::span<float> gamma,
                            std::span<float> beta) const {
  std::string side, part, prefix;
  int layer = 0;
  if (name == "encoder.norm") {
    prefix = naming_->encoder_norm;
  } else if (name == "decoder.norm") {
    prefix = naming_->decoder_norm;
  } else if (SplitLayer(name, &side, &layer, &part) && naming_->parts.contains(part)) {
    prefix = Expand(name) + naming_->parts.at(part)[0];
  } else {
    return InternalError("no layer norm is called '" + name + "'");
  }
  RETURN_IF_ERROR(ReadWhole(*source_, prefix + naming_->norm_gamma, gamma));
  return ReadWhole(*source_, prefix + naming_->norm_beta, beta);
}

Status Checkpoint::ReadPositions(const std::string& name, std::span<float> out) const {
  const std::string& source_name =
      name == "encoder.positions" ? naming_->encoder_positions : naming_->decoder_positions;
  return ReadWhole(*source_, source_name, out);
}

}  // namespace ironscribe::models::whisper
