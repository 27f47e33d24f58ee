// Where uploads wait until they are decoded: small ones in memory, larger ones in files without a
// name, so that nothing is left whatever ends the process. One quota for all, one for each owner.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/status.h"
#include "io/descriptor.h"

namespace ironscribe::api {

struct SpoolOptions {
  std::filesystem::path folder = "/tmp";
  uint64_t max_total_bytes = uint64_t{16} << 30;
  uint64_t max_owner_bytes = uint64_t{8} << 30;  // Of all files of one owner.
  uint64_t max_file_bytes = uint64_t{2} << 30;   // as http_options.h
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
  // ResourceExhausted where a quota or the disk is full; what the folder says. After one the file
  // is of no use.
  Status Append(std::string_view bytes);

  // For reading only, at any position, from the beginning.
  Result<io::Descriptor> OpenForReading() const;

  uint64_t size_bytes() const { return size_bytes_; }

 private:
  friend class Spool;
  SpoolFile(std::shared_ptr<Spool> spool, std::string owner)
      : spool_(std::move(spool)), owner_(std::move(owner)) {}
  Status MoveToFolder();

  std::shared_ptr<Spool> spool_;
  const std::string owner_;
  io::Descriptor file_;
  uint64_t size_bytes_ = 0;
  bool in_memory_ = true;
};

// Safe from every thread.
class Spool : public std::enable_shared_from_this<Spool> {
 public:
  // Errors: the folder cannot hold files.
  static Result<std::shared_ptr<Spool>> Create(const SpoolOptions& options);

  // `owner`: whose share it takes; "" is limited by the total only.
  std::unique_ptr<SpoolFile> NewFile(std::string owner = "");
  uint64_t used_bytes() const;
  const SpoolOptions& options() const { return options_; }

 private:
  friend class SpoolFile;
  explicit Spool(const SpoolOptions& options) : options_(options) {}
  Status Reserve(const std::string& owner, uint64_t bytes);
  void Release(const std::string& owner, uint64_t bytes);

  const SpoolOptions options_;
  mutable std::mutex mutex_;
  uint64_t used_bytes_ = 0;
  std::unordered_map<std::string, uint64_t> used_by_owner_;  // Of those who have something here.
};

}  // namespace ironscribe::api
