#include "io/unnamed_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "io/file.h"

namespace ironscribe::io {

Result<Descriptor> OpenUnnamedFile(const std::filesystem::path& folder) {
  Descriptor file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file.is_open()) return file;
  // Some file systems lack O_TMPFILE.
  std::string name = (folder / "ironscribe-XXXXXX").string();
  file = Descriptor(::mkostemp(name.data(), O_CLOEXEC));
  if (!file.is_open()) {
    return ErrnoStatus(errno,
                       fmt::format("cannot create a temporary file in '{}'", folder.string()));
  }
  ::unlink(name.c_str());
  return file;
}

Result<Descriptor> OpenMemoryFile() {
  Descriptor file(::memfd_create("ironscribe", MFD_CLOEXEC));
  if (!file.is_open()) return ErrnoStatus(errno, "cannot create a file in memory");
  return file;
}

Status WriteAll(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ErrnoStatus(errno, "cannot keep a copy of the input");
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return OkStatus();
}

Status CopyAll(int source, int target) {
  std::array<std::byte, 64 * 1024> buffer;
  for (;;) {
    const ssize_t count = ::read(source, buffer.data(), buffer.size());
    if (count == 0) return OkStatus();
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoStatus(errno, "cannot read a temporary file");
    RETURN_IF_ERROR(WriteAll(target, std::span(buffer).first(static_cast<size_t>(count))));
  }
}

Result<Descriptor> ReopenForReading(int descriptor) {
  const std::string link = fmt::format("/proc/self/fd/{}", descriptor);
  const int read_only = ::open(link.c_str(), O_RDONLY | O_CLOEXEC);
  Descriptor reopened(read_only >= 0 ? read_only : ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
  if (!reopened.is_open()) return ErrnoStatus(errno, "cannot open a temporary file again");
  return reopened;
}

}  // namespace ironscribe::io
