// Where uploads wait until they are decoded: small ones in memory, larger ones in files without a
// name, so that nothing is left whatever ends the process. One quota for all.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include "base/status.h"
#include "io/descriptor.h"

namespace ironscribe::api {

struct SpoolOptions {
  std::filesystem::path folder = "/tmp";
  uint64_t max_total_bytes = uint64_t{16} << 30;
  uint64_t max_file_bytes = uint64_t{2} << 30;  // as http_options.h
  // What is larger goes to the folder. A minute of MP3 fits.
  uint64_t max_memory_bytes = 1 << 20;
};

class Spool;

// One upload. Used by one thread at a time; gives its share of the quota back when it goes, also
// while a descriptor of it is still open.
class SpoolFile {
 public:
  ~SpoolFile();
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;

  // Writes into memory or the page cache. Errors: OutOfRange above max_file_bytes;
  // ResourceExhausted where the quota or the disk is full; what the folder says. After one the file
  // is of no use.
  Status Append(std::string_view bytes);

  // For reading only, at any position, from the beginning.
  Result<io::Descriptor> OpenForReading() const;

  uint64_t size_bytes() const { return size_bytes_; }

 private:
  friend class Spool;
  explicit SpoolFile(std::shared_ptr<Spool> spool) : spool_(std::move(spool)) {}
  Status MoveToFolder();

  std::shared_ptr<Spool> spool_;
  io::Descriptor file_;
  uint64_t size_bytes_ = 0;
  bool in_memory_ = true;
};

// Safe from every thread.
class Spool : public std::enable_shared_from_this<Spool> {
 public:
  // Errors: the folder cannot hold files.
  static Result<std::shared_ptr<Spool>> Create(const SpoolOptions& options);

  std::unique_ptr<SpoolFile> NewFile();
  uint64_t used_bytes() const { return used_bytes_.load(); }
  const SpoolOptions& options() const { return options_; }

 private:
  friend class SpoolFile;
  explicit Spool(const SpoolOptions& options) : options_(options) {}
  bool Reserve(uint64_t bytes);
  void Release(uint64_t bytes) { used_bytes_ -= bytes; }

  const SpoolOptions options_;
  std::atomic<uint64_t> used_bytes_{0};
};

}  // namespace ironscribe::api
