// A file that is written in several goes: opened where the last attempt stopped, kept when it is
// not finished. For downloads that go on after an interruption; the caller checks the content's
// digest before it trusts the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

namespace ironscribe::io {

class PartialFile {
 public:
  // Opens for appending; creates the file and missing parent folders.
  static Result<std::unique_ptr<PartialFile>> Open(const std::filesystem::path& path);
  ~PartialFile();
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  uint64_t size_bytes() const { return size_bytes_; }
  Status Append(std::string_view bytes);
  // Drops everything written so far.
  Status Clear();
  // Puts the content on the disk.
  Status Sync();

 private:
  PartialFile(std::filesystem::path path, int descriptor, uint64_t size_bytes)
      : path_(std::move(path)), descriptor_(descriptor), size_bytes_(size_bytes) {}
  std::filesystem::path path_;
  int descriptor_;
  uint64_t size_bytes_;
};

}  // namespace ironscribe::io
