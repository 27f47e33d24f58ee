// A growing byte buffer whose data starts on a cache line, for blobs that kernels read with aligned
// vector loads. One owner; not thread-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "base/check.h"
#include "io/byte_reader.h"

namespace ironscribe::formats {

class AlignedBuffer {
 public:
  // One cache line, and one AVX-512 register.
  static constexpr size_t kAlignmentBytes = 64;

  size_t size_bytes() const { return size_bytes_; }
  io::Bytes bytes() const { return {data_.get(), size_bytes_}; }

  void Append(io::Bytes bytes) {
    if (bytes.empty()) return;
    if (bytes.size() > capacity_bytes_ - size_bytes_) {
      Reallocate(std::max(size_bytes_ + bytes.size(), 2 * capacity_bytes_));
    }
    std::memcpy(data_.get() + size_bytes_, bytes.data(), bytes.size());
    size_bytes_ += bytes.size();
  }

  // Gives back what Append reserved ahead.
  void ShrinkToFit() {
    if (size_bytes_ < capacity_bytes_) Reallocate(size_bytes_);
  }

 private:
  struct Free {
    void operator()(std::byte* data) const { std::free(data); }
  };

  void Reallocate(size_t capacity_bytes) {
    // aligned_alloc wants a multiple of the alignment.
    capacity_bytes = (capacity_bytes + kAlignmentBytes - 1) / kAlignmentBytes * kAlignmentBytes;
    std::unique_ptr<std::byte, Free> grown;
    if (capacity_bytes > 0) {
      grown.reset(static_cast<std::byte*>(std::aligned_alloc(kAlignmentBytes, capacity_bytes)));
      IRONSCRIBE_CHECK(grown != nullptr);  // Out of memory ends the process.
      if (size_bytes_ > 0) std::memcpy(grown.get(), data_.get(), size_bytes_);
    }
    data_ = std::move(grown);
    capacity_bytes_ = capacity_bytes;
  }

  std::unique_ptr<std::byte, Free> data_;
  size_t size_bytes_ = 0;
  size_t capacity_bytes_ = 0;
};

}  // namespace ironscribe::formats
