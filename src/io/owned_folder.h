// A folder that one process has to itself: the data of a server. Another that wants it is told who
// has it.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "base/status.h"
#include "io/descriptor.h"

namespace ironscribe::io {

// The folder is owned as long as the object lives, or the process, however it dies. Immutable.
// For file systems of this machine: locks on network file systems are not reliable.
class OwnedFolder {
 public:
  // Creates the folder, for this user only. `purpose` is who to name to the next, "ironscribe
  // serve". Errors: FailedPrecondition when another process (or object) owns it, with its process
  // id; those of the file system.
  static Result<std::unique_ptr<OwnedFolder>> Acquire(const std::filesystem::path& folder,
                                                      std::string_view purpose);
  OwnedFolder(const OwnedFolder&) = delete;
  OwnedFolder& operator=(const OwnedFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  OwnedFolder(std::filesystem::path path, Descriptor lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}
  std::filesystem::path path_;
  // Of the file `owner`, which stays: removing it would let two in.
  Descriptor lock_;
};

}  // namespace ironscribe::io
