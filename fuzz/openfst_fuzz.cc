#include <cstddef>
#include <cstdint>

#include "formats/openfst/reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ironscribe::io::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  (void)ironscribe::formats::openfst::ReadFst(bytes, "input");
  return 0;
}
