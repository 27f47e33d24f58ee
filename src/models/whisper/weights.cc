#include "models/whisper/weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace ironscribe::models::whisper {

using kernels::LinearType;

namespace {

// Type codes of blobs: a LinearType for packed matrices, else one of these.
constexpr uint32_t kFloatArray = 16;
constexpr uint32_t kBFloat16Array = 17;

const char* const kLogits = "decoder.logits";

// Groups of inputs with a scale of their own in kInt8Wide.
size_t WideGroups(int64_t columns) {
  return static_cast<size_t>(kernels::PaddedDepth(LinearType::kInt8Wide, columns) /
                             kernels::kWideGroup);
}

struct MatrixName {
  std::string name;
  LinearType type;
};

const char* const kEncoderParts[] = {"self_qkv", "self_out", "feed_in", "feed_out"};
const char* const kDecoderParts[] = {"self_qkv",  "self_out", "cross_query", "cross_kv",
                                     "cross_out", "feed_in",  "feed_out"};

// Every matrix of a model with its arithmetic.
std::vector<MatrixName> MatricesOf(const Dimensions& dims, const Arithmetic& arithmetic) {
  std::vector<MatrixName> names = {{"encoder.conv1", arithmetic.convolution},
                                   {"encoder.conv2", arithmetic.convolution}};
  for (int layer = 0; layer < dims.audio_layers; ++layer) {
    for (const char* part : kEncoderParts) {
      const bool feed_out = std::string_view(part) == "feed_out";
      names.push_back({fmt::format("encoder.{}.{}", layer, part),
                       feed_out ? arithmetic.encoder_feed_out : arithmetic.encoder});
    }
  }
  for (int layer = 0; layer < dims.text_layers; ++layer) {
    for (const char* part : kDecoderParts) {
      const bool cross = std::string_view(part) == "cross_kv";
      names.push_back({fmt::format("decoder.{}.{}", layer, part),
                       cross ? arithmetic.cross_key_value : arithmetic.decoder});
    }
  }
  names.push_back({kLogits, arithmetic.logits});
  return names;
}

std::vector<std::string> NormsOf(const Dimensions& dims) {
  std::vector<std::string> names;
  for (int layer = 0; layer < dims.audio_layers; ++layer) {
    for (const char* part : {"self_norm", "feed_norm"}) {
      names.push_back(fmt::format("encoder.{}.{}", layer, part));
    }
  }
  for (int layer = 0; layer < dims.text_layers; ++layer) {
    for (const char* part : {"self_norm", "cross_norm", "feed_norm"}) {
      names.push_back(fmt::format("decoder.{}.{}", layer, part));
    }
  }
  names.push_back("encoder.norm");
  names.push_back("decoder.norm");
  return names;
}

Status WriteFloats(formats::PackedWriter& writer, const std::string& name,
                   std::span<const float> values) {
  RETURN_IF_ERROR(writer.BeginBlob(name, kFloatArray, {static_cast<int64_t>(values.size())}));
  RETURN_IF_ERROR(writer.Append(std::as_bytes(values)));
  return writer.EndBlob();
}

// Convolution weights [rows, inputs, 3] become [rows, 3, inputs]: a window of three frames is then
// one contiguous row of activations.
void TransposeTaps(std::span<float> rows, int64_t count, int64_t columns) {
  const int64_t inputs = columns / 3;
  std::vector<float> row(static_cast<size_t>(columns));
  for (int64_t r = 0; r < count; ++r) {
    float* at = rows.data() + r * columns;
    for (int64_t i = 0; i < inputs; ++i) {
      for (int64_t tap = 0; tap < 3; ++tap)
        row[static_cast<size_t>(tap * inputs + i)] = at[i * 3 + tap];
    }
    std::copy(row.begin(), row.end(), at);
  }
}

// The output layer in 8 bits is a screen: how far its weights may be from what they were made of,
// in each group of inputs. `largest_scales` is what RaiseToWideScales found; to half a step, the
// rounding to 8 bits, comes that of the exact rows to bfloat16, 2^-9 of a value of at most 127
// steps.
Status WriteLogitErrors(std::vector<float> largest_scales, formats::PackedWriter& writer) {
  for (float& scale : largest_scales) scale *= 0.5f + 127.0f / 512;
  return WriteFloats(writer, "decoder.logits.errors", largest_scales);
}

Status PackMatrix(const Checkpoint& checkpoint, const MatrixName& matrix_name,
                  formats::PackedWriter& writer) {
  ASSIGN_OR_RETURN(const Matrix matrix, checkpoint.Describe(matrix_name.name));
  const bool convolution = matrix_name.name.starts_with("encoder.conv");
  std::vector<float> rows(static_cast<size_t>(kernels::kPanelColumns * matrix.columns));
  std::vector<std::byte> panel(kernels::PanelSizeBytes(matrix_name.type, matrix.columns));
  const bool screen = matrix_name.name == kLogits && matrix_name.type == LinearType::kInt8Wide;
  std::vector<float> largest_scales(screen ? WideGroups(matrix.columns) : 0, 0.0f);
  RETURN_IF_ERROR(writer.BeginBlob(matrix_name.name, static_cast<uint32_t>(matrix_name.type),
                                   {matrix.rows, matrix.columns}));
  for (int64_t first = 0; first < matrix.rows; first += kernels::kPanelColumns) {
    const int64_t count = std::min(kernels::kPanelColumns, matrix.rows - first);
    const std::span<float> part(rows.data(), static_cast<size_t>(count * matrix.columns));
    RETURN_IF_ERROR(checkpoint.ReadRows(matrix, first, count, part));
    if (convolution) TransposeTaps(part, count, matrix.columns);
    kernels::PackPanel(matrix_name.type, part, count, matrix.columns, panel.data());
    if (screen) kernels::RaiseToWideScales(panel.data(), matrix.columns, largest_scales);
    RETURN_IF_ERROR(writer.Append(panel));
  }
  RETURN_IF_ERROR(writer.EndBlob());
  if (screen) RETURN_IF_ERROR(WriteLogitErrors(std::move(largest_scales), writer));
  std::vector<float> bias(static_cast<size_t>(matrix.rows));
  RETURN_IF_ERROR(checkpoint.ReadBias(matrix, bias));
  return WriteFloats(writer, matrix_name.name + ".bias", bias);
}

// Rows as they are, beside the packed form of a matrix.
Status PackRows(const Checkpoint& checkpoint, const Matrix& matrix, const std::string& name,
                bool float32, formats::PackedWriter& writer) {
  RETURN_IF_ERROR(writer.BeginBlob(name, float32 ? kFloatArray : kBFloat16Array,
                                   {matrix.rows, matrix.columns}));
  std::vector<float> row(static_cast<size_t>(matrix.columns));
  std::vector<uint16_t> half(row.size());
  for (int64_t i = 0; i < matrix.rows; ++i) {
    RETURN_IF_ERROR(checkpoint.ReadRows(matrix, i, 1, row));
    std::transform(row.begin(), row.end(), half.begin(), tensor::BFloat16FromFloat);
    RETURN_IF_ERROR(
        writer.Append(float32 ? std::as_bytes(std::span(row)) : std::as_bytes(std::span(half))));
  }
  return writer.EndBlob();
}

// The rows of the output layer are those of the embedding in every original model; a checkpoint may
// bring others.
Status PackLogitRows(const Checkpoint& checkpoint, formats::PackedWriter& writer) {
  ASSIGN_OR_RETURN(const Matrix logits, checkpoint.Describe(kLogits));
  ASSIGN_OR_RETURN(const Matrix embedding, checkpoint.DescribeEmbedding());
  if (logits.weight_pieces == embedding.weight_pieces) return OkStatus();
  std::vector<float> a(static_cast<size_t>(logits.columns)), b(a.size());
  for (int64_t row = 0; row < logits.rows; ++row) {
    RETURN_IF_ERROR(checkpoint.ReadRows(logits, row, 1, a));
    RETURN_IF_ERROR(checkpoint.ReadRows(embedding, row, 1, b));
    if (a != b) return PackRows(checkpoint, logits, "decoder.logits.rows", false, writer);
  }
  return OkStatus();
}

// Finds blobs and checks type and size; the first failure is kept.
class Viewer {
 public:
  explicit Viewer(const formats::PackedFile& file) : file_(file) {}

