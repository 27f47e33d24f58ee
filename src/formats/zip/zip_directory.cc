#include "formats/zip/zip_directory.h"

#include <algorithm>
#include <optional>

#include "base/safe_math.h"

// Layout from PKWARE's APPNOTE.TXT, sections 4.3 and 4.5; numbers little-endian.

namespace ironscribe::formats {
namespace {

constexpr uint32_t kLocalSignature = 0x04034b50;
constexpr uint32_t kCentralSignature = 0x02014b50;
constexpr uint32_t kEndSignature = 0x06054b50;
constexpr uint32_t kEnd64Signature = 0x06064b50;
constexpr uint32_t kLocator64Signature = 0x07064b50;
constexpr size_t kLocalBytes = 30;
constexpr size_t kCentralBytes = 46;
constexpr size_t kEndBytes = 22;
constexpr size_t kLocator64Bytes = 20;
constexpr size_t kMaxCommentBytes = 65'535;
constexpr uint16_t kZip64ExtraId = 1;
// A 32-bit field with this value has its real value in the zip64 extra field.
constexpr uint32_t kIn64 = 0xffffffff;
constexpr uint16_t kEncryptedFlag = 1;

struct Directory {
  uint64_t offset;
  uint64_t size_bytes;
  uint64_t num_entries;
};

Status Damaged(const FileBytes& file, std::string_view what) {
  return DataLossError(file.name() + ": damaged or truncated zip archive: " + std::string(what));
}

// The offset of the end record: the last one whose comment reaches exactly to the end of the file.
std::optional<size_t> FindEndRecord(io::Bytes bytes) {
  if (bytes.size() < kEndBytes) return std::nullopt;
  const size_t last = bytes.size() - kEndBytes;
  const size_t first = last > kMaxCommentBytes ? last - kMaxCommentBytes : 0;
  for (size_t offset = last + 1; offset-- > first;) {
    uint32_t signature;
    uint16_t comment_bytes;
    std::memcpy(&signature, bytes.data() + offset, sizeof(signature));
    std::memcpy(&comment_bytes, bytes.data() + offset + 20, sizeof(comment_bytes));
    if (signature == kEndSignature && offset + kEndBytes + comment_bytes == bytes.size()) {
      return offset;
    }
  }
  return std::nullopt;
}

// Replaces `directory` by the values of the zip64 end record when there is one in front of
// `end_offset`.
Status ReadEnd64(const FileBytes& file, size_t end_offset, Directory* directory) {
  if (end_offset < kLocator64Bytes) return OkStatus();
  io::ByteReader reader(file.bytes(), file.name());
  RETURN_IF_ERROR(reader.Seek(end_offset - kLocator64Bytes));
  ASSIGN_OR_RETURN(const auto locator_signature, reader.Read<uint32_t>());
  if (locator_signature != kLocator64Signature) return OkStatus();
  ASSIGN_OR_RETURN(const auto locator_disk, reader.Read<uint32_t>());
  ASSIGN_OR_RETURN(const auto end64_offset, reader.Read<uint64_t>());
  RETURN_IF_ERROR(reader.Seek(end64_offset));
  ASSIGN_OR_RETURN(const auto signature, reader.Read<uint32_t>());
  if (signature != kEnd64Signature || locator_disk != 0) {
    return Damaged(file, "no zip64 end record where its locator points");
  }
  // Size of the record (8), version made by and needed (2 + 2), disk numbers (4 + 4), entries on
  // this disk (8).
  RETURN_IF_ERROR(reader.ReadBytes(28).status());
  ASSIGN_OR_RETURN(directory->num_entries, reader.Read<uint64_t>());
  ASSIGN_OR_RETURN(directory->size_bytes, reader.Read<uint64_t>());
  ASSIGN_OR_RETURN(directory->offset, reader.Read<uint64_t>());
  return OkStatus();
}

Result<Directory> LocateDirectory(const FileBytes& file) {
  const auto end_offset = FindEndRecord(file.bytes());
  if (!end_offset) return Damaged(file, "no end record");
  io::ByteReader reader(file.bytes(), file.name());
  RETURN_IF_ERROR(reader.Seek(*end_offset + sizeof(uint32_t)));
  ASSIGN_OR_RETURN(const auto disk, reader.Read<uint16_t>());
  ASSIGN_OR_RETURN(const auto directory_disk, reader.Read<uint16_t>());
  ASSIGN_OR_RETURN(const auto disk_entries, reader.Read<uint16_t>());
  ASSIGN_OR_RETURN(const auto num_entries, reader.Read<uint16_t>());
  ASSIGN_OR_RETURN(const auto size_bytes, reader.Read<uint32_t>());
  ASSIGN_OR_RETURN(const auto offset, reader.Read<uint32_t>());
  if (disk != directory_disk || disk_entries != num_entries) {
    return Damaged(file, "it is split over several files, which is not supported");
  }
  Directory directory{offset, size_bytes, num_entries};
  RETURN_IF_ERROR(ReadEnd64(file, *end_offset, &directory));
  const auto end = CheckedAdd(directory.offset, directory.size_bytes);
  if (!end || *end > *end_offset) return Damaged(file, "its directory leaves the file");
  if (directory.num_entries > directory.size_bytes / kCentralBytes) {
    return Damaged(file, "its directory is too short for its entries");
  }
  return directory;
}

// Takes the 64-bit values that stand for 32-bit fields which are all ones, in the order of the
// specification: size, compressed size, offset.
Status ApplyZip64(const FileBytes& file, io::Bytes extra, ZipEntry* entry, uint64_t* local_offset) {
  uint64_t* const fields[] = {&entry->size_bytes, &entry->compressed_size_bytes, local_offset};
  const bool is_needed =
      std::any_of(std::begin(fields), std::end(fields), [](uint64_t* f) { return *f == kIn64; });
  if (!is_needed) return OkStatus();
  io::ByteReader reader(extra, file.name());
  while (reader.remaining() >= 2 * sizeof(uint16_t)) {
    ASSIGN_OR_RETURN(const auto id, reader.Read<uint16_t>());
    ASSIGN_OR_RETURN(const auto size_bytes, reader.Read<uint16_t>());
    ASSIGN_OR_RETURN(const io::Bytes body, reader.ReadBytes(size_bytes));
    if (id != kZip64ExtraId) continue;
    io::ByteReader values(body, file.name());
    for (uint64_t* field : fields) {
      if (*field != kIn64) continue;
      ASSIGN_OR_RETURN(*field, values.Read<uint64_t>());
    }
    return OkStatus();
  }
  return OkStatus();  // Exactly 2^32 - 1 without zip64 is legal.
}

// Finds where the data starts and checks that local and central header speak of the same member.
Status ReadLocalHeader(const FileBytes& file, uint64_t local_offset, uint64_t directory_offset,
                       ZipEntry* entry) {
  io::ByteReader reader(file.bytes().first(directory_offset), file.name());
  RETURN_IF_ERROR(reader.Seek(local_offset));
  ASSIGN_OR_RETURN(const auto signature, reader.Read<uint32_t>());
  if (signature != kLocalSignature) return reader.Error("no member where the directory points");
  // Version needed and flags (2 + 2), method (2), time, date (2 + 2), checksum and sizes (4 + 4 +
  // 4).
  RETURN_IF_ERROR(reader.ReadBytes(4).status());
  ASSIGN_OR_RETURN(const auto method, reader.Read<uint16_t>());
  RETURN_IF_ERROR(reader.ReadBytes(16).status());
  ASSIGN_OR_RETURN(const auto name_bytes, reader.Read<uint16_t>());
  ASSIGN_OR_RETURN(const auto extra_bytes, reader.Read<uint16_t>());
  ASSIGN_OR_RETURN(const std::string_view name, reader.ReadString(name_bytes));
  if (name != entry->name || method != entry->method) {
    return reader.Error("member '" + entry->name + "' is described differently in two places");
  }
  RETURN_IF_ERROR(reader.ReadBytes(extra_bytes).status());
  entry->data_offset = reader.offset();
  if (reader.remaining() < entry->compressed_size_bytes) {
    return reader.Error("member '" + entry->name + "' leaves the file");
  }
  return OkStatus();
}

// Reads one central header; `local_offset` receives where the member's local header is.
Result<ZipEntry> ReadCentralHeader(const FileBytes& file, io::ByteReader& reader,
                                   uint64_t* local_offset) {
  ASSIGN_OR_RETURN(const auto signature, reader.Read<uint32_t>());
  if (signature != kCentralSignature) return reader.Error("damaged directory of a zip archive");
  ZipEntry entry;
  RETURN_IF_ERROR(reader.ReadBytes(4).status());  // Version made by, version needed.
  ASSIGN_OR_RETURN(const auto flags, reader.Read<uint16_t>());
  entry.is_encrypted = (flags & kEncryptedFlag) != 0;
  ASSIGN_OR_RETURN(entry.method, reader.Read<uint16_t>());
  RETURN_IF_ERROR(reader.ReadBytes(4).status());  // Time, date.
  ASSIGN_OR_RETURN(entry.crc32, reader.Read<uint32_t>());
  ASSIGN_OR_RETURN(entry.compressed_size_bytes, reader.Read<uint32_t>());
  ASSIGN_OR_RETURN(entry.size_bytes, reader.Read<uint32_t>());
  ASSIGN_OR_RETURN(const auto name_bytes, reader.Read<uint16_t>());
  ASSIGN_OR_RETURN(const auto extra_bytes, reader.Read<uint16_t>());
  ASSIGN_OR_RETURN(const auto comment_bytes, reader.Read<uint16_t>());
  RETURN_IF_ERROR(reader.ReadBytes(8).status());  // Disk, internal and external attributes.
  ASSIGN_OR_RETURN(*local_offset, reader.Read<uint32_t>());
  ASSIGN_OR_RETURN(const std::string_view name, reader.ReadString(name_bytes));
  entry.name = name;
  ASSIGN_OR_RETURN(const io::Bytes extra, reader.ReadBytes(extra_bytes));
  RETURN_IF_ERROR(reader.ReadBytes(comment_bytes).status());
  RETURN_IF_ERROR(ApplyZip64(file, extra, &entry, local_offset));
  return entry;
}

// Members that share bytes make an archive of a few kilobytes unpack to petabytes.
Status CheckApart(const FileBytes& file, const std::vector<ZipEntry>& entries) {
  std::vector<const ZipEntry*> by_offset;
  for (const ZipEntry& entry : entries) by_offset.push_back(&entry);
  std::sort(by_offset.begin(), by_offset.end(),
            [](const ZipEntry* a, const ZipEntry* b) { return a->data_offset < b->data_offset; });
  for (size_t i = 1; i < by_offset.size(); ++i) {
    const ZipEntry& last = *by_offset[i - 1];
    const uint64_t header_bytes = kLocalBytes + by_offset[i]->name.size();
    if (last.data_offset + last.compressed_size_bytes + header_bytes > by_offset[i]->data_offset) {
      return Damaged(file, "members '" + last.name + "' and '" + by_offset[i]->name + "' overlap");
    }
  }
  return OkStatus();
}

}  // namespace

Result<std::vector<ZipEntry>> ReadZipDirectory(const FileBytes& file, const ZipLimits& limits) {
  ASSIGN_OR_RETURN(const Directory directory, LocateDirectory(file));
  if (directory.num_entries > limits.max_entries) {
    return ResourceExhaustedError(file.name() + ": zip archive of " +
                                  std::to_string(directory.num_entries) +
                                  " members, the limit is " + std::to_string(limits.max_entries));
  }
  io::ByteReader reader(file.bytes().first(directory.offset + directory.size_bytes), file.name());
  RETURN_IF_ERROR(reader.Seek(directory.offset));
  std::vector<ZipEntry> entries;
  entries.reserve(directory.num_entries);
  uint64_t total_bytes = 0;
  for (uint64_t i = 0; i < directory.num_entries; ++i) {
    uint64_t local_offset = 0;
    ASSIGN_OR_RETURN(ZipEntry entry, ReadCentralHeader(file, reader, &local_offset));
    RETURN_IF_ERROR(ReadLocalHeader(file, local_offset, directory.offset, &entry));
    const auto total = CheckedAdd(total_bytes, entry.size_bytes);
    if (!total || *total > limits.max_total_bytes) {
      return ResourceExhaustedError(file.name() +
                                    ": zip archive unpacks to more than the limit of " +
                                    std::to_string(limits.max_total_bytes) + " bytes");
    }
    total_bytes = *total;
    entries.push_back(std::move(entry));
  }
  RETURN_IF_ERROR(CheckApart(file, entries));
  return entries;
}

}  // namespace ironscribe::formats
