#include "formats/openfst/header.h"

#include <cmath>

namespace ironscribe::formats::openfst {
namespace {

constexpr int32_t kSymbolMagic = 2125658996;
constexpr int32_t kInputSymbolsFlag = 1;
constexpr int32_t kOutputSymbolsFlag = 2;

Result<std::string_view> ReadText(io::ByteReader& reader) {
  ASSIGN_OR_RETURN(const auto size, reader.Read<int32_t>());
  if (size < 0) return reader.Error("a text of negative length");
  return reader.ReadString(static_cast<uint64_t>(size));
}

Result<Symbols> ReadSymbols(io::ByteReader& reader) {
  ASSIGN_OR_RETURN(const auto magic, reader.Read<int32_t>());
  if (magic != kSymbolMagic) return reader.Error("no table of symbols");
  RETURN_IF_ERROR(ReadText(reader).status());        // Its name.
  RETURN_IF_ERROR(reader.Read<int64_t>().status());  // The first free key.
  ASSIGN_OR_RETURN(const auto count, reader.Read<int64_t>());
  constexpr uint64_t kSmallestEntryBytes = sizeof(int32_t) + sizeof(int64_t);
  if (count < 0 || static_cast<uint64_t>(count) > reader.remaining() / kSmallestEntryBytes) {
    return reader.Error("too short for " + std::to_string(count) + " symbols");
  }
  Symbols symbols;
  symbols.reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(const std::string_view text, ReadText(reader));
    ASSIGN_OR_RETURN(const auto key, reader.Read<int64_t>());
    symbols.emplace_back(key, std::string(text));
  }
  return symbols;
}

}  // namespace

Result<Header> ReadHeader(io::ByteReader& reader) {
  Header header;
  ASSIGN_OR_RETURN(const auto magic, reader.Read<int32_t>());
  if (magic != kFstMagic) return reader.Error("not an OpenFst file (wrong magic)");
  ASSIGN_OR_RETURN(const std::string_view type, ReadText(reader));
  header.type = std::string(type);
  ASSIGN_OR_RETURN(const std::string_view arc_type, ReadText(reader));
  if (arc_type != "standard") {
    return UnimplementedError(
        reader.Error("arcs of type '" + std::string(arc_type.substr(0, 40)) + "'; standard is read")
            .message());
  }
  ASSIGN_OR_RETURN(header.version, reader.Read<int32_t>());
  ASSIGN_OR_RETURN(header.flags, reader.Read<int32_t>());
  RETURN_IF_ERROR(reader.Read<uint64_t>().status());  // Properties: nothing relies on them.
  ASSIGN_OR_RETURN(header.start, reader.Read<int64_t>());
  ASSIGN_OR_RETURN(header.num_states, reader.Read<int64_t>());
  ASSIGN_OR_RETURN(header.num_arcs, reader.Read<int64_t>());
  if (header.flags & kInputSymbolsFlag) {
    ASSIGN_OR_RETURN(header.input_symbols, ReadSymbols(reader));
  }
  if (header.flags & kOutputSymbolsFlag) {
    ASSIGN_OR_RETURN(header.output_symbols, ReadSymbols(reader));
  }
  return header;
}

Status CheckWeight(const io::ByteReader& reader, float weight, bool may_be_infinite) {
  if (std::isfinite(weight) || (may_be_infinite && weight == kNotFinal)) return OkStatus();
  return reader.Error("a weight that is not finite");
}

}  // namespace ironscribe::formats::openfst
