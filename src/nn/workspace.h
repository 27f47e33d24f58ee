// Memory that grows to what a computation needs and is reused: after the first step of each size
// nothing is allocated. Not thread-safe; one per thread of computation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>

#include "base/check.h"

namespace ironscribe::nn {

// An array aligned to 64 bytes, as packed operands require. Contents are zero after Resize grows
// it.
class AlignedArray {
 public:
  std::byte* data() { return data_.get(); }
  const std::byte* data() const { return data_.get(); }
  size_t size_bytes() const { return size_bytes_; }

  // At least `size_bytes`, plus 64 bytes of slack that wide loads may touch. Keeps contents when it
  // does not grow, else starts from zeros.
  void Resize(size_t size_bytes) {
    if (size_bytes <= size_bytes_) return;
    const size_t rounded = (size_bytes + 127) / 64 * 64;
    data_.reset(static_cast<std::byte*>(std::aligned_alloc(64, rounded)));
    IRONSCRIBE_CHECK(data_ != nullptr);
    std::memset(data_.get(), 0, rounded);
    size_bytes_ = size_bytes;
  }

  template <typename T>
  std::span<T> As(size_t count) {
    Resize(count * sizeof(T));
    return {reinterpret_cast<T*>(data_.get()), count};
  }

 private:
  struct Free {
    void operator()(std::byte* data) const { std::free(data); }
  };
  std::unique_ptr<std::byte, Free> data_;
  size_t size_bytes_ = 0;
};

}  // namespace ironscribe::nn
