#include "io/watched_system.h"

#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

namespace ironscribe::io {

WatchedSystem& TheWatchedSystem() {
  static WatchedSystem system;
  return system;
}

}  // namespace ironscribe::io

using ironscribe::io::TheWatchedSystem;

extern "C" int fsync(int descriptor) {
  std::error_code error;
  TheWatchedSystem().synced.push_back(
      std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor), error));
  return static_cast<int>(::syscall(SYS_fsync, descriptor));
}

extern "C" int flock(int descriptor, int operation) noexcept {
  if (const int reason = std::exchange(TheWatchedSystem().flock_error, 0); reason != 0) {
    errno = reason;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_flock, descriptor, operation));
}
