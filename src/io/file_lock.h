// An exclusive lock between processes, and between threads: every Acquire opens the file anew. The
// lock ends with the object, or with the process however it dies. The lock file is removed on
// release, so that nothing stays behind.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>

#include "base/status.h"

namespace ironscribe::io {

class FileLock {
 public:
  // Waits until the lock is free; `on_wait`, which may be empty, is called once before waiting.
  // Creates missing parent folders. Errors: Cancelled when `stop` is requested meanwhile.
  static Result<std::unique_ptr<FileLock>> Acquire(const std::filesystem::path& path,
                                                   std::stop_token stop,
                                                   const std::function<void()>& on_wait);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  FileLock(std::filesystem::path path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}
  std::filesystem::path path_;
  int descriptor_;
};

}  // namespace ironscribe::io
