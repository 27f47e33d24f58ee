#include "formats/ggml/ggml.h"

#include <algorithm>

#include "base/safe_math.h"
#include "formats/tensor_table.h"

namespace ironscribe::formats {
namespace {

constexpr uint32_t kMagic = 0x67676d6c;
constexpr std::string_view kHeaderFields[] = {
    "n_vocab",      "n_audio_ctx", "n_audio_state", "n_audio_head", "n_audio_layer", "n_text_ctx",
    "n_text_state", "n_text_head", "n_text_layer",  "n_mels",       "ftype"};
// Far above every Whisper model (its largest field is n_vocab, 51,866); files of other models with
// the same magic, such as Silero's, have text there.
constexpr int32_t kMaxHeaderValue = 1 << 20;
constexpr int32_t kMaxDimensions = 4;  // ggml's own limit.
constexpr int32_t kMaxNameBytes = 256;
// Tokens of Whisper are at most a few dozen bytes.
constexpr uint32_t kMaxTokenBytes = 4096;

Result<Encoding> EncodingFromType(io::ByteReader& reader, const std::string& name, int32_t type) {
  switch (type) {
    case 0:
      return Encoding::kFloat32;
    case 1:
      return Encoding::kFloat16;
    case 2:
      return Encoding::kQ4_0;
    case 3:
      return Encoding::kQ4_1;
    case 6:
      return Encoding::kQ5_0;
    case 7:
      return Encoding::kQ5_1;
    case 8:
      return Encoding::kQ8_0;
    default:
      return UnimplementedError(reader
                                    .Error("tensor '" + name + "' has ggml type " +
                                           std::to_string(type) +
                                           "; f32, f16, q8_0, q5_0, q5_1, q4_0, q4_1 are read")
                                    .message());
  }
}

Status ReadHeader(io::ByteReader& reader, TensorTable* table) {
  ASSIGN_OR_RETURN(const auto magic, reader.Read<uint32_t>());
  if (magic != kMagic) return reader.Error("not a ggml file (wrong magic)");
  for (const std::string_view field : kHeaderFields) {
    ASSIGN_OR_RETURN(const auto value, reader.Read<int32_t>());
    if (value < 0 || value > kMaxHeaderValue) {
      return reader.Error("not a Whisper model: " + std::string(field) + " is " +
                          std::to_string(value));
    }
    table->SetMetadata(std::string(field), std::to_string(value));
  }
  return OkStatus();
}

// The filters are computed anew, so they are only stepped over.
Status SkipMelFilters(io::ByteReader& reader) {
  ASSIGN_OR_RETURN(const auto num_mels, reader.Read<int32_t>());
  ASSIGN_OR_RETURN(const auto num_bins, reader.Read<int32_t>());
  const int64_t shape[] = {num_mels, num_bins, static_cast<int64_t>(sizeof(float))};
  const auto size_bytes = CheckedProduct(shape);
  if (!size_bytes) {
    return reader.Error("mel filters of " + std::to_string(num_mels) + " x " +
                        std::to_string(num_bins));
  }
  return reader.ReadBytes(*size_bytes).status();
}

Status ReadVocabulary(io::ByteReader& reader, TensorTable* table) {
  ASSIGN_OR_RETURN(const auto count, reader.Read<int32_t>());
  if (count < 0 || static_cast<uint64_t>(count) > reader.remaining() / sizeof(uint32_t)) {
    return reader.Error("too short for its " + std::to_string(count) + " tokens");
  }
  std::vector<std::string> tokens;
  tokens.reserve(static_cast<size_t>(count));
  for (int32_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(const auto size_bytes, reader.Read<uint32_t>());
    if (size_bytes > kMaxTokenBytes) {
      return reader.Error("token " + std::to_string(i) + " has " + std::to_string(size_bytes) +
                          " bytes");
    }
    ASSIGN_OR_RETURN(const std::string_view token, reader.ReadString(size_bytes));
    tokens.emplace_back(token);
  }
  table->SetVocabulary(std::move(tokens));
  return OkStatus();
}

Status ReadTensor(io::ByteReader& reader, TensorTable* table) {
  ASSIGN_OR_RETURN(const auto num_dimensions, reader.Read<int32_t>());
  ASSIGN_OR_RETURN(const auto name_bytes, reader.Read<int32_t>());
  ASSIGN_OR_RETURN(const auto type, reader.Read<int32_t>());
  if (num_dimensions < 1 || num_dimensions > kMaxDimensions || name_bytes < 1 ||
      name_bytes > kMaxNameBytes) {
    return reader.Error("a tensor of " + std::to_string(num_dimensions) +
                        " dimensions with a name of " + std::to_string(name_bytes) + " bytes");
  }
  StoredTensor tensor;
  for (int32_t d = 0; d < num_dimensions; ++d) {
    ASSIGN_OR_RETURN(const auto dimension, reader.Read<int32_t>());
    tensor.shape.push_back(dimension);
  }
  std::reverse(tensor.shape.begin(), tensor.shape.end());
  ASSIGN_OR_RETURN(const std::string_view name_view,
                   reader.ReadString(static_cast<uint64_t>(name_bytes)));
  std::string name(name_view);
  ASSIGN_OR_RETURN(tensor.encoding, EncodingFromType(reader, name, type));
  const auto size_bytes = EncodedSizeBytes(tensor.encoding, tensor.shape);
  if (!size_bytes) {
    return reader.Error("tensor '" + name + "' of " + std::string(EncodingName(tensor.encoding)) +
                        " cannot have shape " + tensor::ShapeToString(tensor.shape));
  }
  ASSIGN_OR_RETURN(tensor.bytes, reader.ReadBytes(*size_bytes));
  return table->Add(std::move(name), std::move(tensor));
}

}  // namespace

Result<std::unique_ptr<WeightSource>> OpenGgml(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(FileBytes file, FileBytes::Map(path));
  return ParseGgml(std::move(file));
}

Result<std::unique_ptr<WeightSource>> ParseGgml(FileBytes file) {
  io::ByteReader reader(file.bytes(), file.name());
  auto table = std::make_unique<TensorTable>("ggml");
  table->AddFile(file);
  RETURN_IF_ERROR(ReadHeader(reader, table.get()));
  RETURN_IF_ERROR(SkipMelFilters(reader));
  RETURN_IF_ERROR(ReadVocabulary(reader, table.get()));
  while (reader.remaining() > 0) RETURN_IF_ERROR(ReadTensor(reader, table.get()));
  table->Finish();
  return std::unique_ptr<WeightSource>(std::move(table));
}

}  // namespace ironscribe::formats
