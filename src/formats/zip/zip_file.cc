#include "formats/zip/zip_file.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>

#include "formats/zip/zip_directory.h"

namespace ironscribe::formats {
namespace {

constexpr uint16_t kStored = 0;
constexpr uint16_t kDeflated = 8;
constexpr size_t kChunkBytes = 1 << 16;

using Sink = std::function<Status(io::Bytes)>;

Status MemberError(const FileBytes& file, const ZipEntry& entry, std::string_view what) {
  return DataLossError(file.name() + ": member '" + entry.name + "' " + std::string(what));
}

// Counts and hashes what a member unpacks to on its way to the sink, and stops it at the size it
// declared.
class CheckedSink {
 public:
  CheckedSink(const FileBytes& file, const ZipEntry& entry, const Sink& sink)
      : file_(file), entry_(entry), sink_(sink) {}

  Status Put(io::Bytes bytes) {
    if (bytes.size() > entry_.size_bytes - size_bytes_) {
      return MemberError(file_, entry_, "unpacks to more bytes than it declares");
    }
    size_bytes_ += bytes.size();
    crc32_ = crc32_z(crc32_, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
    return sink_(bytes);
  }

  Status Finish() const {
    if (size_bytes_ != entry_.size_bytes) {
      return MemberError(file_, entry_, "unpacks to fewer bytes than it declares");
    }
    if (crc32_ != entry_.crc32) return MemberError(file_, entry_, "does not match its checksum");
    return OkStatus();
  }

 private:
  const FileBytes& file_;
  const ZipEntry& entry_;
  const Sink& sink_;
  uint64_t size_bytes_ = 0;
  uLong crc32_ = 0;
};

class InflateStream {
 public:
  InflateStream() { is_ready_ = inflateInit2(&stream_, -MAX_WBITS) == Z_OK; }
  ~InflateStream() {
    if (is_ready_) inflateEnd(&stream_);
  }
  InflateStream(const InflateStream&) = delete;
  InflateStream& operator=(const InflateStream&) = delete;
  bool is_ready() const { return is_ready_; }
  z_stream& get() { return stream_; }

