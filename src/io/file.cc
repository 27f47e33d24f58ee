#include "io/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstring>
#include <vector>

#include "io/descriptor.h"

namespace ironscribe::io {
namespace {

constexpr size_t kWriteBufferBytes = 1 << 20;
constexpr std::string_view kPartialSuffix = ".partial-";

// Opens for reading and refuses directories.
Result<int> OpenForReading(const std::filesystem::path& path, struct stat* info) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return ErrnoStatus(errno, "cannot open '" + path.string() + "'");
  if (::fstat(descriptor, info) != 0 || S_ISDIR(info->st_mode)) {
    const bool is_directory = S_ISDIR(info->st_mode);
    ::close(descriptor);
    if (is_directory) return InvalidArgumentError("'" + path.string() + "' is a directory");
    return ErrnoStatus(errno, "cannot inspect '" + path.string() + "'");
  }
  return descriptor;
}

// What the temporary names of a file start with: its own name, as much of it as leaves room.
std::string PartialPrefix(const std::filesystem::path& path) {
  // ".partial-", a process id, "-" and a 64-bit number.
  constexpr size_t kSuffixBytes = 9 + 10 + 1 + 20;
  std::string name = path.filename().string();
  if (name.size() + kSuffixBytes > NAME_MAX) {
    size_t size = NAME_MAX - kSuffixBytes;
    // Not within a UTF-8 character, because some file systems refuse such names.
    while (size > 0 && (static_cast<unsigned char>(name[size]) & 0xC0) == 0x80) --size;
    name.resize(size);
  }
  return name + std::string(kPartialSuffix);
}

Status WriteAll(int descriptor, const char* data, size_t size, const std::string& name) {
  while (size > 0) {
    const ssize_t written = ::write(descriptor, data, size);
    if (written < 0) {
      if (errno == EINTR) continue;
      return ErrnoStatus(errno, "cannot write '" + name + "'");
    }
    data += written;
    size -= static_cast<size_t>(written);
  }
  return OkStatus();
}

}  // namespace

Status ErrnoStatus(int error_number, std::string_view what) {
  StatusCode code = StatusCode::kUnknown;
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      code = StatusCode::kNotFound;
      break;
    case EACCES:
    case EPERM:
    case EROFS:
      code = StatusCode::kPermissionDenied;
      break;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case ENOMEM:
    case EMFILE:
      code = StatusCode::kResourceExhausted;
      break;
    case EEXIST:
      code = StatusCode::kAlreadyExists;
      break;
    case EISDIR:
    case EINVAL:
    case ENAMETOOLONG:
      code = StatusCode::kInvalidArgument;
      break;
    default:
      break;
  }
  return Status(code, std::string(what) + ": " + std::strerror(error_number));
}

Result<FileIdentity> IdentifyFile(const std::filesystem::path& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0) {
    return ErrnoStatus(errno, "cannot inspect '" + path.string() + "'");
  }
  constexpr int64_t kNanosecondsPerSecond = 1'000'000'000;
  return FileIdentity{
      .size_bytes = static_cast<uint64_t>(info.st_size),
      .modified_ns = info.st_mtim.tv_sec * kNanosecondsPerSecond + info.st_mtim.tv_nsec,
      .changed_ns = info.st_ctim.tv_sec * kNanosecondsPerSecond + info.st_ctim.tv_nsec,
      .inode = info.st_ino,
  };
}

Result<std::string> ReadFile(const std::filesystem::path& path, uint64_t max_bytes) {
  struct stat info;
  ASSIGN_OR_RETURN(const int raw, OpenForReading(path, &info));
  const Descriptor descriptor(raw);
  std::string content;
  char chunk[1 << 16];
  while (true) {
    const ssize_t count = ::read(descriptor.get(), chunk, sizeof(chunk));
    if (count < 0) {
      if (errno == EINTR) continue;
      return ErrnoStatus(errno, "cannot read '" + path.string() + "'");
    }
    if (count == 0) return content;
    if (content.size() + static_cast<size_t>(count) > max_bytes) {
      return ResourceExhaustedError("'" + path.string() + "' is larger than the limit of " +
                                    std::to_string(max_bytes) + " bytes");
    }
    content.append(chunk, static_cast<size_t>(count));
  }
}

Result<std::shared_ptr<const MappedFile>> MappedFile::Open(const std::filesystem::path& path) {
  struct stat info;
  ASSIGN_OR_RETURN(const int raw, OpenForReading(path, &info));
  const Descriptor descriptor(raw);
  const auto size = static_cast<size_t>(info.st_size);
  if (size == 0) return std::shared_ptr<const MappedFile>(new MappedFile(path, {}));
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor.get(), 0);
  if (address == MAP_FAILED) return ErrnoStatus(errno, "cannot map '" + path.string() + "'");
  const Bytes bytes(static_cast<const std::byte*>(address), size);
  return std::shared_ptr<const MappedFile>(new MappedFile(path, bytes));
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

