// Reads little-endian values from bytes that may lie about themselves: every read is checked
// against what is left, and an error names the offset. Does not own the bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/status.h"

namespace ironscribe::io {

using Bytes = std::span<const std::byte>;

class ByteReader {
 public:
  // `name` starts each error message; it is usually the file's path.
  ByteReader(Bytes bytes, std::string_view name) : bytes_(bytes), name_(name) {}

  size_t offset() const { return offset_; }
  size_t remaining() const { return bytes_.size() - offset_; }

  // The next little-endian integer or float.
  template <typename T>
  Result<T> Read() {
    static_assert(std::is_arithmetic_v<T>);
    if (remaining() < sizeof(T)) return Truncated(sizeof(T));
    T value;
    std::memcpy(&value, bytes_.data() + offset_, sizeof(T));
    offset_ += sizeof(T);
    return value;
  }

  // The next `size_bytes` bytes, not copied.
  Result<Bytes> ReadBytes(uint64_t size_bytes) {
    if (remaining() < size_bytes) return Truncated(size_bytes);
    const Bytes bytes = bytes_.subspan(offset_, static_cast<size_t>(size_bytes));
    offset_ += bytes.size();
    return bytes;
  }

  Result<std::string_view> ReadString(uint64_t size_bytes) {
    ASSIGN_OR_RETURN(const Bytes bytes, ReadBytes(size_bytes));
    return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }

  // An absolute position. Errors: DataLoss beyond the end.
  Status Seek(uint64_t offset) {
    if (offset > bytes_.size()) return Truncated(offset);
    offset_ = static_cast<size_t>(offset);
    return OkStatus();
  }

  // A DataLoss error "name, offset N: what".
  Status Error(std::string_view what) const;

 private:
  Status Truncated(uint64_t wanted_bytes) const;

  Bytes bytes_;
  std::string name_;
  size_t offset_ = 0;
};

}  // namespace ironscribe::io
