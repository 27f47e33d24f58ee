#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "formats/packed/packed_file.h"

namespace {

// Puts right the two checksums, which would otherwise stop every mutation at the door.
void FixChecksums(std::vector<uint8_t>* file) {
  constexpr size_t kHeaderBytes = 64;
  if (file->size() < kHeaderBytes) return;
  uint64_t directory_offset;
  std::memcpy(&directory_offset, file->data() + 16, sizeof(directory_offset));
  if (directory_offset > file->size()) return;
  auto sum = static_cast<uint32_t>(
      crc32_z(0, file->data() + directory_offset, file->size() - directory_offset));
  std::memcpy(file->data() + 40, &sum, sizeof(sum));
  sum = static_cast<uint32_t>(crc32_z(0, file->data(), 60));
  std::memcpy(file->data() + 60, &sum, sizeof(sum));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::vector<uint8_t> file(data, data + size);
  FixChecksums(&file);
  const auto packed =
      ironscribe::formats::PackedFile::FromBytes(std::as_bytes(std::span(file)), "input");
  if (packed.ok()) (void)(*packed)->Verify();
  return 0;
}