 private:
  z_stream stream_ = {};
  bool is_ready_ = false;
};

Status Inflate(const FileBytes& file, const ZipEntry& entry, io::Bytes packed, CheckedSink& sink) {
  InflateStream inflater;
  if (!inflater.is_ready()) return ResourceExhaustedError("no memory to unpack " + file.name());
  z_stream& stream = inflater.get();
  std::vector<std::byte> chunk(kChunkBytes);
  int code = Z_OK;
  while (code != Z_STREAM_END) {
    if (stream.avail_in == 0) {
      const io::Bytes next = packed.first(std::min(packed.size(), kChunkBytes));
      packed = packed.subspan(next.size());
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(next.data()));
      stream.avail_in = static_cast<uInt>(next.size());
    }
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = static_cast<uInt>(chunk.size());
    code = inflate(&stream, Z_NO_FLUSH);
    const size_t made = chunk.size() - stream.avail_out;
    // Z_BUF_ERROR: no progress, so the data ends too early.
    if (code != Z_OK && code != Z_STREAM_END) {
      return MemberError(file, entry, "has damaged or truncated compressed data");
    }
    RETURN_IF_ERROR(sink.Put(io::Bytes(chunk).first(made)));
  }
  return OkStatus();
}

Status CheckReadable(const FileBytes& file, const ZipEntry& entry) {
  if (entry.is_encrypted) {
    return FailedPreconditionError(file.name() + ": member '" + entry.name +
                                   "' is encrypted; unpack the archive with its password first");
  }
  if (entry.method != kStored && entry.method != kDeflated) {
    return UnimplementedError(file.name() + ": member '" + entry.name +
                              "' uses compression method " + std::to_string(entry.method) +
                              "; pack it again with deflate");
  }
  if (entry.method == kStored && entry.size_bytes != entry.compressed_size_bytes) {
    return MemberError(file, entry, "is stored but declares two different sizes");
  }
  return OkStatus();
}

Status Unpack(const FileBytes& file, const ZipEntry& entry, io::Bytes packed, const Sink& sink) {
  RETURN_IF_ERROR(CheckReadable(file, entry));
  CheckedSink checked(file, entry, sink);
  if (entry.method == kDeflated) {
    RETURN_IF_ERROR(Inflate(file, entry, packed, checked));
    return checked.Finish();
  }
  while (!packed.empty()) {
    const io::Bytes chunk = packed.first(std::min(packed.size(), kChunkBytes));
    RETURN_IF_ERROR(checked.Put(chunk));
    packed = packed.subspan(chunk.size());
  }
  return checked.Finish();
}

}  // namespace

bool IsSafeName(std::string_view name) {
  if (name.empty() || name.front() == '/') return false;
  if (name.size() >= 2 && name[1] == ':') return false;
  for (const char c : name) {
    if (c == '\\' || static_cast<unsigned char>(c) < 0x20) return false;
  }
  size_t begin = 0;
  while (begin <= name.size()) {
    const size_t end = std::min(name.find('/', begin), name.size());
    if (name.substr(begin, end - begin) == "..") return false;
    begin = end + 1;
  }
  return true;
}

Result<std::unique_ptr<ZipFile>> ZipFile::Open(const std::filesystem::path& path,
                                               const ZipLimits& limits) {
  ASSIGN_OR_RETURN(FileBytes file, FileBytes::Map(path));
  return FromBytes(std::move(file), limits);
}

Result<std::unique_ptr<ZipFile>> ZipFile::FromBytes(FileBytes file, const ZipLimits& limits) {
  std::unique_ptr<ZipFile> zip(new ZipFile(std::move(file)));
  ASSIGN_OR_RETURN(zip->entries_, ReadZipDirectory(zip->file_, limits));
  const auto& entries = zip->entries_;
  auto& order = zip->by_name_;
  order.resize(entries.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return entries[a].name < entries[b].name; });
  for (size_t i = 1; i < order.size(); ++i) {
    if (entries[order[i - 1]].name == entries[order[i]].name) {
      return DataLossError(zip->file_.name() + ": zip archive with two members named '" +
                           entries[order[i]].name + "'");
    }
  }
  return zip;
}

const ZipEntry* ZipFile::Find(std::string_view name) const {
  const auto found = std::lower_bound(
      by_name_.begin(), by_name_.end(), name,
      [this](uint32_t index, std::string_view wanted) { return entries_[index].name < wanted; });
  if (found == by_name_.end() || entries_[*found].name != name) return nullptr;
  return &entries_[*found];
}

// Open has checked that the range lies in the file.
io::Bytes ZipFile::PackedBytes(const ZipEntry& entry) const {
  return file_.bytes().subspan(entry.data_offset, entry.compressed_size_bytes);
}

Result<io::Bytes> ZipFile::StoredBytes(const ZipEntry& entry) const {
  RETURN_IF_ERROR(CheckReadable(file_, entry));
  if (entry.method != kStored) {
    return FailedPreconditionError(file_.name() + ": member '" + entry.name +
                                   "' is compressed and cannot be used in place");
  }
  return PackedBytes(entry);
}

Status ZipFile::Extract(const ZipEntry& entry, io::AtomicFile& output) const {
  return Unpack(file_, entry, PackedBytes(entry),
                [&](io::Bytes bytes) { return output.Write(bytes); });
}

Result<std::string> ZipFile::ReadMember(const ZipEntry& entry, uint64_t max_bytes) const {
  if (entry.size_bytes > max_bytes) {
    return ResourceExhaustedError(file_.name() + ": member '" + entry.name + "' has " +
                                  std::to_string(entry.size_bytes) + " bytes, the limit is " +
                                  std::to_string(max_bytes));
  }
  std::string content;
  RETURN_IF_ERROR(Unpack(file_, entry, PackedBytes(entry), [&](io::Bytes bytes) {
    content.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return OkStatus();
  }));
  return content;
}

}  // namespace ironscribe::formats
