#include "decoding/compression_ratio.h"

#include <zlib.h>

#include <vector>

#include "base/check.h"

namespace ironscribe::decoding {

float CompressionRatio(std::string_view text) {
  if (text.empty()) return 0;
  uLongf compressed_size = compressBound(static_cast<uLong>(text.size()));
  std::vector<Bytef> compressed(compressed_size);
  const int code =
      compress(compressed.data(), &compressed_size, reinterpret_cast<const Bytef*>(text.data()),
               static_cast<uLong>(text.size()));
  // The buffer is as large as zlib asks for, so only a lack of memory is left, which ends the
  // process.
  IRONSCRIBE_CHECK(code == Z_OK);
  return static_cast<float>(static_cast<double>(text.size()) /
                            static_cast<double>(compressed_size));
}

}  // namespace ironscribe::decoding
