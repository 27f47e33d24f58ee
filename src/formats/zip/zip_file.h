// Reads zip archives: stored and deflated members, zip64, checksums. Enough for PyTorch checkpoints
// (whose stored members are used in place) and Python wheels; no encryption, no split archives, no
// data in front of the archive.
//
// The archive is treated as hostile: Open checks that every member lies inside the file, apart from
// the others, with one name each, and that counts and declared sizes stay within the caller's
// limits; a member that unpacks to more or less than it declared is an error. Names are reported as
// they are: ask IsSafeName before one becomes a path. Thread rule: immutable, so any number of
// threads may read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "formats/file_bytes.h"
#include "io/byte_reader.h"
#include "io/file.h"

namespace ironscribe::formats {

struct ZipLimits {
  uint64_t max_entries = 65'536;
  // Of all members together, unpacked. The largest Whisper checkpoint is 6.2 GB.
  uint64_t max_total_bytes = uint64_t{16} << 30;
};

struct ZipEntry {
  std::string name;  // Raw bytes; a folder's ends in '/'.
  uint64_t size_bytes = 0;
  uint64_t compressed_size_bytes = 0;
  uint64_t data_offset = 0;  // In the file.
  uint32_t crc32 = 0;
  uint16_t method = 0;  // 0 stored, 8 deflated; others are listed but cannot be read.
  bool is_encrypted = false;

  bool is_folder() const { return !name.empty() && name.back() == '/'; }
};

// Whether a member's name may be appended to a folder's path: relative, no "..", no backslash, no
// control character, no drive letter.
bool IsSafeName(std::string_view name);

class ZipFile {
 public:
  // Errors: those of opening a file, DataLoss for a damaged archive, ResourceExhausted beyond the
  // limits.
  static Result<std::unique_ptr<ZipFile>> Open(const std::filesystem::path& path,
                                               const ZipLimits& limits = {});
  static Result<std::unique_ptr<ZipFile>> FromBytes(FileBytes file, const ZipLimits& limits = {});

  const FileBytes& file() const { return file_; }
  // In the order of the archive's directory.
  const std::vector<ZipEntry>& entries() const { return entries_; }
  // The entry of exactly that name, or null.
  const ZipEntry* Find(std::string_view name) const;

  // The bytes of a stored member where they lie; they live as long as the map. The checksum is not
  // computed. Errors: FailedPrecondition when the member is compressed or encrypted.
  Result<io::Bytes> StoredBytes(const ZipEntry& entry) const;

  // Unpacks a member into `output`, which the caller commits (and abandons on error).
  Status Extract(const ZipEntry& entry, io::AtomicFile& output) const;

  // Unpacks a member into memory. Errors: ResourceExhausted above max_bytes.
  Result<std::string> ReadMember(const ZipEntry& entry, uint64_t max_bytes) const;

 private:
  explicit ZipFile(FileBytes file) : file_(std::move(file)) {}
  io::Bytes PackedBytes(const ZipEntry& entry) const;

  FileBytes file_;
  std::vector<ZipEntry> entries_;
  std::vector<uint32_t> by_name_;
};

}  // namespace ironscribe::formats
