// The ends of Ogg, MPEG audio, ADTS and AC-3 files: all are chains of frames without a total
// length, so that a cut shows only there.
#include <algorithm>
#include <string_view>

#include "audio/frame_chain.h"
#include "audio/media_headers.h"

namespace ironscribe::audio {
namespace {

// An Ogg page is at most 65,307 bytes (RFC 3533); an MPEG audio frame 2,881 (layer II, 384 kbit/s
// at 32 kHz, padded), one of AC-3 4,096 and one of ADTS 8,191, by their size fields. The tail holds
// at least one whole page, or several frames.
constexpr size_t kOggTailBytes = 2 * 65'307;
constexpr size_t kFramesTailBytes = 64 * 1024;
// So many frames in a row that agree are no accident.
constexpr int kMinFrames = 3;
constexpr size_t kOggHeaderBytes = 27;
constexpr uint8_t kOggEndOfStream = 0x04;

using namespace std::string_view_literals;

uint32_t Byte(std::string_view bytes, size_t index) {
  return static_cast<unsigned char>(bytes[index]);
}

// A header of `header_bytes` that was cut: what is left of it starts as headers do.
std::optional<ChainFrame> Beginning(std::string_view bytes, std::string_view sync,
                                    size_t header_bytes) {
  const size_t common = std::min(bytes.size(), sync.size());
  if (bytes.substr(0, common) != sync.substr(0, common)) return std::nullopt;
  return ChainFrame{header_bytes, kAnyIdentity};
}

// ISO/IEC 11172-3 and 13818-3: the frame header. Nothing for what is none, and for free-format
// frames, whose size the header does not tell.
std::optional<ChainFrame> ParseMpegFrame(std::string_view bytes) {
  if (bytes.size() < 4) return Beginning(bytes, "\xff"sv, 4);
  uint32_t header = 0;
  for (size_t index = 0; index < 4; ++index) {
    header = header << 8 | Byte(bytes, index);
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
  // Version, layer and rate are the same in all frames of a stream.
  return ChainFrame{size_bytes, header & 0xfffe0c00};
}

// ISO/IEC 13818-7, 6.2: an ADTS frame. Its 13 bits of length include the header of 7 bytes.
std::optional<ChainFrame> ParseAdtsFrame(std::string_view bytes) {
  constexpr size_t kHeaderBytes = 7;
  constexpr uint32_t kRates = 13;  // Indices of sampling frequencies.
  if (bytes.size() < kHeaderBytes) return Beginning(bytes, "\xff"sv, kHeaderBytes);
  const uint32_t rate_index = Byte(bytes, 2) >> 2 & 15;
  const size_t size_bytes = (Byte(bytes, 3) & 3) << 11 | Byte(bytes, 4) << 3 | Byte(bytes, 5) >> 5;
  if (Byte(bytes, 0) != 0xff || (Byte(bytes, 1) & 0xf6) != 0xf0 || rate_index >= kRates ||
      size_bytes < kHeaderBytes) {
    return std::nullopt;
  }
  // Version, profile and rate; the channel configuration may change.
  return ChainFrame{size_bytes, 0x80000000u | Byte(bytes, 1) << 8 | (Byte(bytes, 2) & 0xfc)};
}

// ATSC A/52: a syncframe of AC-3 (5.3 and table 5.18), or of E-AC-3 (annex E), which has its size
// in a field.
std::optional<ChainFrame> ParseAc3Frame(std::string_view bytes) {
  constexpr size_t kHeaderBytes = 6;
  constexpr uint32_t kLastAc3Version = 10;
  constexpr uint32_t kLastVersion = 16;
  // kbit/s by half the frame size code.
  constexpr uint16_t kBitrates[] = {32,  40,  48,  56,  64,  80,  96,  112, 128, 160,
                                    192, 224, 256, 320, 384, 448, 512, 576, 640};
  if (bytes.size() < kHeaderBytes) return Beginning(bytes, "\x0b\x77"sv, kHeaderBytes);
  if (!bytes.starts_with("\x0b\x77"sv)) return std::nullopt;
  const uint32_t version = Byte(bytes, 5) >> 3;
  const uint32_t rate_code = Byte(bytes, 4) >> 6;
  const uint32_t identity = 0x80000000u | rate_code << 8 | version;
  if (version > kLastVersion) return std::nullopt;
  if (version > kLastAc3Version) {
    const size_t words = ((Byte(bytes, 2) & 7) << 8 | Byte(bytes, 3)) + 1;
    return ChainFrame{2 * words, identity};
  }
  const uint32_t size_code = Byte(bytes, 4) & 63;
  if (rate_code == 3 || size_code >= 2 * std::size(kBitrates)) return std::nullopt;
  // 1,536 samples: words of 16 bits at 48, 44.1 and 32 kHz; at 44.1 kHz odd codes have one more.
  const size_t bitrate = kBitrates[size_code / 2];
  const size_t words = rate_code == 0   ? 2 * bitrate
                       : rate_code == 1 ? 320 * bitrate / 147 + size_code % 2
                                        : 3 * bitrate;
  return ChainFrame{2 * words, identity};
}

ContainerFacts ReadFramesEnd(const io::InputFile& file, FrameParser parse) {
  ContainerFacts facts;
  facts.harmless_missing_bytes = 0;
  const std::string tail = ReadTail(file, kFramesTailBytes);
  facts.missing_bytes = MissingFromLastFrame(tail, parse, kMinFrames).value_or(0);
  return facts;
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
  facts.harmless_missing_bytes = 0;
  const std::string tail = ReadTail(file, kOggTailBytes);
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
  facts.harmless_missing_bytes = 0;
  const std::string tail = ReadTail(file, kFramesTailBytes);
  const uint64_t missing_by_table = MissingByXingTable(file);
  facts.prefers_program = missing_by_table > 0;
  // Where there are no frames to follow, the table is believed; else not, because editors leave old
  // tables behind.
  facts.missing_bytes =
      MissingFromLastFrame(tail, ParseMpegFrame, kMinFrames).value_or(missing_by_table);
  return facts;
}

ContainerFacts ReadAdtsEnd(const io::InputFile& file) {
  return ReadFramesEnd(file, ParseAdtsFrame);
}

ContainerFacts ReadAc3End(const io::InputFile& file) { return ReadFramesEnd(file, ParseAc3Frame); }

}  // namespace ironscribe::audio