  const std::byte* Bytes(const std::string& name, uint32_t type, uint64_t size_bytes) {
    const formats::PackedFile::Blob* blob = file_.Find(name);
    if (blob != nullptr && blob->type == type && blob->bytes.size() == size_bytes) {
      return blob->bytes.data();
    }
    if (status_.ok()) {
      status_ =
          DataLossError("packed model: tensor '" + name + "' is missing or has the wrong size");
    }
    return nullptr;
  }

  bool Has(const std::string& name) const { return file_.Find(name) != nullptr; }

  const float* Floats(const std::string& name, int64_t count) {
    return reinterpret_cast<const float*>(
        Bytes(name, kFloatArray, static_cast<uint64_t>(count) * sizeof(float)));
  }

  nn::LinearLayer Linear(const std::string& name, LinearType type, int64_t n, int64_t k) {
    nn::LinearLayer layer;
    layer.weights = {
        .type = type,
        .n = n,
        .k = k,
        .data = Bytes(name, static_cast<uint32_t>(type), kernels::PackedSizeBytes(type, n, k))};
    layer.bias = Floats(name + ".bias", n);
    return layer;
  }

  // The width between the two feed-forward matrices, from the packed shape.
  int64_t InnerSize(const std::string& name) {
    const formats::PackedFile::Blob* blob = file_.Find(name);
    if (blob == nullptr || blob->shape.size() != 2 || blob->shape[0] < 1 ||
        blob->shape[0] > kMaxInnerSize) {
      return 0;
    }
    return blob->shape[0];
  }

