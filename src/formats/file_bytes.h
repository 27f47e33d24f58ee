// The bytes a format reader works on: a mapped file, or bytes that the caller keeps alive (tests,
// fuzzing). Cheap to copy; copies share the map. Thread rule: const methods from any thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/status.h"
#include "io/byte_reader.h"
#include "io/file.h"

namespace ironscribe::formats {

class FileBytes {
 public:
  static Result<FileBytes> Map(const std::filesystem::path& path);
  // `name` starts error messages. The bytes must outlive this object and whatever is made from it.
  static FileBytes Borrow(io::Bytes bytes, std::string name);

  io::Bytes bytes() const { return bytes_; }
  const std::string& name() const { return name_; }

  // Drops the pages of `range` from memory when they come from a file and the range is large enough
  // to be worth the system call.
  void Evict(io::Bytes range) const;

 private:
  FileBytes() = default;
  std::shared_ptr<const io::MappedFile> map_;
  io::Bytes bytes_;
  std::string name_;
};

}  // namespace ironscribe::formats
