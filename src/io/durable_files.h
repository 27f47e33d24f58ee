// The single steps of which files are made that survive the death of the machine. They are an
// interface so that tests can stop between any two of them and lose what was not synced.
//
// A name is safe when its folder was synced, contents are safe when the file was.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace ironscribe::io {

// Implementations are thread-safe; two threads must not write one file. Files and folders are their
// owner's only; nothing is written through a symbolic link.
class DurableFiles {
 public:
  virtual ~DurableFiles() = default;

  // With missing parents, there for good when it returns; an existing one is fine.
  virtual Status CreateFolder(const std::filesystem::path& folder) = 0;
  // Creates the file if it is not there.
  virtual Status Append(const std::filesystem::path& path, std::string_view bytes) = 0;
  virtual Status Sync(const std::filesystem::path& path) = 0;
  // Replaces what has the new name.
  virtual Status Rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  virtual Status SyncFolder(const std::filesystem::path& folder) = 0;
  // A file that is not there is fine.
  virtual Status Remove(const std::filesystem::path& path) = 0;

  // Errors: NotFound, ResourceExhausted above max_bytes.
  virtual Result<std::string> Read(const std::filesystem::path& path, uint64_t max_bytes) = 0;
  // The names in a folder, sorted. Errors: NotFound.
  virtual Result<std::vector<std::string>> List(const std::filesystem::path& folder) = 0;
};

// Those of the operating system.
class SystemFiles final : public DurableFiles {
 public:
  Status CreateFolder(const std::filesystem::path& folder) override;
  Status Append(const std::filesystem::path& path, std::string_view bytes) override;
  Status Sync(const std::filesystem::path& path) override;
  Status Rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  Status SyncFolder(const std::filesystem::path& folder) override;
  Status Remove(const std::filesystem::path& path) override;
  Result<std::string> Read(const std::filesystem::path& path, uint64_t max_bytes) override;
  Result<std::vector<std::string>> List(const std::filesystem::path& folder) override;
};

// Gives synced contents their name for good: sync, rename, sync of the folder of `to`.
Status PutInPlace(DurableFiles& files, const std::filesystem::path& from,
                  const std::filesystem::path& to);

// A whole file that is there for good when this returns, or not at all; written as `path` with
// ".new" behind it.
Status WriteDurably(DurableFiles& files, const std::filesystem::path& path, std::string_view bytes);

}  // namespace ironscribe::io
