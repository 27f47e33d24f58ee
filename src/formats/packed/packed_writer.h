// Writes a packed model, blob after blob, holding nothing but the directory in memory. The file
// appears under its name only with Finish(); a writer destroyed before, a full disk or a killed
// process leaves nothing there. Two processes that write the same path do not disturb each other;
// the last to finish wins. CreateInMemory() is for when no cache folder is writable.
//
// One owner, one thread. Calls: (BeginBlob Append* EndBlob)* then Finish or FinishInMemory, once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/status.h"
#include "formats/packed/aligned_buffer.h"
#include "formats/packed/packed_file.h"
#include "io/file.h"
#include "tensor/tensor.h"

namespace ironscribe::formats {

class PackedWriter {
 public:
  static Result<std::unique_ptr<PackedWriter>> Create(const std::filesystem::path& path);
  static std::unique_ptr<PackedWriter> CreateInMemory();

  // Errors: InvalidArgument for a name that is taken or too long, a rank above 8 or a shape whose
  // product overflows. Requires: no blob is open.
  Status BeginBlob(std::string name, uint32_t type, tensor::Shape shape);
  // Requires: a blob is open.
  Status Append(io::Bytes bytes);
  // Requires: a blob is open.
  Status EndBlob();

  // Writes the directory and brings the file into place. Requires: made by Create, no blob is open.
  Status Finish(std::string_view metadata);
  // Requires: made by CreateInMemory, no blob is open. The writer is empty afterwards.
  Result<std::shared_ptr<const PackedFile>> FinishInMemory(std::string_view metadata);

  // What went wrong with the place that is written to, as opposed to what is written; or Ok.
  const Status& storage_status() const { return storage_status_; }

  // Bytes of all blobs so far, without padding.
  uint64_t size_bytes() const { return size_bytes_; }

 private:
  struct Entry {
    std::string name;
    uint32_t type;
    tensor::Shape shape;
    uint64_t offset;
    uint64_t size_bytes;
    uint32_t crc32;
  };

  PackedWriter() = default;
  std::string MakeDirectory(std::string_view metadata) const;

  std::unique_ptr<io::AtomicFile> file_;  // Null in memory.
  std::vector<AlignedBuffer> buffers_;    // One per entry in memory.
  std::vector<Entry> entries_;
  std::unordered_set<std::string> names_;
  // Keeps the first failure of the file.
  Status Stored(Status status);

  Status storage_status_;
  bool blob_is_open_ = false;
  uint64_t size_bytes_ = 0;
};

}  // namespace ironscribe::formats