  nn::LayerNormLayer Norm(const std::string& name, int64_t n) {
    return {.gamma = Floats(name + ".gamma", n), .beta = Floats(name + ".beta", n)};
  }

  const Status& status() const { return status_; }

 private:
  const formats::PackedFile& file_;
  Status status_;
};

EncoderLayer ViewEncoderLayer(Viewer& view, const Arithmetic& arithmetic, int layer,
                              int64_t state) {
  const std::string prefix = fmt::format("encoder.{}.", layer);
  const int64_t inner = view.InnerSize(prefix + "feed_in");
  const LinearType type = arithmetic.encoder;
  return {.self_norm = view.Norm(prefix + "self_norm", state),
          .feed_norm = view.Norm(prefix + "feed_norm", state),
          .self_qkv = view.Linear(prefix + "self_qkv", type, 3 * state, state),
          .self_out = view.Linear(prefix + "self_out", type, state, state),
          .feed_in = view.Linear(prefix + "feed_in", type, inner, state),
          .feed_out = view.Linear(prefix + "feed_out", arithmetic.encoder_feed_out, state, inner)};
}

DecoderLayer ViewDecoderLayer(Viewer& view, const Arithmetic& arithmetic, int layer,
                              int64_t state) {
  const std::string prefix = fmt::format("decoder.{}.", layer);
  const int64_t inner = view.InnerSize(prefix + "feed_in");
  const LinearType type = arithmetic.decoder;
  return {
      .self_norm = view.Norm(prefix + "self_norm", state),
      .cross_norm = view.Norm(prefix + "cross_norm", state),
      .feed_norm = view.Norm(prefix + "feed_norm", state),
      .self_qkv = view.Linear(prefix + "self_qkv", type, 3 * state, state),
      .self_out = view.Linear(prefix + "self_out", type, state, state),
      .cross_query = view.Linear(prefix + "cross_query", type, state, state),
      .cross_kv = view.Linear(prefix + "cross_kv", arithmetic.cross_key_value, 2 * state, state),
      .cross_out = view.Linear(prefix + "cross_out", type, state, state),
      .feed_in = view.Linear(prefix + "feed_in", type, inner, state),
      .feed_out = view.Linear(prefix + "feed_out", type, state, inner)};
}

void ViewLogitRows(Viewer& view, const Dimensions& dims, Weights& weights) {
  const int64_t state = dims.text_state;
  const size_t groups = WideGroups(state);
  const float* errors = view.Floats("decoder.logits.errors", static_cast<int64_t>(groups));
  if (errors != nullptr) weights.logit_errors = {errors, groups};
  const auto bytes =
      static_cast<uint64_t>(dims.vocab_size) * static_cast<uint64_t>(state) * sizeof(uint16_t);
  const std::byte* rows = view.Has("decoder.logits.rows")
                              ? view.Bytes("decoder.logits.rows", kBFloat16Array, bytes)
                              : weights.embedding;
  weights.logit_rows = reinterpret_cast<const uint16_t*>(rows);
}

}  // namespace

Arithmetic ArithmeticOf(ComputeType compute) {
  constexpr LinearType kF32 = LinearType::kFloat32, kBF16 = LinearType::kBFloat16;
  constexpr LinearType kNarrow = LinearType::kInt8, kWide = LinearType::kInt8Wide;
  switch (compute) {
    case ComputeType::kFloat32:
      return {kF32, kF32, kF32, kF32, kF32, kF32, kF32, kF32};
    case ComputeType::kBFloat16:
      return {kBF16, kBF16, kBF16, kBF16, kBF16, kBF16, kBF16, kBF16};
    case ComputeType::kInt8:
      break;
  }
  return {kBF16, kBF16, kNarrow, kBF16, kBF16, kWide, kWide, kWide};
}

