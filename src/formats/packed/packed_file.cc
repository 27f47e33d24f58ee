#include "formats/packed/packed_file.h"

#include <zlib.h>

#include <algorithm>
#include <numeric>

#include "base/safe_math.h"
#include "formats/packed/layout.h"

namespace ironscribe::formats {
namespace {

using namespace packed;

struct Header {
  uint32_t num_blobs;
  uint64_t directory_offset;
  uint64_t directory_size_bytes;
};

uint32_t Checksum(io::Bytes bytes) {
  return static_cast<uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

// Requires nothing of the bytes; every field is checked.
Result<Header> ParseHeader(io::Bytes bytes, const std::string& name) {
  io::ByteReader reader(bytes, name);
  ASSIGN_OR_RETURN(const std::string_view magic, reader.ReadString(sizeof(kMagic)));
  if (magic != std::string_view(kMagic, sizeof(kMagic))) {
    return DataLossError(name + ": not a packed model file (wrong magic)");
  }
  ASSIGN_OR_RETURN(const auto version, reader.Read<uint32_t>());
  if (version != kVersion) {
    return FailedPreconditionError(name + ": packed model version " + std::to_string(version) +
                                   ", this program reads " + std::to_string(kVersion) +
                                   "; delete the file and it is made again");
  }
  Header header;
  ASSIGN_OR_RETURN(header.num_blobs, reader.Read<uint32_t>());
  ASSIGN_OR_RETURN(header.directory_offset, reader.Read<uint64_t>());
  ASSIGN_OR_RETURN(header.directory_size_bytes, reader.Read<uint64_t>());
  ASSIGN_OR_RETURN(const auto file_size_bytes, reader.Read<uint64_t>());
  ASSIGN_OR_RETURN(const auto directory_checksum, reader.Read<uint32_t>());
  RETURN_IF_ERROR(reader.Seek(kCheckedHeaderBytes));
  ASSIGN_OR_RETURN(const auto header_checksum, reader.Read<uint32_t>());
  if (header_checksum != Checksum(bytes.first(kCheckedHeaderBytes))) {
    return DataLossError(name + ": the header's checksum does not match");
  }
  if (file_size_bytes != bytes.size()) {
    return DataLossError(name + ": has " + std::to_string(bytes.size()) +
                         " bytes, its header says " + std::to_string(file_size_bytes));
  }
  const auto end = CheckedAdd(header.directory_offset, header.directory_size_bytes);
  if (header.directory_offset < kDataOffset || !end || *end != bytes.size() ||
      header.directory_size_bytes > kMaxDirectoryBytes || header.num_blobs > kMaxBlobs) {
    return DataLossError(name + ": the directory lies outside the file or is too large");
  }
  if (directory_checksum != Checksum(bytes.subspan(header.directory_offset))) {
    return DataLossError(name + ": the directory's checksum does not match");
  }
  return header;
}

}  // namespace

Result<std::shared_ptr<const PackedFile>> PackedFile::Open(const std::filesystem::path& path) {
  std::shared_ptr<PackedFile> file(new PackedFile());
  file->name_ = path.string();
  ASSIGN_OR_RETURN(file->map_, io::MappedFile::Open(path));
  RETURN_IF_ERROR(file->Parse(file->map_->bytes()));
  return std::shared_ptr<const PackedFile>(std::move(file));
}

Result<std::shared_ptr<const PackedFile>> PackedFile::FromBytes(io::Bytes bytes,
                                                                std::string_view name) {
  std::shared_ptr<PackedFile> file(new PackedFile());
  file->name_ = name;
  file->buffers_.resize(1);
  file->buffers_[0].Append(bytes);
  RETURN_IF_ERROR(file->Parse(file->buffers_[0].bytes()));
  return std::shared_ptr<const PackedFile>(std::move(file));
}

Status PackedFile::Parse(io::Bytes bytes) {
  ASSIGN_OR_RETURN(const Header header, ParseHeader(bytes, name_));
  return ParseDirectory(bytes, header.directory_offset, header.num_blobs);
}

Status PackedFile::ParseDirectory(io::Bytes bytes, uint64_t directory_offset, uint32_t num_blobs) {
  io::ByteReader reader(bytes, name_);
  RETURN_IF_ERROR(reader.Seek(directory_offset));
  ASSIGN_OR_RETURN(const auto metadata_size_bytes, reader.Read<uint64_t>());
  ASSIGN_OR_RETURN(const std::string_view metadata, reader.ReadString(metadata_size_bytes));
  metadata_ = metadata;
  if (num_blobs > reader.remaining() / kMinEntryBytes) {
    return reader.Error("the directory is too short for its " + std::to_string(num_blobs) +
                        " blobs");
  }
  blobs_.reserve(num_blobs);
  uint64_t data_end = kDataOffset;
  for (uint32_t i = 0; i < num_blobs; ++i) {
    RETURN_IF_ERROR(ReadBlob(reader, bytes.first(directory_offset), &data_end));
  }
  if (reader.remaining() != 0) return reader.Error("bytes follow the last directory entry");
  return IndexNames();
}

Status PackedFile::ReadBlob(io::ByteReader& reader, io::Bytes bytes, uint64_t* data_end) {
  Blob blob;
  ASSIGN_OR_RETURN(const auto name_size_bytes, reader.Read<uint16_t>());
  if (name_size_bytes > kMaxNameBytes) return reader.Error("a blob's name is too long");
  ASSIGN_OR_RETURN(const std::string_view name, reader.ReadString(name_size_bytes));
  blob.name = name;
  ASSIGN_OR_RETURN(blob.type, reader.Read<uint32_t>());
  ASSIGN_OR_RETURN(const auto rank, reader.Read<uint8_t>());
  if (rank > kMaxRank) return reader.Error("blob '" + blob.name + "' has too many dimensions");
  blob.shape.resize(rank);
  for (int64_t& dimension : blob.shape) {
    ASSIGN_OR_RETURN(dimension, reader.Read<int64_t>());
  }
  if (!CheckedProduct(blob.shape)) {
    return reader.Error("blob '" + blob.name + "' has an impossible shape " +
                        tensor::ShapeToString(blob.shape));
  }
  ASSIGN_OR_RETURN(const auto offset, reader.Read<uint64_t>());
  ASSIGN_OR_RETURN(const auto size_bytes, reader.Read<uint64_t>());
  ASSIGN_OR_RETURN(blob.crc32, reader.Read<uint32_t>());
  const auto end = CheckedAdd(offset, size_bytes);
  // Ascending offsets make an overlap impossible.
  if (offset % kBlobAlignmentBytes != 0 || offset < *data_end || !end || *end > bytes.size()) {
    return reader.Error("blob '" + blob.name +
                        "' is misaligned, overlaps another or leaves the file");
  }
  blob.bytes = bytes.subspan(offset, size_bytes);
  *data_end = *end;
  blobs_.push_back(std::move(blob));
  return OkStatus();
}

Status PackedFile::IndexNames() {
  by_name_.resize(blobs_.size());
  std::iota(by_name_.begin(), by_name_.end(), 0u);
  std::sort(by_name_.begin(), by_name_.end(),
            [this](uint32_t a, uint32_t b) { return blobs_[a].name < blobs_[b].name; });
  for (size_t i = 1; i < by_name_.size(); ++i) {
    if (blobs_[by_name_[i - 1]].name == blobs_[by_name_[i]].name) {
      return DataLossError(name_ + ": two blobs are named '" + blobs_[by_name_[i]].name + "'");
    }
  }
  return OkStatus();
}

const PackedFile::Blob* PackedFile::Find(std::string_view name) const {
  const auto found = std::lower_bound(
      by_name_.begin(), by_name_.end(), name,
      [this](uint32_t index, std::string_view wanted) { return blobs_[index].name < wanted; });
  if (found == by_name_.end() || blobs_[*found].name != name) return nullptr;
  return &blobs_[*found];
}

Status PackedFile::Verify() const {
  for (const Blob& blob : blobs_) {
    if (Checksum(blob.bytes) != blob.crc32) {
      return DataLossError(name_ + ": the contents of '" + blob.name +
                           "' do not match their checksum; delete the file and it is made again");
    }
  }
  return OkStatus();
}

}  // namespace ironscribe::formats
