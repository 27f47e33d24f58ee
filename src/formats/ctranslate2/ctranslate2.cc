#include "formats/ctranslate2/ctranslate2.h"

#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "base/safe_math.h"
#include "formats/tensor_table.h"

namespace ironscribe::formats {
namespace {

constexpr uint32_t kMaxVersion = 6;
constexpr uint32_t kFirstVersionWithSpec = 2;
constexpr uint32_t kFirstVersionWithAliases = 3;
constexpr uint32_t kFirstVersionWithTypes = 4;
constexpr uint8_t kMaxRank = 8;  // Real models use up to 3.
// A variable takes at least a name of 3 bytes, rank, type and size.
constexpr size_t kMinVariableBytes = 9;
constexpr size_t kMinAliasBytes = 6;
constexpr std::string_view kScaleSuffix = "_scale";
constexpr std::string_view kZeroSuffix = "_zero";

struct Variable {
  std::string name;
  tensor::Shape shape;
  Encoding encoding;
  io::Bytes bytes;
};

bool IsQuantised(const Variable& variable) {
  return variable.encoding == Encoding::kInt8 || variable.encoding == Encoding::kInt16;
}

// u16 length, the final NUL included.
Result<std::string> ReadName(io::ByteReader& reader) {
  ASSIGN_OR_RETURN(const auto size_bytes, reader.Read<uint16_t>());
  ASSIGN_OR_RETURN(const std::string_view text, reader.ReadString(size_bytes));
  if (text.empty() || text.back() != '\0') return reader.Error("a name does not end in NUL");
  return std::string(text.substr(0, text.size() - 1));
}

Result<Encoding> EncodingFromType(io::ByteReader& reader, uint8_t type) {
  constexpr Encoding kTypes[] = {Encoding::kFloat32, Encoding::kInt8,    Encoding::kInt16,
                                 Encoding::kInt32,   Encoding::kFloat16, Encoding::kBFloat16};
  if (type >= std::size(kTypes)) {
    return reader.Error("unknown element type " + std::to_string(type));
  }
  return kTypes[type];
}

// Before version 4 only the width was stored, and each width had one type.
Result<Encoding> EncodingFromWidth(io::ByteReader& reader, uint8_t width_bytes) {
  switch (width_bytes) {
    case 1:
      return Encoding::kInt8;
    case 2:
      return Encoding::kInt16;
    case 4:
      return Encoding::kFloat32;
    default:
      return reader.Error("unknown element width " + std::to_string(width_bytes));
  }
}

Result<Variable> ReadVariable(io::ByteReader& reader, uint32_t version) {
  Variable variable;
  ASSIGN_OR_RETURN(variable.name, ReadName(reader));
  ASSIGN_OR_RETURN(const auto rank, reader.Read<uint8_t>());
  if (rank > kMaxRank) return reader.Error("'" + variable.name + "' has too many dimensions");
  for (uint8_t d = 0; d < rank; ++d) {
    ASSIGN_OR_RETURN(const auto dimension, reader.Read<uint32_t>());
    variable.shape.push_back(dimension);
  }
  ASSIGN_OR_RETURN(const auto type, reader.Read<uint8_t>());
  ASSIGN_OR_RETURN(const auto size, reader.Read<uint32_t>());
  uint64_t size_bytes = size;
  if (version >= kFirstVersionWithTypes) {
    ASSIGN_OR_RETURN(variable.encoding, EncodingFromType(reader, type));
  } else {
    ASSIGN_OR_RETURN(variable.encoding, EncodingFromWidth(reader, type));
    size_bytes *= type;
  }
  ASSIGN_OR_RETURN(variable.bytes, reader.ReadBytes(size_bytes));
  return variable;
}

// The scales of a quantised variable as floats, all usable as divisors.
Result<std::vector<float>> ReadScales(const FileBytes& file, const Variable& scale) {
  const auto size_bytes = EncodedSizeBytes(scale.encoding, scale.shape);
  if (IsQuantised(scale) || !size_bytes || *size_bytes != scale.bytes.size()) {
    return DataLossError(file.name() + ": '" + scale.name + "' is not a valid scale");
  }
  std::vector<float> values(scale.bytes.size() / UnitOf(scale.encoding).size_bytes);
  ConvertToFloat(scale.encoding, scale.bytes.data(), values);
  for (const float value : values) {
    if (!std::isfinite(value) || value == 0.0f) {
      return DataLossError(file.name() + ": '" + scale.name + "' holds a scale of " +
                           std::to_string(value));
    }
  }
  if (values.empty()) return DataLossError(file.name() + ": '" + scale.name + "' is empty");
  return values;
}

class Reader {
 public:
  explicit Reader(FileBytes file)
      : file_(std::move(file)),
        reader_(file_.bytes(), file_.name()),
        table_(std::make_unique<TensorTable>("ctranslate2")) {
    table_->AddFile(file_);
  }