float LogitBound(const Weights& weights, std::span<const float> input) {
  float bound = 0, largest = 0, errors = 0;
  for (size_t group = 0; group < weights.logit_errors.size(); ++group) {
    const size_t first = group * kernels::kWideGroup;
    const size_t count = std::min<size_t>(kernels::kWideGroup, input.size() - first);
    float magnitude = 0;
    for (float value : input.subspan(first, count)) {
      magnitude += std::fabs(value);
      largest = std::max(largest, std::fabs(value));
    }
    bound += magnitude * weights.logit_errors[group];
    errors += weights.logit_errors[group];
  }
  // The input is rounded to 16 bits, half a step of largest / 32,767 against weights of up to 127
  // steps; then a little for the rounding of the sums.
  const float input_error = 0.5f * largest / 32767 * 2 * 127 * kernels::kWideGroup * errors;
  return 1.001f * (bound + input_error) + 1e-4f;
}

Status PackWeights(const Checkpoint& checkpoint, ComputeType compute, const std::stop_token& stop,
                   formats::PackedWriter& writer) {
  const Dimensions& dims = checkpoint.dims();
  const Arithmetic arithmetic = ArithmeticOf(compute);
  for (const MatrixName& name : MatricesOf(dims, arithmetic)) {
    if (stop.stop_requested()) return CancelledError("packing the model was cancelled");
    RETURN_IF_ERROR(PackMatrix(checkpoint, name, writer));
  }
  const auto state = static_cast<size_t>(dims.text_state);
  std::vector<float> gamma(state), beta(state);
  for (const std::string& name : NormsOf(dims)) {
    RETURN_IF_ERROR(checkpoint.ReadNorm(name, gamma, beta));
    RETURN_IF_ERROR(WriteFloats(writer, name + ".gamma", gamma));
    RETURN_IF_ERROR(WriteFloats(writer, name + ".beta", beta));
  }
  std::vector<float> positions(state * static_cast<size_t>(dims.audio_context));
  RETURN_IF_ERROR(checkpoint.ReadPositions("encoder.positions", positions));
  RETURN_IF_ERROR(WriteFloats(writer, "encoder.positions", positions));
  positions.resize(state * static_cast<size_t>(dims.text_context));
  RETURN_IF_ERROR(checkpoint.ReadPositions("decoder.positions", positions));
  RETURN_IF_ERROR(WriteFloats(writer, "decoder.positions", positions));
  ASSIGN_OR_RETURN(const Matrix embedding, checkpoint.DescribeEmbedding());
  RETURN_IF_ERROR(PackRows(checkpoint, embedding, "decoder.embedding",
                           compute == ComputeType::kFloat32, writer));
  return arithmetic.logits == LinearType::kInt8Wide ? PackLogitRows(checkpoint, writer)
                                                    : OkStatus();
}

Result<Weights> ViewWeights(std::shared_ptr<const formats::PackedFile> file, const Dimensions& dims,
                            ComputeType compute) {
  Viewer view(*file);
  Weights weights;
  weights.arithmetic = ArithmeticOf(compute);
  const Arithmetic& arithmetic = weights.arithmetic;
  const int64_t state = dims.text_state;
  weights.conv1 = view.Linear("encoder.conv1", arithmetic.convolution, state, dims.num_mels * 3);
  weights.conv2 = view.Linear("encoder.conv2", arithmetic.convolution, state, state * 3);
  weights.encoder_positions = view.Floats("encoder.positions", state * dims.audio_context);
  weights.decoder_positions = view.Floats("decoder.positions", state * dims.text_context);
  for (int layer = 0; layer < dims.audio_layers; ++layer) {
    weights.encoder_layers.push_back(ViewEncoderLayer(view, arithmetic, layer, state));
  }
  for (int layer = 0; layer < dims.text_layers; ++layer) {
    weights.decoder_layers.push_back(ViewDecoderLayer(view, arithmetic, layer, state));
  }
  weights.encoder_norm = view.Norm("encoder.norm", state);
  weights.decoder_norm = view.Norm("decoder.norm", state);
  weights.logits = view.Linear("decoder.logits", arithmetic.logits, dims.vocab_size, state);
  weights.embedding_is_float32 = compute == ComputeType::kFloat32;
  const auto elements = static_cast<uint64_t>(dims.vocab_size) * static_cast<uint64_t>(state);
  weights.embedding =
      weights.embedding_is_float32
          ? view.Bytes("decoder.embedding", kFloatArray, elements * sizeof(float))
          : view.Bytes("decoder.embedding", kBFloat16Array, elements * sizeof(uint16_t));
  if (arithmetic.logits == LinearType::kInt8Wide) ViewLogitRows(view, dims, weights);
  RETURN_IF_ERROR(view.status());
  weights.file = std::move(file);
  return weights;
}

}  // namespace ironscribe::models::whisper
