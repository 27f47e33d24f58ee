// A recording or other input read at any position, whatever it came as: a regular file is read in
// place, a pipe is first copied into a temporary file without a name. Unlike a memory map it
// survives a file that shrinks while it is read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>

#include "base/status.h"
#include "io/descriptor.h"

namespace ironscribe::io {

class InputFile;

struct InputOptions {
  // A larger input is refused; a pipe is not read beyond it.
  uint64_t max_bytes = uint64_t{64} << 30;
  // Where pipes are copied to. The copy disappears with the object, and with the process.
  std::filesystem::path temporary_folder = "/tmp";
  std::stop_token stop;
  // Sees the first kHeadBytes of a pipe that holds more, before the rest is read: an error ends it,
  // so that an endless pipe of something else is not copied first. May be empty.
  std::function<Status(std::span<const std::byte>)> check_head;
  // The same for what takes more than a look: sees the first kStartBytes (or a little more) of a
  // pipe that holds more, as a file. May be empty.
  std::function<Status(std::shared_ptr<const InputFile>)> check_start;
};

inline constexpr size_t kHeadBytes = 64 << 10;
inline constexpr size_t kStartBytes = 1 << 20;

// Immutable after Open; ReadAt may be called from many threads.
class InputFile {
 public:
  // Errors: NotFound, PermissionDenied, InvalidArgument for a directory, ResourceExhausted above
  // max_bytes; each names the file and what to do.
  static Result<std::shared_ptr<const InputFile>> Open(const std::filesystem::path& path,
                                                       const InputOptions& options);

  // The same for a descriptor, which stays the caller's; `name` is used in messages.
  static Result<std::shared_ptr<const InputFile>> FromDescriptor(int descriptor, std::string name,
                                                                 const InputOptions& options);

  // Fills `out` from `offset` on; fewer bytes than asked for only at the end of the file.
  Result<size_t> ReadAt(uint64_t offset, std::span<std::byte> out) const;

  uint64_t size_bytes() const { return size_bytes_; }
  const std::string& name() const { return name_; }
  // Open for reading, with a position that nobody relies on; for handing to a child process.
  int descriptor() const { return descriptor_.get(); }

 private:
  InputFile(Descriptor descriptor, std::string name, uint64_t size_bytes);
  static Result<std::shared_ptr<const InputFile>> Adopt(Descriptor descriptor, std::string name,
                                                        const InputOptions& options);

  Descriptor descriptor_;
  std::string name_;
  uint64_t size_bytes_;
};

}  // namespace ironscribe::io
