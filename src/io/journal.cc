#include "io/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "io/digest.h"
#include "io/file.h"

namespace ironscribe::io {
namespace {

constexpr std::string_view kMagic = "IRSJRNL1";
// Hexadecimal digits: 64 bits are enough against accidents.
constexpr size_t kChecksumBytes = 16;
constexpr size_t kHeaderBytes = sizeof(uint32_t) + kChecksumBytes;

// As many as somebody may delete the file just after it was opened.
constexpr int kMaxOpenAttempts = 3;

std::string LengthBytes(uint32_t length) {
  std::string bytes(sizeof(length), '\0');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(length >> (8 * i));
  return bytes;
}

uint32_t LengthOf(std::string_view bytes) {
  uint32_t length = 0;
  for (size_t i = 0; i < sizeof(length); ++i) {
    length |= uint32_t{static_cast<uint8_t>(bytes[i])} << (8 * i);
  }
  return length;
}

std::string Checksum(std::string_view before, std::string_view length, std::string_view payload) {
  Digest digest;
  digest.Update(before);
  digest.Update(length);
  digest.Update(payload);
  return digest.Finish().substr(0, kChecksumBytes);
}

// Reads `size` bytes at `offset`; nothing if the file does not have them.
std::optional<std::string> ReadAt(int descriptor, uint64_t offset, size_t size) {
  std::string bytes(size, '\0');
  for (size_t done = 0; done < size;) {
    const ssize_t count =
        ::pread(descriptor, &bytes[done], size - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::nullopt;
    done += static_cast<size_t>(count);
  }
  return bytes;
}

// A writer may have died within the first bytes.
bool BeginsLikeAJournal(int descriptor) {
  for (size_t size = kMagic.size(); size > 0; --size) {
    if (const auto bytes = ReadAt(descriptor, 0, size)) return kMagic.starts_with(*bytes);
  }
  return true;
}

Status CheckOwnFile(int descriptor, const std::filesystem::path& path) {
  struct stat info;
  if (::fstat(descriptor, &info) != 0) {
    return ErrnoStatus(errno, "cannot inspect '" + path.string() + "'");
  }
  // With a second name, what is written here would be written into another file of the user.
  if (!S_ISREG(info.st_mode) || info.st_uid != ::geteuid() || info.st_nlink > 1) {
    return FailedPreconditionError("'" + path.string() + "' is no regular file of this user alone");
  }
  if (!BeginsLikeAJournal(descriptor)) {
    return FailedPreconditionError("'" + path.string() + "' is there already and no journal");
  }
  // An older one, or one that somebody put there.
  if ((info.st_mode & 077) != 0 && ::fchmod(descriptor, 0600) != 0) {
    return ErrnoStatus(errno, "cannot protect '" + path.string() + "'");
  }
  return OkStatus();
}

// The file behind the descriptor still has this name: who held the lock before may have deleted it.
bool IsStillThere(int descriptor, const std::filesystem::path& path) {
  struct stat opened;
  struct stat named;
  return ::fstat(descriptor, &opened) == 0 && ::lstat(path.c_str(), &named) == 0 &&
         opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

Status Lock(int descriptor, const std::filesystem::path& path) {
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return OkStatus();
  if (errno == EWOULDBLOCK) {
    return UnavailableError("'" + path.string() + "' is in use by another run");
  }
  return ErrnoStatus(errno, "cannot lock '" + path.string() + "'");
}

Result<Descriptor> OpenLocked(const std::filesystem::path& path) {
  for (int attempt = 0; attempt < kMaxOpenAttempts; ++attempt) {
    // Not blocking: a pipe of that name must not keep us waiting.
    Descriptor descriptor(::open(
        path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
    if (!descriptor.is_open()) return ErrnoStatus(errno, "cannot open '" + path.string() + "'");
    RETURN_IF_ERROR(CheckOwnFile(descriptor.get(), path));
    RETURN_IF_ERROR(Lock(descriptor.get(), path));
    if (IsStillThere(descriptor.get(), path)) return descriptor;
  }
  return UnavailableError("'" + path.string() + "' is being replaced by another run");
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::Open(const std::filesystem::path& path,
                                               const RecordReader& read) {
  RETURN_IF_ERROR(CreateParentFolders(path));
  ASSIGN_OR_RETURN(Descriptor descriptor, OpenLocked(path));
  std::unique_ptr<Journal> journal(new Journal(path, std::move(descriptor)));
  RETURN_IF_ERROR(journal->ReadAll(read));
  return journal;
}

Status Journal::ReadAll(const RecordReader& read) {
  struct stat info;
  if (::fstat(descriptor_.get(), &info) != 0) {
    return ErrnoStatus(errno, "cannot inspect '" + path_.string() + "'");
  }
  const auto size_bytes = static_cast<uint64_t>(info.st_size);
  ASSIGN_OR_RETURN(size_bytes_, ReadRecords(size_bytes, read));
  cut_bytes_ = size_bytes - size_bytes_;
  if (cut_bytes_ > 0) RETURN_IF_ERROR(Truncate(size_bytes_));
  if (size_bytes_ > 0) return OkStatus();
  // Nothing, or less than the magic.
  const ssize_t written = ::write(descriptor_.get(), kMagic.data(), kMagic.size());
  if (written != static_cast<ssize_t>(kMagic.size())) {
    return ErrnoStatus(written < 0 ? errno : ENOSPC, "cannot write '" + path_.string() + "'");
  }
  size_bytes_ = kMagic.size();
  // Else the death of the machine may take the name with all that is written here.
  return SyncFolder(path_.parent_path());
}

// Returns the bytes that are to stay.
Result<uint64_t> Journal::ReadRecords(uint64_t size_bytes, const RecordReader& read) {
  const auto magic = ReadAt(descriptor_.get(), 0, kMagic.size());
  if (!magic || *magic != kMagic) return uint64_t{0};
  uint64_t at = kMagic.size();
  while (true) {
    const auto header = ReadAt(descriptor_.get(), at, kHeaderBytes);
    if (!header) return at;
    const std::string_view length_bytes = std::string_view(*header).substr(0, sizeof(uint32_t));
    const uint32_t length = LengthOf(length_bytes);
    const uint64_t end = at + kHeaderBytes + length;
    if (length > kMaxRecordBytes || end > size_bytes || end > kMaxBytes) return at;
    const auto payload = ReadAt(descriptor_.get(), at + kHeaderBytes, length);
    if (!payload) return at;
    std::string checksum = Checksum(last_checksum_, length_bytes, *payload);
    if (header->substr(sizeof(uint32_t)) != checksum || !read(*payload)) return at;
    last_checksum_ = std::move(checksum);
    at = end;
  }
}

Status Journal::Truncate(uint64_t size_bytes) {
  if (::ftruncate(descriptor_.get(), static_cast<off_t>(size_bytes)) != 0) {
    return ErrnoStatus(errno, "cannot cut '" + path_.string() + "'");
  }
  return OkStatus();
}

Status Journal::Append(std::string_view record) {
  RETURN_IF_ERROR(failure_);
  if (record.size() > kMaxRecordBytes) {
    return InvalidArgumentError("a record of " + std::to_string(record.size()) + " bytes");
  }
  const std::string length = LengthBytes(static_cast<uint32_t>(record.size()));
  std::string checksum = Checksum(last_checksum_, length, record);
  std::string bytes = length + checksum;
  bytes += record;
  if (size_bytes_ + bytes.size() > kMaxBytes) {
    failure_ = ResourceExhaustedError("'" + path_.string() + "' is as large as it may become");
    return failure_;
  }
  for (std::string_view left = bytes; !left.empty();) {
    const ssize_t written = ::write(descriptor_.get(), left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      failure_ = ErrnoStatus(errno, "cannot write '" + path_.string() + "'");
      // What is half there would be cut off by the next reader anyway.
      (void)Truncate(size_bytes_);
      return failure_;
    }
    left.remove_prefix(static_cast<size_t>(written));
  }
  size_bytes_ += bytes.size();
  last_checksum_ = std::move(checksum);
  return OkStatus();
}

Status Journal::Sync() {
  if (::fdatasync(descriptor_.get()) != 0) {
    return ErrnoStatus(errno, "cannot sync '" + path_.string() + "'");
  }
  return OkStatus();
}

Status Journal::Discard(const std::filesystem::path& path) {
  const Descriptor descriptor(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!descriptor.is_open()) {
    return errno == ENOENT ? OkStatus() : ErrnoStatus(errno, "cannot open '" + path.string() + "'");
  }
  RETURN_IF_ERROR(CheckOwnFile(descriptor.get(), path));
  RETURN_IF_ERROR(Lock(descriptor.get(), path));
  if (IsStillThere(descriptor.get(), path) && ::unlink(path.c_str()) != 0) {
    return ErrnoStatus(errno, "cannot remove '" + path.string() + "'");
  }
  return OkStatus();
}

Status Journal::Remove() {
  if (::unlink(path_.c_str()) != 0) {
    return ErrnoStatus(errno, "cannot remove '" + path_.string() + "'");
  }
  return OkStatus();
}

}  // namespace ironscribe::io
