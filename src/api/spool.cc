#include "api/spool.h"

#include <fmt/format.h>

#include <span>
#include <utility>

#include "io/unnamed_file.h"

namespace ironscribe::api {

SpoolFile::~SpoolFile() { spool_->Release(owner_, size_bytes_); }

Status SpoolFile::Append(std::string_view bytes) {
  const SpoolOptions& options = spool_->options_;
  if (bytes.size() > options.max_file_bytes - size_bytes_) {
    return OutOfRangeError(fmt::format(
        "the file is larger than the limit of {} bytes; split it, or send it compressed",
        options.max_file_bytes));
  }
  RETURN_IF_ERROR(spool_->Reserve(owner_, bytes.size()));
  // From here on the destructor gives it back.
  size_bytes_ += bytes.size();
  if (!file_.is_open()) {
    ASSIGN_OR_RETURN(file_, io::OpenMemoryFile());
  }
  if (in_memory_ && size_bytes_ > options.max_memory_bytes) RETURN_IF_ERROR(MoveToFolder());
  return io::WriteAll(file_.get(), std::as_bytes(std::span(bytes)));
}

Status SpoolFile::MoveToFolder() {
  ASSIGN_OR_RETURN(const io::Descriptor memory, io::ReopenForReading(file_.get()));
  ASSIGN_OR_RETURN(io::Descriptor file, io::OpenUnnamedFile(spool_->options_.folder));
  RETURN_IF_ERROR(io::CopyAll(memory.get(), file.get()));
  file_ = std::move(file);
  in_memory_ = false;
  return OkStatus();
}

Result<io::Descriptor> SpoolFile::OpenForReading() const {
  if (file_.is_open()) return io::ReopenForReading(file_.get());
  ASSIGN_OR_RETURN(const io::Descriptor empty, io::OpenMemoryFile());
  return io::ReopenForReading(empty.get());
}

Result<std::shared_ptr<Spool>> Spool::Create(const SpoolOptions& options) {
  const auto probe = io::OpenUnnamedFile(options.folder);
  if (!probe.ok()) return probe.status().Annotate("the folder for uploads");
  return std::shared_ptr<Spool>(new Spool(options));
}

std::unique_ptr<SpoolFile> Spool::NewFile(std::string owner) {
  return std::unique_ptr<SpoolFile>(new SpoolFile(shared_from_this(), std::move(owner)));
}

uint64_t Spool::used_bytes() const {
  const std::lock_guard lock(mutex_);
  return used_bytes_;
}

Status Spool::Reserve(const std::string& owner, uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto fits = [bytes](uint64_t used, uint64_t most) {
    return bytes <= most && used <= most - bytes;
  };
  if (!fits(used_bytes_, options_.max_total_bytes)) {
    return ResourceExhaustedError("the server has no room for more uploads now; try again later");
  }
  if (!owner.empty()) {
    uint64_t& used = used_by_owner_[owner];
    if (!fits(used, options_.max_owner_bytes)) {
      return ResourceExhaustedError(
          "the uploads of this key that are under way take all the room it may; try again later");
    }
    used += bytes;
  }
  used_bytes_ += bytes;
  return OkStatus();
}

void Spool::Release(const std::string& owner, uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  used_bytes_ -= bytes;
  const auto used = used_by_owner_.find(owner);
  if (used == used_by_owner_.end()) return;
  used->second -= bytes;
  if (used->second == 0) used_by_owner_.erase(used);
}

}  // namespace ironscribe::api