void MappedFile::Evict(Bytes range) const {
  const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = (reinterpret_cast<uintptr_t>(range.data()) + page - 1) / page * page;
  const auto end = reinterpret_cast<uintptr_t>(range.data() + range.size()) / page * page;
  if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

AtomicFile::AtomicFile(std::filesystem::path path, std::filesystem::path temporary, int descriptor)
    : path_(std::move(path)), temporary_(std::move(temporary)), descriptor_(descriptor) {}

Result<std::unique_ptr<AtomicFile>> AtomicFile::Create(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return InvalidArgumentError("cannot write '" + path.string() + "': it is a directory");
  }
  RETURN_IF_ERROR(CreateParentFolders(path));
  if (path.filename().native().size() > NAME_MAX) {
    return ErrnoStatus(ENAMETOOLONG, "cannot create '" + path.string() + "'");
  }
  static std::atomic<uint64_t> counter{0};  // Makes names unique within the process.
  std::filesystem::path temporary;
  int descriptor = -1;
  do {
    // A killed run may have had the same process id, as in containers: then the next number is
    // free.
    temporary = path.parent_path() / (PartialPrefix(path) + std::to_string(::getpid()) + "-" +
                                      std::to_string(counter.fetch_add(1)));
    descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  } while (descriptor < 0 && errno == EEXIST);
  if (descriptor < 0) return ErrnoStatus(errno, "cannot create '" + path.string() + "'");
  ::flock(descriptor, LOCK_EX | LOCK_NB);  // Tells RemoveStalePartials that somebody is at it.
  return std::unique_ptr<AtomicFile>(new AtomicFile(path, temporary, descriptor));
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
    ::unlink(temporary_.c_str());
  }
}

Status AtomicFile::Write(std::string_view bytes) {
  size_bytes_ += bytes.size();
  buffer_.append(bytes);
  return buffer_.size() >= kWriteBufferBytes ? Flush() : OkStatus();
}

Status AtomicFile::Write(Bytes bytes) {
  return Write(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

Status AtomicFile::Align(uint64_t alignment_bytes) {
  const uint64_t tail = size_bytes_ % alignment_bytes;
  return tail == 0 ? OkStatus() : Write(std::string(alignment_bytes - tail, '\0'));
}

Status AtomicFile::WriteAt(uint64_t offset, Bytes bytes) {
  RETURN_IF_ERROR(Flush());
  const ssize_t written =
      ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
  if (written == static_cast<ssize_t>(bytes.size())) return OkStatus();
  return ErrnoStatus(written < 0 ? errno : ENOSPC, "cannot write '" + path_.string() + "'");
}

Status AtomicFile::Flush() {
  const std::string pending = std::move(buffer_);
  buffer_.clear();
  return WriteAll(descriptor_, pending.data(), pending.size(), path_.string());
}

Status AtomicFile::Commit() {
  RETURN_IF_ERROR(Flush());
  if (::fsync(descriptor_) != 0) return ErrnoStatus(errno, "cannot sync '" + path_.string() + "'");
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    return ErrnoStatus(errno, "cannot rename to '" + path_.string() + "'");
  }
  ::close(descriptor_);
  descriptor_ = -1;
  return SyncFolder(path_.parent_path());
}

Status SyncFolder(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder.empty() ? "." : folder;
  const Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.is_open()) {
    // Who may write into a folder need not be allowed to read it.
    return errno == EACCES ? OkStatus() : ErrnoStatus(errno, "cannot open '" + path.string() + "'");
  }
  // Some network file systems write folders at once, or never on request.
  const bool is_done = ::fsync(descriptor.get()) == 0 || errno == EINVAL || errno == ENOTSUP;
  return is_done ? OkStatus() : ErrnoStatus(errno, "cannot sync '" + path.string() + "'");
}

Status CreateParentFolders(const std::filesystem::path& path) {
  const std::filesystem::path parent = path.parent_path();
  std::error_code error;
  if (parent.empty() || std::filesystem::is_directory(parent, error)) return OkStatus();
  // From the first that is missing on, each stands in the one above it.
  std::filesystem::path above = parent;
  std::vector<std::filesystem::path> changed;
  while (!above.empty() && !std::filesystem::exists(above, error)) {
    above = above.parent_path();
    changed.push_back(above);
  }
  std::filesystem::create_directories(parent, error);
  if (error) {
    return ErrnoStatus(error.value(), "cannot create folder '" + parent.string() + "'");
  }
  for (const std::filesystem::path& folder : changed) RETURN_IF_ERROR(SyncFolder(folder));
  return OkStatus();
}

void RemoveStalePartials(const std::filesystem::path& path) {
  // A file younger than this may be between its creation and its lock.
  constexpr auto kSettled = std::chrono::minutes(1);
  const std::string prefix = PartialPrefix(path);
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (!entry.path().filename().string().starts_with(prefix)) continue;
    const auto modified = std::filesystem::last_write_time(entry.path(), error);
    if (error || std::filesystem::file_time_type::clock::now() - modified < kSettled) continue;
    const Descriptor descriptor(::open(entry.path().c_str(), O_WRONLY | O_CLOEXEC));
    if (descriptor.is_open() && ::flock(descriptor.get(), LOCK_EX | LOCK_NB) == 0) {
      ::unlink(entry.path().c_str());
    }
  }
}

Status WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes) {
  ASSIGN_OR_RETURN(const auto file, AtomicFile::Create(path));
  RETURN_IF_ERROR(file->Write(bytes));
  return file->Commit();
}

}  // namespace ironscribe::io
