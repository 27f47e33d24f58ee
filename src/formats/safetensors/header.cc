#include "formats/safetensors/header.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace ironscribe::formats {
namespace {

using Json = nlohmann::json;

// The format allows 100 MB; real headers stay under 1 MB (large-v3: 150 kB), and a parsed header
// takes many times its size.
constexpr uint64_t kMaxHeaderBytes = 16 << 20;
constexpr std::string_view kMetadataKey = "__metadata__";
constexpr size_t kMaxRank = 8;

Status Damaged(const FileBytes& file, std::string_view what) {
  return DataLossError(file.name() + ": safetensors header: " + std::string(what));
}

// Parses and refuses keys that occur twice in one object, which a parser would silently merge.
Result<Json> ParseJson(const FileBytes& file, std::string_view text) {
  std::vector<std::set<std::string>> keys;
  bool has_duplicate = false;
  const auto watch = [&](int, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key) {
      has_duplicate |= !keys.back().insert(value.get<std::string>()).second;
    }
    return true;
  };
  Json header = Json::parse(text, watch, /*allow_exceptions=*/false);
  if (header.is_discarded() || !header.is_object()) return Damaged(file, "not a JSON object");
  if (has_duplicate) return Damaged(file, "a key occurs twice");
  return header;
}

Result<Encoding> EncodingFromName(const FileBytes& file, const std::string& tensor,
                                  const std::string& type) {
  static constexpr std::pair<std::string_view, Encoding> kTypes[] = {
      {"F32", Encoding::kFloat32}, {"F16", Encoding::kFloat16}, {"BF16", Encoding::kBFloat16},
      {"F64", Encoding::kFloat64}, {"I8", Encoding::kInt8},     {"I16", Encoding::kInt16},
      {"I32", Encoding::kInt32},   {"I64", Encoding::kInt64},   {"U8", Encoding::kUint8},
      {"BOOL", Encoding::kUint8},
  };
  for (const auto& [name, encoding] : kTypes) {
    if (name == type) return encoding;
  }
  return UnimplementedError(file.name() + ": tensor '" + tensor + "' has element type '" + type +
                            "'; save the model as float32, float16 or bfloat16");
}

bool IsArrayOfUnsigned(const Json& value) {
  return value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& item) {
           return item.is_number_unsigned();
         });
}

Result<SafetensorsEntry> ParseEntry(const FileBytes& file, io::Bytes data, const std::string& name,
                                    const Json& value) {
  const std::string quoted = "tensor '" + name + "' ";
  if (!value.is_object() || value.size() != 3 || !value.contains("dtype") ||
      !value.contains("shape") || !value.contains("data_offsets")) {
    return Damaged(file, quoted + "needs exactly dtype, shape and data_offsets");
  }
  const Json& type = value["dtype"];
  const Json& shape = value["shape"];
  const Json& offsets = value["data_offsets"];
  if (!type.is_string() || !IsArrayOfUnsigned(shape) || shape.size() > kMaxRank ||
      !IsArrayOfUnsigned(offsets) || offsets.size() != 2) {
    return Damaged(file, quoted + "has a dtype, shape or data_offsets of the wrong kind");
  }
  SafetensorsEntry entry;
  entry.name = name;
  ASSIGN_OR_RETURN(entry.encoding, EncodingFromName(file, name, type.get<std::string>()));
  for (const Json& dimension : shape) {
    if (dimension.get<uint64_t>() > static_cast<uint64_t>(INT64_MAX)) {
      return Damaged(file, quoted + "has an impossible shape");
    }
    entry.shape.push_back(dimension.get<int64_t>());
  }
  const auto begin = offsets[0].get<uint64_t>();
  const auto end = offsets[1].get<uint64_t>();
  if (begin > end || end > data.size()) {
    return Damaged(file, quoted + "lies outside the file (is it truncated?)");
  }
  entry.bytes = data.subspan(begin, end - begin);
  const auto wanted = EncodedSizeBytes(entry.encoding, entry.shape);
  if (!wanted || *wanted != entry.bytes.size()) {
    return Damaged(file, quoted + "has " + std::to_string(entry.bytes.size()) +
                             " bytes, which does not fit its shape " +
                             tensor::ShapeToString(entry.shape));
  }
  return entry;
}

Status ParseMetadata(const FileBytes& file, const Json& value, SafetensorsHeader* header) {
  if (!value.is_object()) return Damaged(file, "__metadata__ is not an object");
  for (const auto& [key, text] : value.items()) {
    if (!text.is_string()) return Damaged(file, "__metadata__ holds something else than text");
    header->metadata[key] = text.get<std::string>();
  }
  return OkStatus();
}

// The tensors must cover the data from end to end, each byte once.
Status CheckCover(const FileBytes& file, io::Bytes data,
                  const std::vector<SafetensorsEntry>& entries) {
  std::vector<const SafetensorsEntry*> order;
  for (const SafetensorsEntry& entry : entries) order.push_back(&entry);
  const auto place = [](const SafetensorsEntry* entry) {
    return std::pair(entry->bytes.data(), entry->bytes.size());
  };
  std::sort(order.begin(), order.end(),
            [&](const auto* a, const auto* b) { return place(a) < place(b); });
  const std::byte* end = data.data();
  for (const SafetensorsEntry* entry : order) {
    if (entry->bytes.data() != end) {
      return Damaged(file, "there is a hole or an overlap before tensor '" + entry->name + "'");
    }
    end += entry->bytes.size();
  }
  if (end != data.data() + data.size()) return Damaged(file, "bytes follow the last tensor");
  return OkStatus();
}

}  // namespace

Result<SafetensorsHeader> ParseSafetensorsHeader(const FileBytes& file) {
  io::ByteReader reader(file.bytes(), file.name());
  ASSIGN_OR_RETURN(const auto header_bytes, reader.Read<uint64_t>());
  if (header_bytes > kMaxHeaderBytes) {
    return Damaged(file, "is " + std::to_string(header_bytes) + " bytes long, the limit is " +
                             std::to_string(kMaxHeaderBytes));
  }
  ASSIGN_OR_RETURN(const std::string_view text, reader.ReadString(header_bytes));
  if (text.empty() || text.front() != '{') return Damaged(file, "does not start with '{'");
  ASSIGN_OR_RETURN(const Json json, ParseJson(file, text));
  const io::Bytes data = file.bytes().subspan(reader.offset());
  SafetensorsHeader header;
  for (const auto& [name, value] : json.items()) {
    if (name == kMetadataKey) {
      RETURN_IF_ERROR(ParseMetadata(file, value, &header));
      continue;
    }
    ASSIGN_OR_RETURN(SafetensorsEntry entry, ParseEntry(file, data, name, value));
    header.entries.push_back(std::move(entry));
  }
  RETURN_IF_ERROR(CheckCover(file, data, header.entries));
  return header;
}

}  // namespace ironscribe::formats
