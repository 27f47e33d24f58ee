#include <cstddef>
#include <cstdint>

#include "formats/torch_pt/torch_pt.h"
#include "read_weights.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ironscribe::io::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  ironscribe::fuzz::ReadWeights(
      ironscribe::formats::ParseTorchPt(ironscribe::formats::FileBytes::Borrow(bytes, "input")));
  return 0;
}
