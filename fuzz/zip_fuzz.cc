#include <cstddef>
#include <cstdint>

#include "formats/zip/zip_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ironscribe::formats;
  constexpr uint64_t kMaxBytes = 1 << 20;
  const ironscribe::io::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  const auto zip =
      ZipFile::FromBytes(FileBytes::Borrow(bytes, "input"), {.max_total_bytes = kMaxBytes});
  if (!zip.ok()) return 0;
  for (const ZipEntry& entry : (*zip)->entries()) {
    (void)IsSafeName(entry.name);
    (void)(*zip)->StoredBytes(entry).ok();
    (void)(*zip)->ReadMember(entry, kMaxBytes).ok();
  }
  return 0;
}