  Result<std::unique_ptr<WeightSource>> Run() {
    RETURN_IF_ERROR(ReadHeader());
    RETURN_IF_ERROR(ReadVariables());
    RETURN_IF_ERROR(AddTensors());
    if (version_ >= kFirstVersionWithAliases) RETURN_IF_ERROR(ReadAliases());
    if (reader_.remaining() != 0) return reader_.Error("bytes follow the end of the model");
    table_->Finish();
    return std::unique_ptr<WeightSource>(std::move(table_));
  }

 private:
  Status ReadHeader() {
    ASSIGN_OR_RETURN(version_, reader_.Read<uint32_t>());
    if (version_ == 0 || version_ > kMaxVersion) {
      return UnimplementedError(file_.name() + ": CTranslate2 model of version " +
                                std::to_string(version_) + ", versions 1 to 6 are read");
    }
    table_->SetMetadata("binary_version", std::to_string(version_));
    if (version_ < kFirstVersionWithSpec) return OkStatus();
    ASSIGN_OR_RETURN(std::string spec, ReadName(reader_));
    ASSIGN_OR_RETURN(const auto revision, reader_.Read<uint32_t>());
    table_->SetMetadata("spec", std::move(spec));
    table_->SetMetadata("revision", std::to_string(revision));
    return OkStatus();
  }

  Status ReadVariables() {
    ASSIGN_OR_RETURN(const auto count, reader_.Read<uint32_t>());
    if (count > reader_.remaining() / kMinVariableBytes) {
      return reader_.Error("too short for its " + std::to_string(count) + " variables");
    }
    for (uint32_t i = 0; i < count; ++i) {
      ASSIGN_OR_RETURN(Variable variable, ReadVariable(reader_, version_));
      const std::string name = variable.name;
      if (!by_name_.emplace(name, variables_.size()).second) {
        return reader_.Error("two variables are named '" + name + "'");
      }
      variables_.push_back(std::move(variable));
    }
    return OkStatus();
  }

  const Variable* FindVariable(const std::string& name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &variables_[found->second];
  }

  // Fills `divisors` for a quantised variable and remembers its scale as used.
  Status FindScales(const Variable& variable, std::vector<float>* divisors) {
    if (FindVariable(variable.name + std::string(kZeroSuffix)) != nullptr) {
      return UnimplementedError(file_.name() + ": '" + variable.name +
                                "' has zero points (AWQ), which are not supported; convert the "
                                "model with --quantization int8 or float16");
    }
    const Variable* scale = FindVariable(variable.name + std::string(kScaleSuffix));
    if (scale == nullptr) {
      // Integers of rank 0 and 1 are settings, such as the number of heads.
      if (variable.shape.size() < 2) return OkStatus();
      return DataLossError(file_.name() + ": integer weight '" + variable.name + "' has no scale");
    }
    ASSIGN_OR_RETURN(*divisors, ReadScales(file_, *scale));
    used_scales_.insert(scale->name);
    return OkStatus();
  }

  Status AddTensors() {
    std::vector<std::vector<float>> divisors(variables_.size());
    for (size_t i = 0; i < variables_.size(); ++i) {
      if (IsQuantised(variables_[i])) RETURN_IF_ERROR(FindScales(variables_[i], &divisors[i]));
    }
    for (size_t i = 0; i < variables_.size(); ++i) {
      Variable& variable = variables_[i];
      if (used_scales_.contains(variable.name)) continue;
      StoredTensor tensor{.shape = std::move(variable.shape),
                          .encoding = variable.encoding,
                          .bytes = variable.bytes,
                          .divisors = std::move(divisors[i])};
      RETURN_IF_ERROR(table_->Add(variable.name, std::move(tensor)));
    }
    return OkStatus();
  }

  Status ReadAliases() {
    ASSIGN_OR_RETURN(const auto count, reader_.Read<uint32_t>());
    if (count > reader_.remaining() / kMinAliasBytes) {
      return reader_.Error("too short for its " + std::to_string(count) + " aliases");
    }
    for (uint32_t i = 0; i < count; ++i) {
      ASSIGN_OR_RETURN(std::string alias, ReadName(reader_));
      ASSIGN_OR_RETURN(const std::string target, ReadName(reader_));
      // An alias shares the scales of its target; one of a scale alone names nothing we list.
      if (used_scales_.contains(target)) continue;
      RETURN_IF_ERROR(table_->AddAlias(std::move(alias), target));
    }
    return OkStatus();
  }

  FileBytes file_;
  io::ByteReader reader_;
  std::unique_ptr<TensorTable> table_;
  uint32_t version_ = 0;
  std::vector<Variable> variables_;
  std::unordered_map<std::string, size_t> by_name_;
  std::unordered_set<std::string> used_scales_;
};

}  // namespace

Result<std::unique_ptr<WeightSource>> OpenCTranslate2(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(FileBytes file, FileBytes::Map(path));
  return ParseCTranslate2(std::move(file));
}

Result<std::unique_ptr<WeightSource>> ParseCTranslate2(FileBytes file) {
  return Reader(std::move(file)).Run();
}

}  // namespace ironscribe::formats
