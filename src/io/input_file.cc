#include "io/input_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "io/file.h"
#include "io/unnamed_file.h"

namespace ironscribe::io {
namespace {

constexpr size_t kCopyBytes = 1 << 18;
// How often a copy that waits for its writer looks at its stop token.
constexpr int kPollSliceMs = 50;

Status OpenError(int error_number, const std::string& name) {
  const std::string what = fmt::format("cannot open '{}'", name);
  Status status = ErrnoStatus(error_number, what);
  const char* remedy = nullptr;
  if (status.code() == StatusCode::kNotFound) remedy = "check the path";
  if (status.code() == StatusCode::kPermissionDenied) remedy = "make it readable for this user";
  if (remedy == nullptr) return status;
  return Status(status.code(), fmt::format("{}; {}", status.message(), remedy));
}

Status TooLarge(const std::string& name, uint64_t max_bytes) {
  return ResourceExhaustedError(fmt::format(
      "'{}' is larger than the limit of {} bytes; split it or raise the limit", name, max_bytes));
}

// Waits until the descriptor has something to read; an error when told to stop.
Status WaitReadable(int descriptor, const std::string& name, const std::stop_token& stop) {
  for (;;) {
    if (stop.stop_requested())
      return CancelledError(fmt::format("reading '{}': interrupted", name));
    struct pollfd waiting = {descriptor, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, kPollSliceMs);
    if (ready > 0) return OkStatus();
    if (ready < 0 && errno != EINTR) return ErrnoStatus(errno, "cannot wait for '" + name + "'");
  }
}

// Requires: at least kHeadBytes are there.
Status CheckHead(int copy, const InputOptions& options) {
  std::vector<std::byte> head(kHeadBytes);
  if (::pread(copy, head.data(), head.size(), 0) != static_cast<ssize_t>(head.size())) {
    return ErrnoStatus(errno, "cannot read the copy of the input");
  }
  return options.check_head(head);
}

// The copy so far as a file of its own.
Status CheckStart(int copy, const std::string& name, const InputOptions& options) {
  ASSIGN_OR_RETURN(const Descriptor reopened, ReopenForReading(copy));
  ASSIGN_OR_RETURN(const std::shared_ptr<const InputFile> start,
                   InputFile::FromDescriptor(reopened.get(), name, {}));
  return options.check_start(start);
}

// Copies a pipe to its end into an unnamed file and returns that, open for reading only.
Result<Descriptor> Spool(int source, const std::string& name, const InputOptions& options) {
  ASSIGN_OR_RETURN(Descriptor copy, OpenUnnamedFile(options.temporary_folder));
  std::vector<std::byte> buffer(kCopyBytes);
  uint64_t total_bytes = 0;
  for (;;) {
    RETURN_IF_ERROR(WaitReadable(source, name, options.stop));
    const ssize_t count = ::read(source, buffer.data(), buffer.size());
    if (count == 0) break;
    if (count < 0) {
      if (errno == EINTR || errno == EAGAIN) continue;
      return ErrnoStatus(errno, fmt::format("cannot read '{}'", name));
    }
    const uint64_t before_bytes = total_bytes;
    total_bytes += static_cast<uint64_t>(count);
    if (total_bytes > options.max_bytes) return TooLarge(name, options.max_bytes);
    RETURN_IF_ERROR(WriteAll(copy.get(), std::span(buffer).first(static_cast<size_t>(count))));
    if (before_bytes < kHeadBytes && total_bytes >= kHeadBytes && options.check_head) {
      RETURN_IF_ERROR(CheckHead(copy.get(), options));
    }
    if (before_bytes < kStartBytes && total_bytes >= kStartBytes && options.check_start) {
      RETURN_IF_ERROR(CheckStart(copy.get(), name, options));
    }
  }
  return ReopenForReading(copy.get());
}

}  // namespace

InputFile::InputFile(Descriptor descriptor, std::string name, uint64_t size_bytes)
    : descriptor_(std::move(descriptor)), name_(std::move(name)), size_bytes_(size_bytes) {}

Result<std::shared_ptr<const InputFile>> InputFile::Open(const std::filesystem::path& path,
                                                         const InputOptions& options) {
  const std::string name = path.string();
  Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!descriptor.is_open()) return OpenError(errno, name);
  return Adopt(std::move(descriptor), name, options);
}

Result<std::shared_ptr<const InputFile>> InputFile::FromDescriptor(int descriptor, std::string name,
                                                                   const InputOptions& options) {
  Descriptor copy(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
  if (!copy.is_open()) return OpenError(errno, name);
  return Adopt(std::move(copy), std::move(name), options);
}

Result<std::shared_ptr<const InputFile>> InputFile::Adopt(Descriptor descriptor, std::string name,
                                                          const InputOptions& options) {
  struct stat info = {};
  if (::fstat(descriptor.get(), &info) != 0) return OpenError(errno, name);
  if (S_ISDIR(info.st_mode)) {
    return InvalidArgumentError(fmt::format("'{}' is a directory, not a file", name));
  }
  if (!S_ISREG(info.st_mode)) {
    ASSIGN_OR_RETURN(descriptor, Spool(descriptor.get(), name, options));
    if (::fstat(descriptor.get(), &info) != 0) return OpenError(errno, name);
  }
  const auto size_bytes = static_cast<uint64_t>(info.st_size);
  if (size_bytes > options.max_bytes) return TooLarge(name, options.max_bytes);
  return std::shared_ptr<const InputFile>(
      new InputFile(std::move(descriptor), std::move(name), size_bytes));
}

Result<size_t> InputFile::ReadAt(uint64_t offset, std::span<std::byte> out) const {
  size_t total = 0;
  while (total < out.size() && offset + total < size_bytes_) {
    const ssize_t count = ::pread(descriptor_.get(), out.data() + total, out.size() - total,
                                  static_cast<off_t>(offset + total));
    if (count == 0) break;
    if (count < 0) {
      if (errno == EINTR) continue;
      return ErrnoStatus(errno,
                         fmt::format("cannot read '{}' at offset {}", name_, offset + total));
    }
    total += static_cast<size_t>(count);
  }
  return total;
}

}  // namespace ironscribe::io
