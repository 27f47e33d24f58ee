// Audio on its way into a job: a file in the data folder that becomes the job's with Submit, or
// goes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "io/digest.h"
#include "io/durable_files.h"

namespace ironscribe::jobs {

// One thread at a time. Must not outlive the queue that made it.
class Upload {
 public:
  // Removes the file unless a job has it now.
  ~Upload();
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  // Not yet safe from the death of the machine: Submit sees to that. Errors: ResourceExhausted when
  // the disk is full.
  Status Append(std::string_view bytes);

  uint64_t size_bytes() const { return size_bytes_; }
  // May be opened for reading until the upload goes or is submitted.
  const std::filesystem::path& path() const { return path_; }

 private:
  friend class JobQueue;
  friend class Submitter;
  Upload(io::DurableFiles& files, std::filesystem::path path)
      : files_(files), path_(std::move(path)) {}

  // The SHA-256 of everything; ends Append.
  const std::string& Digest();
  // Puts it on the disk under the name it is to keep; it goes all the same until Keep.
  Status MoveTo(const std::filesystem::path& path);
  void Keep() { is_kept_ = true; }

  io::DurableFiles& files_;
  std::filesystem::path path_;
  io::Digest running_digest_;
  std::string digest_;
  uint64_t size_bytes_ = 0;
  bool is_kept_ = false;
};

}  // namespace ironscribe::jobs
