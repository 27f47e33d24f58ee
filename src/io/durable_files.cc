#include "io/durable_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "io/descriptor.h"
#include "io/file.h"

namespace ironscribe::io {
namespace {

Status SyncOpened(const std::filesystem::path& path, int flags) {
  const Descriptor descriptor(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW));
  if (!descriptor.is_open()) return ErrnoStatus(errno, "cannot open '" + path.string() + "'");
  if (::fsync(descriptor.get()) != 0) {
    return ErrnoStatus(errno, "cannot sync '" + path.string() + "'");
  }
  return OkStatus();
}

}  // namespace

Status SystemFiles::CreateFolder(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return OkStatus();
  if (folder.has_parent_path() && folder.parent_path() != folder) {
    RETURN_IF_ERROR(CreateFolder(folder.parent_path()));
  }
  if (::mkdir(folder.c_str(), 0700) == 0) {
    return SyncFolder(folder.has_parent_path() ? folder.parent_path() : ".");
  }
  if (errno != EEXIST) {
    return ErrnoStatus(errno, "cannot create folder '" + folder.string() + "'");
  }
  if (!std::filesystem::is_directory(folder, error)) {
    return InvalidArgumentError("'" + folder.string() + "' is there already and no folder");
  }
  return OkStatus();
}

Status SystemFiles::Append(const std::filesystem::path& path, std::string_view bytes) {
  const Descriptor descriptor(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!descriptor.is_open()) return ErrnoStatus(errno, "cannot open '" + path.string() + "'");
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ErrnoStatus(errno, "cannot write '" + path.string() + "'");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return OkStatus();
}

Status SystemFiles::Sync(const std::filesystem::path& path) { return SyncOpened(path, O_RDONLY); }

Status SystemFiles::Rename(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) {
    return ErrnoStatus(errno, "cannot rename to '" + to.string() + "'");
  }
  return OkStatus();
}

Status SystemFiles::SyncFolder(const std::filesystem::path& folder) {
  return SyncOpened(folder, O_RDONLY | O_DIRECTORY);
}

Status SystemFiles::Remove(const std::filesystem::path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return ErrnoStatus(errno, "cannot remove '" + path.string() + "'");
  }
  return OkStatus();
}

Result<std::string> SystemFiles::Read(const std::filesystem::path& path, uint64_t max_bytes) {
  return ReadFile(path, max_bytes);
}

Result<std::vector<std::string>> SystemFiles::List(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  if (error) return ErrnoStatus(error.value(), "cannot list '" + folder.string() + "'");
  std::sort(names.begin(), names.end());
  return names;
}

Status PutInPlace(DurableFiles& files, const std::filesystem::path& from,
                  const std::filesystem::path& to) {
  RETURN_IF_ERROR(files.Sync(from));
  RETURN_IF_ERROR(files.Rename(from, to));
  return files.SyncFolder(to.parent_path());
}

Status WriteDurably(DurableFiles& files, const std::filesystem::path& path,
                    std::string_view bytes) {
  const std::filesystem::path temporary = path.string() + ".new";
  RETURN_IF_ERROR(files.Remove(temporary));
  Status status = files.Append(temporary, bytes);
  if (status.ok()) status = PutInPlace(files, temporary, path);
  if (!status.ok()) (void)files.Remove(temporary);
  return status;
}

}  // namespace ironscribe::io
