#include "audio/media_headers.h"

#include <array>
#include <string_view>

#include "base/safe_math.h"

namespace ironscribe::audio {
namespace {

// Limits of the walks over boxes and objects; a film of many fragments has a few thousand.
constexpr int kMaxBoxes = 100'000;
constexpr int kMaxDepth = 6;
constexpr int kMaxSampleEntries = 64;

using namespace std::string_view_literals;

Status Protected(std::string_view what) {
  return FailedPreconditionError(std::string(what) +
                                 " is protected by DRM; get a version without protection");
}

// ISO/IEC 14496-12: boxes of a 32-bit size, a four-letter type and content, which for some is boxes
// again. Sizes 0 (to the end of the file) and 1 (a 64-bit size follows) are special.
class Mp4Walk {
 public:
  explicit Mp4Walk(const HeaderCursor& file) : file_(file) {}

  Result<ContainerFacts> Run() {
    Walk(0, file_.size_bytes(), 0);
    if (protected_sound_ || (protected_video_ && !clear_sound_)) return Protected("its sound");
    if (!found_index_) {
      return DataLossError(
          "its index (the 'moov' part) is missing: the recording was cut off or never finished; "
          "copy it again, or repair it with a tool that rebuilds MP4 files");
    }
    return facts_;
  }

 private:
  void Walk(uint64_t begin, uint64_t end, int depth) {
    uint64_t offset = begin;
    while (offset + 8 <= end && boxes_++ < kMaxBoxes) {
      const auto type = file_.Text(offset + 4, 4);
      auto size = file_.BigEndian(offset, 4);
      if (!type || !size) return;
      uint64_t header = 8;
      if (*size == 1) {
        size = file_.BigEndian(offset + 8, 8);
        header = 16;
      } else if (*size == 0) {
        size = end - offset;
      }
      if (!size || *size < header) return;
      const auto next = CheckedAdd(offset, *size);
      if (!next) return;
      if (depth == 0) {
        facts_.missing_bytes = MissingBytes(file_.size_bytes(), offset, *size);
        found_index_ = found_index_ || (*type == "moov" && facts_.missing_bytes == 0);
      }
      Enter(*type, offset + header, std::min(*next, end), depth);
      offset = *next;
    }
    if (depth == 0 && offset < end) facts_.missing_bytes += 1;  // A cut box header.
  }

  void Enter(std::string_view type, uint64_t begin, uint64_t end, int depth) {
    for (const std::string_view parent : {"moov"sv, "trak"sv, "mdia"sv, "minf"sv, "stbl"sv}) {
      if (type == parent && depth < kMaxDepth) Walk(begin, end, depth + 1);
    }
    if (type == "stsd") ReadSampleEntries(begin + 8, end);
  }

  // 'enca' and 'encv': common encryption (ISO/IEC 23001-7); 'drms', 'drmi': FairPlay; 'aavd':
  // Audible.
  void ReadSampleEntries(uint64_t begin, uint64_t end) {
    uint64_t offset = begin;
    for (int entry = 0; entry < kMaxSampleEntries && offset + 8 <= end; ++entry) {
      const auto size = file_.BigEndian(offset, 4);
      const auto type = file_.Text(offset + 4, 4);
      if (!size || !type || *size < 8) return;
      if (*type == "enca" || *type == "drms" || *type == "aavd") protected_sound_ = true;
      if (*type == "encv" || *type == "drmi") protected_video_ = true;
      for (const std::string_view clear :
           {"mp4a"sv, "alac"sv, "ac-3"sv, "ec-3"sv, "Opus"sv, "fLaC"sv, "samr"sv, "sawb"sv,
            "lpcm"sv, "sowt"sv, "twos"sv, ".mp3"sv}) {
        if (*type == clear) clear_sound_ = true;
      }
      offset += *size;
    }
  }

