// Reads fields of container headers at absolute positions of a file; positions and sizes come from
// the file, so nothing is assumed about them. A field behind the end of the file is nullopt.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "io/input_file.h"

namespace ironscribe::audio {

class HeaderCursor {
 public:
  explicit HeaderCursor(const io::InputFile& file) : file_(file) {}

  uint64_t size_bytes() const { return file_.size_bytes(); }

  // `length` is at most 64.
  std::optional<std::string> Text(uint64_t offset, size_t length) const {
    std::array<std::byte, 64> buffer;
    const auto field = std::span(buffer).first(std::min(length, buffer.size()));
    const auto count = file_.ReadAt(offset, field);
    if (!count.ok() || *count < field.size()) return std::nullopt;
    return std::string(reinterpret_cast<const char*>(field.data()), field.size());
  }

  bool Is(uint64_t offset, std::string_view text) const {
    return Text(offset, text.size()) == std::string(text);
  }

  // Unsigned integers of 1 to 8 bytes.
  std::optional<uint64_t> BigEndian(uint64_t offset, size_t length) const {
    const auto text = Text(offset, length);
    if (!text) return std::nullopt;
    uint64_t value = 0;
    for (const char c : *text) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  std::optional<uint64_t> LittleEndian(uint64_t offset, size_t length) const {
    const auto text = Text(offset, length);
    if (!text) return std::nullopt;
    uint64_t value = 0;
    for (auto it = text->rbegin(); it != text->rend(); ++it) {
      value = value << 8 | static_cast<unsigned char>(*it);
    }
    return value;
  }

 private:
  const io::InputFile& file_;
};

// How many of `promised` bytes from `offset` on lie behind the end of a file of `size`.
inline uint64_t MissingBytes(uint64_t size, uint64_t offset, uint64_t promised) {
  const uint64_t there = size > offset ? size - offset : 0;
  return promised > there ? promised - there : 0;
}

}  // namespace ironscribe::audio
