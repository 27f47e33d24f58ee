#include "io/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "io/file.h"

namespace ironscribe::io {
namespace {

// Short enough that nobody notices the delay, long enough to cost nothing.
constexpr auto kPollInterval = std::chrono::milliseconds(50);

// Whether `descriptor` still is the file of that name: the previous holder removes the name, and
// who waited on the old file must start over with the new one.
bool IsCurrent(int descriptor, const std::filesystem::path& path) {
  struct stat opened;
  struct stat named;
  return ::fstat(descriptor, &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
         opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

}  // namespace

Result<std::unique_ptr<FileLock>> FileLock::Acquire(const std::filesystem::path& path,
                                                    std::stop_token stop,
                                                    const std::function<void()>& on_wait) {
  const std::string name = "'" + path.string() + "'";
  bool waited = false;
  while (true) {
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    if (error) {
      return ErrnoStatus(error.value(),
                         "cannot create folder '" + path.parent_path().string() + "'");
    }
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) {
      if (errno == ENOENT) continue;  // The last holder just removed the folder.
      return ErrnoStatus(errno, "cannot create the lock file " + name);
    }
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
      if (IsCurrent(descriptor, path))
        return std::unique_ptr<FileLock>(new FileLock(path, descriptor));
      ::close(descriptor);
      continue;
    }
    const int reason = errno;
    ::close(descriptor);
    if (reason != EWOULDBLOCK && reason != EINTR) return ErrnoStatus(reason, "cannot lock " + name);
    if (stop.stop_requested()) return CancelledError("interrupted while waiting for " + name);
    if (!waited && on_wait) on_wait();
    waited = true;
    std::this_thread::sleep_for(kPollInterval);
  }
}

FileLock::~FileLock() {
  ::unlink(path_.c_str());
  ::close(descriptor_);
}

}  // namespace ironscribe::io
