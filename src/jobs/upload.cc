#include "jobs/upload.h"

#include "base/check.h"

namespace ironscribe::jobs {

Upload::~Upload() {
  // What cannot be removed now is when the queue is opened the next time.
  if (!is_kept_) (void)files_.Remove(path_);
}

Status Upload::Append(std::string_view bytes) {
  IRONSCRIBE_CHECK(digest_.empty());
  RETURN_IF_ERROR(files_.Append(path_, bytes));
  running_digest_.Update(bytes);
  size_bytes_ += bytes.size();
  return OkStatus();
}

const std::string& Upload::Digest() {
  if (digest_.empty()) digest_ = running_digest_.Finish();
  return digest_;
}

Status Upload::MoveTo(const std::filesystem::path& path) {
  // An upload of nothing has no file yet.
  RETURN_IF_ERROR(files_.Append(path_, ""));
  RETURN_IF_ERROR(io::PutInPlace(files_, path_, path));
  path_ = path;
  return OkStatus();
}

}  // namespace ironscribe::jobs
