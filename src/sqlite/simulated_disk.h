// For tests: a disk in memory that can stop before any step and lose what was not synced, as a
// machine does that loses its power. SQLite (simulated_vfs.h) and io::DurableFiles stand on the
// same one.
//
// The model: contents are safe when their file was synced, names when their folder was; names of a
// folder are journalled, so that some first part of their changes survives; of unsynced writes any
// may survive, in part by sectors. Folders themselves are always there.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "io/durable_files.h"

namespace ironscribe::sqlite {

// What became of everything that was not synced.
enum class Loss { kAll, kNothing, kSome };

// Thread-safe.
class SimulatedDisk final : public io::DurableFiles {
 public:
  struct Change {
    uint64_t offset = 0;
    std::string bytes{};
    bool is_cut = false;  // Instead: the file ends at `offset`.
  };
  struct File {
    std::string safe;
    std::string present;
    std::vector<Change> unsynced;
  };
  using FilePointer = std::shared_ptr<File>;

  // From now on the step with this number, counted from 0, and all later ones fail; so does
  // reading. Nothing: never.
  void StopBefore(std::optional<int64_t> step);
  // Steps since the last StopBefore or Restart.
  int64_t num_steps() const;
  // The machine runs again. Whoever used the disk before must be gone.
  void Restart(Loss loss, Random& random);
  // Writes beyond so many bytes in all files fail. Nothing: no end.
  void SetCapacity(std::optional<uint64_t> bytes);

  // For the VFS. Errors: Unknown when the machine has stopped, NotFound, ResourceExhausted.
  // An empty path: a file without a name.
  Result<FilePointer> Open(const std::string& path, bool may_create);
  Result<bool> Exists(const std::string& path);
  Status WriteAt(File& file, uint64_t offset, std::string_view bytes);
  Status Truncate(File& file, uint64_t size_bytes);
  Status SyncFile(File& file);
  Status SyncName(const std::string& path);
  Status Unlink(const std::string& path);
  // At most `size` bytes.
  Result<std::string> ReadAt(const File& file, uint64_t offset, size_t size);
  Result<uint64_t> SizeOf(const File& file);

  Status CreateFolder(const std::filesystem::path& folder) override;
  Status Append(const std::filesystem::path& path, std::string_view bytes) override;
  Status Sync(const std::filesystem::path& path) override;
  Status Rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  Status SyncFolder(const std::filesystem::path& folder) override;
  Status Remove(const std::filesystem::path& path) override;
  Result<std::string> Read(const std::filesystem::path& path, uint64_t max_bytes) override;
  Result<std::vector<std::string>> List(const std::filesystem::path& folder) override;

 private:
  using Names = std::map<std::string, FilePointer>;
  // Names that change together; an empty pointer: the name goes.
  using NameChange = std::vector<std::pair<std::string, FilePointer>>;

  // All require mutex_.
  Status CheckRunning() const;
  Status Step();
  FilePointer Find(const std::string& path) const;
  void ChangeNames(NameChange change);
  void SyncNamesOf(const std::string& folder);
  Status WriteLocked(File& file, uint64_t offset, std::string_view bytes);
  static void Apply(const Change& change, std::string& content);
  static void Apply(const NameChange& change, Names& names);

  mutable std::mutex mutex_;
  Names names_;
  Names safe_names_;
  std::vector<NameChange> unsynced_names_;
  std::optional<int64_t> stop_before_;
  std::optional<uint64_t> capacity_bytes_;
  int64_t num_steps_ = 0;
};

}  // namespace ironscribe::sqlite
