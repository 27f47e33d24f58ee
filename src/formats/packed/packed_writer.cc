#include "formats/packed/packed_writer.h"

#include <zlib.h>

#include <algorithm>
#include <type_traits>

#include "base/safe_math.h"
#include "formats/packed/layout.h"

namespace ironscribe::formats {
namespace {

using namespace packed;

// What one write hands to the file, so that its buffer never holds a large blob.
constexpr size_t kWriteChunkBytes = 1 << 20;

template <typename T>
void PutInteger(std::string* out, T value) {
  static_assert(std::is_integral_v<T>);
  out->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

uint32_t Checksum(uint32_t seed, std::string_view bytes) {
  return static_cast<uint32_t>(
      crc32_z(seed, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace

Result<std::unique_ptr<PackedWriter>> PackedWriter::Create(const std::filesystem::path& path) {
  std::unique_ptr<PackedWriter> writer(new PackedWriter());
  ASSIGN_OR_RETURN(writer->file_, io::AtomicFile::Create(path));
  RETURN_IF_ERROR(writer->file_->Write(std::string_view("\0", 1)));
  RETURN_IF_ERROR(writer->file_->Align(kDataOffset));
  return writer;
}

Status PackedWriter::Stored(Status status) {
  if (!status.ok() && storage_status_.ok()) storage_status_ = status;
  return status;
}

std::unique_ptr<PackedWriter> PackedWriter::CreateInMemory() {
  return std::unique_ptr<PackedWriter>(new PackedWriter());
}

Status PackedWriter::BeginBlob(std::string name, uint32_t type, tensor::Shape shape) {
  IRONSCRIBE_CHECK(!blob_is_open_);
  if (name.size() > kMaxNameBytes || shape.size() > kMaxRank || !CheckedProduct(shape) ||
      entries_.size() >= kMaxBlobs) {
    return InvalidArgumentError("cannot pack '" + name.substr(0, kMaxNameBytes) + "' " +
                                tensor::ShapeToString(shape) +
                                ": name, shape or number of blobs is beyond the limits");
  }
  if (!names_.insert(name).second) {
    return InvalidArgumentError("cannot pack '" + name + "' twice");
  }
  uint64_t offset = 0;
  if (file_) {
    RETURN_IF_ERROR(Stored(file_->Align(kBlobAlignmentBytes)));
    offset = file_->size_bytes();
  } else {
    buffers_.emplace_back();
  }
  entries_.push_back(Entry{std::move(name), type, std::move(shape), offset, 0, Checksum(0, "")});
  blob_is_open_ = true;
  return OkStatus();
}

Status PackedWriter::Append(io::Bytes bytes) {
  IRONSCRIBE_CHECK(blob_is_open_);
  Entry& entry = entries_.back();
  while (!bytes.empty()) {
    const io::Bytes chunk = bytes.first(std::min(bytes.size(), kWriteChunkBytes));
    entry.crc32 = Checksum(
        entry.crc32, std::string_view(reinterpret_cast<const char*>(chunk.data()), chunk.size()));
    if (file_) {
      RETURN_IF_ERROR(Stored(file_->Write(chunk)));
    } else {
      buffers_.back().Append(chunk);
    }
    entry.size_bytes += chunk.size();
    size_bytes_ += chunk.size();
    bytes = bytes.subspan(chunk.size());
  }
  return OkStatus();
}

Status PackedWriter::EndBlob() {
  IRONSCRIBE_CHECK(blob_is_open_);
  blob_is_open_ = false;
  if (!file_) buffers_.back().ShrinkToFit();
  return OkStatus();
}

std::string PackedWriter::MakeDirectory(std::string_view metadata) const {
  std::string directory;
  PutInteger(&directory, static_cast<uint64_t>(metadata.size()));
  directory += metadata;
  for (const Entry& entry : entries_) {
    PutInteger(&directory, static_cast<uint16_t>(entry.name.size()));
    directory += entry.name;
    PutInteger(&directory, entry.type);
    PutInteger(&directory, static_cast<uint8_t>(entry.shape.size()));
    for (const int64_t dimension : entry.shape) PutInteger(&directory, dimension);
    PutInteger(&directory, entry.offset);
    PutInteger(&directory, entry.size_bytes);
    PutInteger(&directory, entry.crc32);
  }
  return directory;
}

Status PackedWriter::Finish(std::string_view metadata) {
  IRONSCRIBE_CHECK(file_ != nullptr && !blob_is_open_);
  const std::string directory = MakeDirectory(metadata);
  if (directory.size() > kMaxDirectoryBytes) {
    return InvalidArgumentError("cannot pack: the directory is larger than its limit");
  }
  RETURN_IF_ERROR(Stored(file_->Align(kBlobAlignmentBytes)));
  const uint64_t directory_offset = file_->size_bytes();
  RETURN_IF_ERROR(Stored(file_->Write(directory)));
  std::string header(kMagic, sizeof(kMagic));
  PutInteger(&header, kVersion);
  PutInteger(&header, static_cast<uint32_t>(entries_.size()));
  PutInteger(&header, directory_offset);
  PutInteger(&header, static_cast<uint64_t>(directory.size()));
  PutInteger(&header, file_->size_bytes());
  PutInteger(&header, Checksum(0, directory));
  header.resize(kCheckedHeaderBytes, '\0');
  PutInteger(&header, Checksum(0, header));
  RETURN_IF_ERROR(Stored(file_->WriteAt(0, std::as_bytes(std::span(header)))));
  RETURN_IF_ERROR(Stored(file_->Commit()));
  file_.reset();
  return OkStatus();
}

Result<std::shared_ptr<const PackedFile>> PackedWriter::FinishInMemory(std::string_view metadata) {
  IRONSCRIBE_CHECK(file_ == nullptr && !blob_is_open_ && buffers_.size() == entries_.size());
  std::shared_ptr<PackedFile> packed_file(new PackedFile());
  packed_file->name_ = "packed model in memory";
  packed_file->metadata_ = metadata;
  packed_file->buffers_ = std::move(buffers_);
  for (size_t i = 0; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    packed_file->blobs_.push_back(PackedFile::Blob{std::move(entry.name), entry.type,
                                                   std::move(entry.shape),
                                                   packed_file->buffers_[i].bytes(), entry.crc32});
  }
  entries_.clear();
  buffers_.clear();
  names_.clear();
  RETURN_IF_ERROR(packed_file->IndexNames());
  return std::shared_ptr<const PackedFile>(std::move(packed_file));
}

}  // namespace ironscribe::formats
