#include "io/partial_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "io/file.h"

namespace ironscribe::io {

Result<std::unique_ptr<PartialFile>> PartialFile::Open(const std::filesystem::path& path) {
  RETURN_IF_ERROR(CreateParentFolders(path));
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0) return ErrnoStatus(errno, "cannot create '" + path.string() + "'");
  struct stat info;
  if (::fstat(descriptor, &info) != 0) {
    const int reason = errno;
    ::close(descriptor);
    return ErrnoStatus(reason, "cannot inspect '" + path.string() + "'");
  }
  return std::unique_ptr<PartialFile>(
      new PartialFile(path, descriptor, static_cast<uint64_t>(info.st_size)));
}

PartialFile::~PartialFile() { ::close(descriptor_); }

Status PartialFile::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return ErrnoStatus(errno, "cannot write '" + path_.string() + "'");
    }
    bytes.remove_prefix(static_cast<size_t>(written));
    size_bytes_ += static_cast<uint64_t>(written);
  }
  return OkStatus();
}

Status PartialFile::Clear() {
  if (::ftruncate(descriptor_, 0) != 0) {
    return ErrnoStatus(errno, "cannot empty '" + path_.string() + "'");
  }
  size_bytes_ = 0;
  return OkStatus();
}

Status PartialFile::Sync() {
  if (::fsync(descriptor_) != 0) return ErrnoStatus(errno, "cannot sync '" + path_.string() + "'");
  return OkStatus();
}

}  // namespace ironscribe::io
