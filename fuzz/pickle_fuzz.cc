#include <cstddef>
#include <cstdint>
#include <string_view>

#include "formats/torch_pt/pickle.h"

// The machine alone: inside an archive a checksum would hide most of it from the fuzzer.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto pickle = ironscribe::formats::ParsePickle(bytes, "input");
  if (pickle.ok()) (void)pickle->Lookup(pickle->at(pickle->root), "model_state_dict");
  return 0;
}
