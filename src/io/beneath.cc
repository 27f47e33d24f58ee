// openat2 with RESOLVE_BENEATH (Linux 5.6): the kernel follows the path, so that nothing can be
// exchanged between a check and its use. glibc 2.36 has no function for the call.
#include "io/beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "io/file.h"

namespace ironscribe::io {
namespace {

constexpr const char* kWhat = "opening a file of the folder";

}  // namespace

Result<Descriptor> OpenBeneath(const std::filesystem::path& folder, std::string_view name) {
  if (name.find('\0') != std::string_view::npos) return NotFoundError("there is no such file");
  const Descriptor directory(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open()) return ErrnoStatus(errno, "opening the folder");
  open_how how{};
  // Not blocking: opening a named pipe would wait for its writer.
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  const std::string text(name);
  const auto opened = ::syscall(SYS_openat2, directory.get(), text.c_str(), &how, sizeof(how));
  if (opened < 0) {
    const int error = errno;
    if (error == ENOSYS) return UnimplementedError("the system cannot confine paths to a folder");
    const bool absent = error == EXDEV || error == ENOENT || error == ENOTDIR || error == ELOOP ||
                        error == ENAMETOOLONG || error == ENXIO;
    return absent ? NotFoundError("there is no such file") : ErrnoStatus(error, kWhat);
  }
  Descriptor file(static_cast<int>(opened));
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) return ErrnoStatus(errno, kWhat);
  if (!S_ISREG(facts.st_mode)) return InvalidArgumentError("it is no regular file");
  return file;
}

}  // namespace ironscribe::io
