// The ends of Ogg and MPEG audio files: both are chains of frames without a total length, so that a
// cut shows only there.
#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "audio/media_headers.h"

namespace ironscribe::audio {
namespace {

// An Ogg page is at most 65,307 bytes (RFC 3533), an MPEG audio frame 2,881 (layer II, 384 kbit/s
// at 32 kHz, padded); the tail holds at least one whole page, or several frames.
constexpr size_t kOggTailBytes = 2 * 65'307;
constexpr size_t kMpegTailBytes = 16 * 1024;
constexpr size_t kOggHeaderBytes = 27;
constexpr uint8_t kOggEndOfStream = 0x04;

using namespace std::string_view_literals;

std::vector<std::byte> ReadTail(const io::InputFile& file, size_t max_bytes) {
  const uint64_t size = std::min<uint64_t>(file.size_bytes(), max_bytes);
  std::vector<std::byte> tail(static_cast<size_t>(size));
  const auto count = file.ReadAt(file.size_bytes() - size, tail);
  tail.resize(count.ok() ? *count : 0);
  return tail;
}

struct MpegFrame {
  size_t size_bytes;
  uint32_t identity;  // Version, layer and rate: the same in all frames of a stream.
};

// ISO/IEC 11172-3 and 13818-3: the frame header. Nothing for what is none, and for free-format
// frames, whose size the header does not tell.
std::optional<MpegFrame> ParseMpegFrame(std::string_view bytes) {
  if (bytes.size() < 4) return std::nullopt;
  uint32_t header = 0;
  for (size_t index = 0; index < 4; ++index) {
    header = header << 8 | static_cast<unsigned char>(bytes[index]);
  }
  const uint32_t version = header >> 19 & 3;  // 3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5.
  const uint32_t layer = 4 - (header >> 17 & 3);
  const uint32_t bitrate_index = header >> 12 & 15;
  const uint32_t rate_index = header >> 10 & 3;
  if (header >> 21 != 0x7ff || version == 1 || layer == 4 || bitrate_index == 0 ||
      bitrate_index == 15 || rate_index == 3) {
    return std::nullopt;
  }
  // kbit/s by index: MPEG-1 layers I to III, MPEG-2 layer I, MPEG-2 layers II and III.
  constexpr uint16_t kBitrates[5][14] = {
      {32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
      {32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
      {32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
      {32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
      {8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
  };
  constexpr uint32_t kRates[3] = {44'100, 48'000, 32'000};
  const uint32_t row = version == 3 ? layer - 1 : (layer == 1 ? 3 : 4);
  const uint32_t bits_per_second = 1000u * kBitrates[row][bitrate_index - 1];
  const uint32_t rate_hz = kRates[rate_index] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
  const uint32_t padding = header >> 9 & 1;
  size_t size_bytes = 0;
  if (layer == 1) {
    size_bytes = (12 * bits_per_second / rate_hz + padding) * 4;
  } else {
    const uint32_t eighths = layer == 3 && version != 3 ? 72 : 144;
    size_bytes = eighths * bits_per_second / rate_hz + padding;
  }
  return MpegFrame{size_bytes, header & 0xfffe0c00};
}

// Bytes that the Xing or Info table in the first frame promises behind the end of the file. The
// table stands behind the side information, whose size depends on version and channels (LAME and
// Xing's description); flag 1 is a number of frames, flag 2 one of bytes.
uint64_t MissingByXingTable(const io::InputFile& file) {
  const HeaderCursor cursor(file);
  uint64_t offset = 0;
  if (cursor.Is(0, "ID3")) {
    const uint64_t size = cursor.BigEndian(6, 4).value_or(0);
    offset = 10 + ((size & 0x7f) | (size >> 1 & 0x3f80) | (size >> 2 & 0x1fc000) |
                   (size >> 3 & 0xfe00000));
  }
  const auto header = cursor.BigEndian(offset, 4);
  if (!header || !ParseMpegFrame(*cursor.Text(offset, 4))) return 0;
  const bool mpeg1 = (*header >> 19 & 3) == 3;
  const bool mono = (*header >> 6 & 3) == 3;
  const uint64_t table = offset + 4 + (mpeg1 ? (mono ? 17 : 32) : (mono ? 9 : 17));
  if (!cursor.Is(table, "Xing") && !cursor.Is(table, "Info")) return 0;
  const uint64_t flags = cursor.BigEndian(table + 4, 4).value_or(0);
  if ((flags & 2) == 0) return 0;
  const auto promised = cursor.BigEndian(table + 8 + ((flags & 1) != 0 ? 4 : 0), 4);
  return promised ? MissingBytes(file.size_bytes(), offset, *promised) : 0;
}

}  // namespace

ContainerFacts ReadOggEnd(const io::InputFile& file) {
  ContainerFacts facts;
  const std::vector<std::byte> bytes = ReadTail(file, kOggTailBytes);
  const std::string_view tail(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const size_t page = tail.rfind("OggS\0"sv);
  if (page == std::string_view::npos) return facts;
  facts.end_mark_missing = true;
  facts.prefers_program = true;
  if (tail.size() - page < kOggHeaderBytes) return facts;
  size_t size = kOggHeaderBytes + static_cast<unsigned char>(tail[page + 26]);
  if (tail.size() - page < size) return facts;
  for (size_t index = page + kOggHeaderBytes, end = page + size; index < end; ++index) {
    size += static_cast<unsigned char>(tail[index]);
  }
  facts.missing_bytes = MissingBytes(tail.size(), page, size);
  facts.end_mark_missing = (static_cast<uint8_t>(tail[page + 5]) & kOggEndOfStream) == 0;
  facts.prefers_program = facts.end_mark_missing || facts.missing_bytes > 0;
  return facts;
}

ContainerFacts ReadMpegAudioEnd(const io::InputFile& file) {
  ContainerFacts facts;
  const std::vector<std::byte> bytes = ReadTail(file, kMpegTailBytes);
  const std::string_view tail(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const uint64_t missing_by_table = MissingByXingTable(file);
  facts.prefers_program = missing_by_table > 0;
  // Three frames in a row that agree are no accident; from there the chain leads to the end. Where
  // there are none, the table is believed; else not, because editors leave old tables behind.
  for (size_t start = 0; start + 4 <= tail.size(); ++start) {
    size_t offset = start;
    int frames = 0;
    uint32_t identity = 0;
    while (offset < tail.size()) {
      const auto frame = ParseMpegFrame(tail.substr(offset));
      if (!frame || (frames > 0 && frame->identity != identity)) break;
      identity = frame->identity;
      ++frames;
      if (frame->size_bytes > tail.size() - offset) {
        if (frames > 3) {
          facts.missing_bytes = MissingBytes(tail.size(), offset, frame->size_bytes);
          return facts;
        }
        break;
      }
      offset += frame->size_bytes;
    }
    // Ends at a frame's end, with tags, or with a piece of a frame header.
    if (frames >= 3) {
      const bool cut_header = tail.size() - offset < 4 && offset < tail.size();
      facts.missing_bytes = cut_header && tail[offset] == '\xff' ? 1 : 0;
      return facts;
    }
  }
  facts.missing_bytes = missing_by_table;
  return facts;
}

}  // namespace ironscribe::audio