  const HeaderCursor& file_;
  ContainerFacts facts_;
  int boxes_ = 0;
  bool found_index_ = false;
  bool protected_sound_ = false;
  bool protected_video_ = false;
  bool clear_sound_ = false;
};

// The size of an EBML element (RFC 8794) at `offset`, with the number of bytes it takes.
struct ElementSize {
  uint64_t value;
  size_t length;
  bool unknown;
};
std::optional<ElementSize> ReadElementSize(const HeaderCursor& file, uint64_t offset) {
  const auto first = file.BigEndian(offset, 1);
  if (!first || *first == 0) return std::nullopt;
  const auto length = static_cast<size_t>(__builtin_clz(static_cast<unsigned>(*first)) - 24 + 1);
  const auto all = file.BigEndian(offset, length);
  if (!all) return std::nullopt;
  const uint64_t mask = (uint64_t{1} << (7 * length)) - 1;
  return ElementSize{*all & mask, length, (*all & mask) == mask};
}

}  // namespace

Result<ContainerFacts> ReadMp4Header(const HeaderCursor& file) { return Mp4Walk(file).Run(); }

Result<ContainerFacts> ReadAsfHeader(const HeaderCursor& file) {
  ContainerFacts facts;
  // Microsoft's "Advanced Systems Format": objects of a 16-byte identifier, a 64-bit size that
  // includes these 24 bytes, and content. The header object has 6 more bytes before its children.
  constexpr auto kFileProperties =
      "\xa1\xdc\xab\x8c\x47\xa9\xcf\x11\x8e\xe4\x00\xc0\x0c\x20\x53\x65"sv;
  constexpr auto kEncryption = "\xfb\xb3\x11\x22\x23\xbd\xd2\x11\xb4\xb7\x00\xa0\xc9\x55\xfc\x6e"sv;
  constexpr auto kExtendedEncryption =
      "\x14\xe6\x8a\x29\x22\x26\x17\x4c\xb9\x35\xda\xe0\x7e\xe9\x28\x9c"sv;
  const auto header_size = file.LittleEndian(16, 8);
  if (!header_size) return DataLossError("it ends within its header; copy the recording again");
  uint64_t offset = 30;
  for (int object = 0; object < kMaxSampleEntries && offset < *header_size; ++object) {
    const auto id = file.Text(offset, 16);
    const auto size = file.LittleEndian(offset + 16, 8);
    if (!id || !size || *size < 24) break;
    if (*id == kEncryption || *id == kExtendedEncryption) return Protected("its content");
    if (*id == kFileProperties) {
      const auto promised = file.LittleEndian(offset + 40, 8);
      const auto flags = file.LittleEndian(offset + 88, 4);
      const bool live = flags && (*flags & 1) != 0;  // Sizes are not valid in a broadcast.
      if (promised && !live) facts.missing_bytes = MissingBytes(file.size_bytes(), 0, *promised);
    }
    const auto next = CheckedAdd(offset, *size);
    if (!next) break;
    offset = *next;
  }
  return facts;
}

ContainerFacts ReadMatroskaHeader(const HeaderCursor& file) {
  ContainerFacts facts;
  // The EBML header element, then one segment that holds everything.
  const auto header = ReadElementSize(file, 4);
  if (!header || header->unknown) return facts;
  const auto segment = CheckedAdd(4 + header->length, header->value);
  if (!segment || !file.Is(*segment, "\x18\x53\x80\x67"sv)) return facts;
  const auto size = ReadElementSize(file, *segment + 4);
  if (size && !size->unknown) {
    facts.missing_bytes = MissingBytes(file.size_bytes(), *segment + 4 + size->length, size->value);
  }
  return facts;
}

ContainerFacts ReadAviHeader(const HeaderCursor& file) {
  ContainerFacts facts;
  const auto size = file.LittleEndian(4, 4);
  if (size && *size != 0xffffffff) {
    facts.missing_bytes = MissingBytes(file.size_bytes(), 8, *size);
  }
  return facts;
}

Status RefuseZip(const HeaderCursor& file) {
  // PKWARE's APPNOTE: bit 0 of the first entry's flags says that it is encrypted; 99 is the
  // compression method of AES encryption.
  const auto flags = file.LittleEndian(6, 2);
  const auto method = file.LittleEndian(8, 2);
  if ((flags && (*flags & 1) != 0) || (method && *method == 99)) {
    return FailedPreconditionError(
        "it is a password-protected ZIP archive; unpack it with its password and give the "
        "recording "
        "inside");
  }
  return InvalidArgumentError("it is a ZIP archive; unpack it and give the recording inside");
}

}  // namespace ironscribe::audio
