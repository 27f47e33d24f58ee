// Whether FLV, TTA, WavPack and MPEG transport and program streams are whole: by their sizes, where
// they have any, and by their last part.
#include <algorithm>
#include <bit>
#include <cmath>
#include <string_view>

#include "audio/decode_protocol.h"
#include "audio/frame_chain.h"
#include "audio/media_headers.h"

namespace ironscribe::audio {
namespace {

using namespace std::string_view_literals;

// How many tags or blocks are walked at most: about an hour of FLV with pictures, days of WavPack.
constexpr int kMaxParts = 400'000;

constexpr uint64_t kFlvTagHeaderBytes = 11;
constexpr uint64_t kFlvBackPointerBytes = 4;

// Adobe's "Video File Format", annex E.4: a tag is a type (8 sound, 9 picture, 18 script; bit 5
// says that it is encrypted), 24 bits of size, 7 more bytes, the content, and its size once more.
std::optional<uint64_t> FlvTagSize(const HeaderCursor& file, uint64_t offset) {
  const auto type = file.BigEndian(offset, 1);
  const auto size = file.BigEndian(offset + 1, 3);
  if (!type || !size) return std::nullopt;
  const uint64_t kind = *type & ~uint64_t{0x20};
  if (kind != 8 && kind != 9 && kind != 18) return std::nullopt;
  return kFlvTagHeaderBytes + *size;
}

// True when the file ends with a whole tag: its last four bytes lead back to one of that size.
bool EndsWithFlvTag(const HeaderCursor& file, uint64_t first_tag) {
  const uint64_t size = file.size_bytes();
  if (size == first_tag) return true;
  if (size < first_tag + kFlvTagHeaderBytes + kFlvBackPointerBytes) return false;
  const auto back = file.BigEndian(size - kFlvBackPointerBytes, 4);
  if (!back || *back > size - kFlvBackPointerBytes - first_tag) return false;
  return FlvTagSize(file, size - kFlvBackPointerBytes - *back) == *back;
}

// What the tag that the file ends in lacks; a missing size behind it does no harm.
uint64_t MissingFromFlvTag(const HeaderCursor& file, uint64_t first_tag) {
  uint64_t offset = first_tag;
  for (int tag = 0; tag < kMaxParts && offset < file.size_bytes(); ++tag) {
    if (file.size_bytes() - offset < kFlvTagHeaderBytes) {
      return kFlvTagHeaderBytes - (file.size_bytes() - offset);
    }
    const auto size = FlvTagSize(file, offset);
    if (!size) return 0;
    if (*size > file.size_bytes() - offset) return *size - (file.size_bytes() - offset);
    offset += *size + kFlvBackPointerBytes;
  }
  return 0;
}

// The number that stands for `name` in the script tag at `offset`: a name is 16 bits of length and
// letters, a number type 0 and an IEEE double, big-endian.
std::optional<double> FlvMetadata(const HeaderCursor& file, uint64_t offset,
                                  std::string_view name) {
  constexpr uint64_t kSearchBytes = 4096;
  const auto tag = FlvTagSize(file, offset);
  if (!tag || (file.BigEndian(offset, 1).value_or(0) & 0x1f) != 18) return std::nullopt;
  std::string content;
  while (content.size() < std::min(*tag, kSearchBytes)) {
    const auto piece = file.Text(offset + content.size(), 64);
    if (!piece) break;
    content += *piece;
  }
  std::string key{'\0', static_cast<char>(name.size())};
  key += name;
  key += '\0';
  const size_t found = content.find(key);
  if (found == std::string::npos) return std::nullopt;
  const auto bits = file.BigEndian(offset + found + key.size(), 8);
  return bits ? std::optional<double>(std::bit_cast<double>(*bits)) : std::nullopt;
}

// ISO/IEC 13818-1, 2.4.3: a transport packet has 188 bytes and starts with 0x47; recorders put 4
// bytes of time before it (Blu-ray) or 16 of parity behind it.
std::optional<ChainFrame> PlainPacket(std::string_view bytes) {
  return bytes[0] == '\x47' ? std::optional(ChainFrame{188, kAnyIdentity}) : std::nullopt;
}
std::optional<ChainFrame> TimedPacket(std::string_view bytes) {
  return bytes.size() < 5 || bytes[4] == '\x47' ? std::optional(ChainFrame{192, kAnyIdentity})
                                                : std::nullopt;
}
std::optional<ChainFrame> ParityPacket(std::string_view bytes) {
  return bytes[0] == '\x47' ? std::optional(ChainFrame{204, kAnyIdentity}) : std::nullopt;
}

// A pack header, a system header or a packet of a program stream (ISO/IEC 13818-1, 2.5.3, and
// 11172-1, 2.4.3, whose pack header is shorter), or its end code.
std::optional<ChainFrame> ProgramStreamPart(std::string_view bytes) {
  constexpr size_t kPrefixBytes = 6;
  if (!bytes.starts_with("\0\0\1"sv)) return std::nullopt;
  if (bytes.size() < 4) return ChainFrame{kPrefixBytes, kAnyIdentity};
  const auto code = static_cast<unsigned char>(bytes[3]);
  if (code == 0xb9) return ChainFrame{4, kAnyIdentity};
  if (code < 0xba) return std::nullopt;
  const size_t least = code == 0xba ? 14 : kPrefixBytes;
  if (code == 0xba && bytes.size() >= 5 && (bytes[4] & 0xf0) == 0x20) {
    return ChainFrame{12, kAnyIdentity};
  }
  if (bytes.size() < least) return ChainFrame{least, kAnyIdentity};
  if (code == 0xba) {
    return ChainFrame{least + (static_cast<unsigned char>(bytes[13]) & 7u), kAnyIdentity};
  }
  const size_t length =
      static_cast<unsigned char>(bytes[4]) * 256u + static_cast<unsigned char>(bytes[5]);
  return ChainFrame{kPrefixBytes + length, kAnyIdentity};
}

struct WavPackBlock {
  uint64_t size_bytes = 0;
  std::optional<uint64_t> total_samples;
  uint64_t end_sample = 0;
};

// WavPack 4 and 5 file format: a block is "wvpk", its size without these 8 bytes, a version, the
// upper bytes of index and total (40 bits each; a lower total of all ones is unknown), the total,
// the index and the number of its samples.
std::optional<WavPackBlock> ReadWavPackBlock(const HeaderCursor& file, uint64_t offset) {
  constexpr uint64_t kUnknown = 0xffffffff;
  if (!file.Is(offset, "wvpk")) return std::nullopt;
  const auto size = file.LittleEndian(offset + 4, 4);
  const auto index_top = file.LittleEndian(offset + 10, 1);
  const auto total_top = file.LittleEndian(offset + 11, 1);
  const auto total = file.LittleEndian(offset + 12, 4);
  const auto index = file.LittleEndian(offset + 16, 4);
  const auto samples = file.LittleEndian(offset + 20, 4);
  if (!size || !samples) return std::nullopt;
  WavPackBlock block;
  block.size_bytes = *size + 8;
  if (*total != kUnknown) block.total_samples = *total + (*total_top << 32) - *total_top;
  // Blocks without samples carry tags and checksums.
  if (*samples > 0) block.end_sample = *index + (*index_top << 32) + *samples;
  return block;
}

}  // namespace

ContainerFacts ReadFlvEnd(const HeaderCursor& file) {
  ContainerFacts facts;
  facts.harmless_missing_bytes = kFlvBackPointerBytes;
  const auto header = file.BigEndian(5, 4);
  if (!header) {
    facts.ends_within_header = true;
    return facts;
  }
  const uint64_t first_tag = *header + kFlvBackPointerBytes;
  // Shows also a cut between two tags, where the program that wrote the file said its size.
  const double promised = FlvMetadata(file, first_tag, "filesize").value_or(0);
  constexpr double kLargestSize = 0x1p53;
  if (std::isfinite(promised) && promised > 0 && promised < kLargestSize) {
    facts.missing_bytes = MissingBytes(file.size_bytes(), 0, static_cast<uint64_t>(promised));
  }
  if (!EndsWithFlvTag(file, first_tag)) {
    const uint64_t missing = MissingFromFlvTag(file, first_tag);
    if (missing > 0) {
      facts.missing_bytes = std::max(facts.missing_bytes, missing + kFlvBackPointerBytes);
    }
  }
  return facts;
}

// The True Audio format: a header of 22 bytes with rate and number of samples, then the sizes of
// all frames, of 256/245 s each, and a checksum of 4 bytes.
ContainerFacts ReadTtaHeader(const HeaderCursor& file) {
  constexpr uint64_t kHeaderBytes = 22;
  ContainerFacts facts;
  facts.harmless_missing_bytes = 0;
  const auto channels = file.LittleEndian(6, 2);
  const auto rate = file.LittleEndian(10, 4);
  const auto samples = file.LittleEndian(14, 4);
  if (!samples || file.size_bytes() < kHeaderBytes) {
    facts.ends_within_header = true;
    return facts;
  }
  facts.rate_hz = static_cast<int64_t>(*rate);
  facts.channels = static_cast<int64_t>(*channels);
  if (!IsAcceptedRate(*facts.rate_hz)) return facts;
  const uint64_t frame_samples = *rate * 256 / 245;
  const uint64_t frames = (*samples + frame_samples - 1) / frame_samples;
  const uint64_t first_frame = kHeaderBytes + 4 * frames + 4;
  if (first_frame > file.size_bytes()) {
    facts.ends_within_header = true;
    return facts;
  }
  uint64_t sound_bytes = 0;
  for (uint64_t frame = 0; frame < frames; ++frame) {
    sound_bytes += file.LittleEndian(kHeaderBytes + 4 * frame, 4).value_or(0);
  }
  facts.missing_bytes = MissingBytes(file.size_bytes(), first_frame, sound_bytes);
  return facts;
}

ContainerFacts ReadWavPackEnd(const HeaderCursor& file) {
  ContainerFacts facts;
  facts.harmless_missing_bytes = 0;
  std::optional<uint64_t> total_samples;
  uint64_t end_sample = 0;
  uint64_t offset = 0;
  for (int part = 0; offset < file.size_bytes(); ++part) {
    if (part == kMaxParts) return facts;
    const auto block = ReadWavPackBlock(file, offset);
    if (!block) break;
    if (!total_samples) total_samples = block->total_samples;
    facts.missing_bytes = MissingBytes(file.size_bytes(), offset, block->size_bytes);
    if (facts.missing_bytes > 0) return facts;
    end_sample = std::max(end_sample, block->end_sample);
    offset += block->size_bytes;
  }
  if (total_samples && *total_samples > end_sample) {
    facts.missing_samples = *total_samples - end_sample;
  }
  return facts;
}

ContainerFacts ReadMpegTsEnd(const io::InputFile& file) {
  // Ten packets that start with 0x47 are no accident; the tail holds more than 300.
  constexpr int kMinPackets = 10;
  constexpr size_t kTailBytes = 64 * 1024;
  ContainerFacts facts;
  facts.harmless_missing_bytes = 0;
  const std::string tail = ReadTail(file, kTailBytes);
  for (const FrameParser parse : {&PlainPacket, &TimedPacket, &ParityPacket}) {
    if (const auto missing = MissingFromLastFrame(tail, parse, kMinPackets)) {
      facts.missing_bytes = *missing;
      break;
    }
  }
  return facts;
}

ContainerFacts ReadMpegPsEnd(const io::InputFile& file) {
  // A packet is at most 65,541 bytes, and mostly fills a sector of 2,048 with its pack header.
  constexpr size_t kTailBytes = 512 * 1024;
  constexpr int kMinParts = 4;
  ContainerFacts facts;
  facts.harmless_missing_bytes = 0;
  const std::string tail = ReadTail(file, kTailBytes);
  facts.missing_bytes = MissingFromLastFrame(tail, ProgramStreamPart, kMinParts).value_or(0);
  return facts;
}

}  // namespace ironscribe::audio
