#include <cstddef>
#include <cstdint>

#include "formats/kaldi/acoustic_model.h"
#include "formats/kaldi/ivector_extractor.h"

// The first byte says which object the rest is.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace kaldi = ironscribe::formats::kaldi;
  if (size == 0) return 0;
  const ironscribe::io::Bytes bytes(reinterpret_cast<const std::byte*>(data) + 1, size - 1);
  kaldi::ObjectReader reader(bytes, "input");
  switch (data[0] % 4) {
    case 0:
      (void)kaldi::ReadAcousticModel(bytes, "input");
      break;
    case 1:
      (void)kaldi::ReadIvectorExtractor(reader);
      break;
    case 2:
      (void)reader.ReadMatrix<float>();
      break;
    default:
      (void)reader.ReadSparseMatrix(40);
  }
  return 0;
}
