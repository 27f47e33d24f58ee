// A file of records that is only ever appended to and survives the death of its writer at any
// moment: what was appended is there for the next one that opens it, up to the first record that
// is not whole. Readable by its owner only.
//
// Layout: 8 bytes of magic, then records: length (uint32, little-endian), checksum, payload. The
// checksum is the first 16 hexadecimal digits of SHA-256 over the checksum of the record before,
// the length and the payload, so that a record says that all before it stand there as they were
// written, in order.
//
// Thread rule: one thread at a time; one process at a time has a journal open.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "io/descriptor.h"

namespace ironscribe::io {

class Journal {
 public:
  // Larger records are not written, and taken for damage when they are read.
  static constexpr uint32_t kMaxRecordBytes = 1 << 20;
  // A journal does not grow beyond it; what stands there is not read.
  static constexpr uint64_t kMaxBytes = uint64_t{1} << 28;

  // Told each record in order; false: this one and what follows is not wanted.
  using RecordReader = std::function<bool(std::string_view record)>;

  // Opens or creates the file, reads it, and cuts off what is damaged or not wanted. A symbolic
  // link is not followed. Errors: Unavailable while another process, or object, has it open;
  // FailedPrecondition for what is no regular file of this user alone or no journal, which stays as
  // it is; those of the file system.
  static Result<std::unique_ptr<Journal>> Open(const std::filesystem::path& path,
                                               const RecordReader& read);
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // What follows the last whole and wanted record when it was opened: some damage, or nothing.
  uint64_t cut_bytes() const { return cut_bytes_; }

  // Safe from the death of this process when it returns. Errors: InvalidArgument above
  // kMaxRecordBytes, ResourceExhausted beyond kMaxBytes, those of writing; after one of the latter
  // two, all that follow fail too.
  Status Append(std::string_view record);
  // Safe from the death of the machine.
  Status Sync();
  // Deletes the journal of that name, if there is one that nobody has open. Errors: as Open's.
  static Status Discard(const std::filesystem::path& path);

  // Deletes the file; the object is of no more use.
  Status Remove();

 private:
  Journal(std::filesystem::path path, Descriptor descriptor)
      : path_(std::move(path)), descriptor_(std::move(descriptor)) {}

  Status ReadAll(const RecordReader& read);
  Result<uint64_t> ReadRecords(uint64_t size_bytes, const RecordReader& read);
  Status Truncate(uint64_t size_bytes);

  std::filesystem::path path_;
  Descriptor descriptor_;
  std::string last_checksum_;
  uint64_t size_bytes_ = 0;
  uint64_t cut_bytes_ = 0;
  Status failure_;
};

}  // namespace ironscribe::io
