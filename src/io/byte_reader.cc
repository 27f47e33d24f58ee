#include "io/byte_reader.h"

namespace ironscribe::io {

Status ByteReader::Error(std::string_view what) const {
  return DataLossError(name_ + ", offset " + std::to_string(offset_) + ": " + std::string(what));
}

Status ByteReader::Truncated(uint64_t wanted_bytes) const {
  return Error("needs " + std::to_string(wanted_bytes) + " more bytes, has " +
               std::to_string(remaining()) + " (the file is truncated or damaged)");
}

}  // namespace ironscribe::io
