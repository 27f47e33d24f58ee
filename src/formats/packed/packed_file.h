// The project's own container for packed models: named blobs, each on a cache line, with a type
// code and a shape that belong to whoever packed them, plus one metadata string. The file is
// mapped, so opening costs the directory only and several processes share the pages.
//
// The bytes are treated as hostile: Open checks every offset, size, name and count, and the
// checksum of header and directory. Blob contents are not read before they are used; Verify()
// hashes them. Thread rule: immutable, so any number of threads may read. Blobs live as long as the
// PackedFile.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "formats/packed/aligned_buffer.h"
#include "io/byte_reader.h"
#include "io/file.h"
#include "tensor/tensor.h"

namespace ironscribe::formats {

class PackedFile {
 public:
  struct Blob {
    std::string name;
    uint32_t type = 0;  // Free for the user of the file.
    tensor::Shape shape;
    io::Bytes bytes;  // Starts on a multiple of 64 bytes.
    uint32_t crc32 = 0;
  };

  // Errors: those of opening a file, DataLoss for a damaged one, FailedPrecondition for another
  // version of the container (pack the model again).
  static Result<std::shared_ptr<const PackedFile>> Open(const std::filesystem::path& path);

  // The same for the bytes of such a file, which are copied; `name` starts error messages.
  static Result<std::shared_ptr<const PackedFile>> FromBytes(io::Bytes bytes,
                                                             std::string_view name);

  std::string_view metadata() const { return metadata_; }
  // The blob of that name, or null.
  const Blob* Find(std::string_view name) const;
  // In the order of writing.
  const std::vector<Blob>& blobs() const { return blobs_; }

  // Reads everything. Errors: DataLoss naming the first blob that differs from its checksum.
  Status Verify() const;

 private:
  friend class PackedWriter;
  PackedFile() = default;
  Status Parse(io::Bytes bytes);
  Status ParseDirectory(io::Bytes bytes, uint64_t directory_offset, uint32_t num_blobs);
  Status ReadBlob(io::ByteReader& reader, io::Bytes bytes, uint64_t* data_end);
  // Sorts the names. Errors: DataLoss for a duplicate.
  Status IndexNames();

  std::string name_;
  // What holds the blobs: a map, or one buffer (FromBytes), or a buffer per blob (PackedWriter).
  std::shared_ptr<const io::MappedFile> map_;
  std::vector<AlignedBuffer> buffers_;
  std::string metadata_;
  std::vector<Blob> blobs_;
  std::vector<uint32_t> by_name_;  // Indices into blobs_, sorted by name.
};

}  // namespace ironscribe::formats
