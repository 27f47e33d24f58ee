#include "formats/file_bytes.h"

namespace ironscribe::formats {
namespace {

// Small tensors share pages with their neighbours and cost nothing to keep.
constexpr size_t kEvictBytes = 1 << 20;

}  // namespace

Result<FileBytes> FileBytes::Map(const std::filesystem::path& path) {
  FileBytes file;
  ASSIGN_OR_RETURN(file.map_, io::MappedFile::Open(path));
  file.bytes_ = file.map_->bytes();
  file.name_ = path.string();
  return file;
}

FileBytes FileBytes::Borrow(io::Bytes bytes, std::string name) {
  FileBytes file;
  file.bytes_ = bytes;
  file.name_ = std::move(name);
  return file;
}

void FileBytes::Evict(io::Bytes range) const {
  if (map_ && range.size() >= kEvictBytes) map_->Evict(range);
}

}  // namespace ironscribe::formats
