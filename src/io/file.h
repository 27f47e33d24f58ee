// Files: whole reads with a limit, read-only maps, and outputs that appear whole or not at all.
// Together with child_process.h the only user of the operating system's file calls.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "io/byte_reader.h"

namespace ironscribe::io {

// What identifies a version of a file without reading it.
struct FileIdentity {
  uint64_t size_bytes = 0;
  int64_t modified_ns = 0;
  int64_t changed_ns = 0;
  uint64_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};
Result<FileIdentity> IdentifyFile(const std::filesystem::path& path);

// The whole file. Errors: NotFound, PermissionDenied, ResourceExhausted above max_bytes, and
// InvalidArgument for a directory.
Result<std::string> ReadFile(const std::filesystem::path& path, uint64_t max_bytes);

// A file mapped read-only for as long as the object lives. An empty file gives empty bytes.
// A file that shrinks while mapped kills the process (SIGBUS), so map only files that nobody edits
// in place: model files and caches, never uploads.
class MappedFile {
 public:
  static Result<std::shared_ptr<const MappedFile>> Open(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  Bytes bytes() const { return bytes_; }
  const std::filesystem::path& path() const { return path_; }
  // Drops the pages from memory (they come back from the file when touched). For conversions that
  // walk a large file once.
  void Evict(Bytes range) const;

 private:
  MappedFile(std::filesystem::path path, Bytes bytes) : path_(std::move(path)), bytes_(bytes) {}
  std::filesystem::path path_;
  Bytes bytes_;
};

// An output written under a temporary name in the target's folder and renamed into place by
// Commit(). Without Commit() the destructor removes it: nothing half-written is ever seen under the
// final name.
class AtomicFile {
 public:
  // Creates missing parent folders. Errors: InvalidArgument when `path` is a directory.
  static Result<std::unique_ptr<AtomicFile>> Create(const std::filesystem::path& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  Status Write(std::string_view bytes);
  Status Write(Bytes bytes);
  // Writes zeros up to a multiple of `alignment_bytes` from the start of the file.
  Status Align(uint64_t alignment_bytes);
  // Overwrites bytes already written, e.g. a header whose values are known last.
  Status WriteAt(uint64_t offset, Bytes bytes);
  uint64_t size_bytes() const { return size_bytes_; }

  // fsync, then rename over the target: safe from the death of the machine when it returns.
  Status Commit();

 private:
  AtomicFile(std::filesystem::path path, std::filesystem::path temporary, int descriptor);
  Status Flush();
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  int descriptor_;
  std::string buffer_;
  uint64_t size_bytes_ = 0;
};

// Removes what killed runs left of files that were to become `path`: partial files that no process
// holds any more. Best effort.
void RemoveStalePartials(const std::filesystem::path& path);

// AtomicFile in one call.
Status WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes);

// What stands in a folder under which name is safe from the death of the machine, as fsync makes
// the content of a file; empty is the working folder. File systems that know no such request, and
// folders that may not be opened, are no error. Errors: NotFound, and those of the disk.
Status SyncFolder(const std::filesystem::path& folder);

// Creates the folder that `path` is to stand in, and missing ones above it, safe from the death of
// the machine. Errors: those of the file system, naming the folder.
Status CreateParentFolders(const std::filesystem::path& path);

// A Status of the right code for errno, "what: strerror".
Status ErrnoStatus(int error_number, std::string_view what);

}  // namespace ironscribe::io
