// What ironscribe-decode writes to its standard output: a sequence of blocks, each a BlockPrefix
// and `size_bytes` bytes, in the byte order of the machine (both ends run on it).
//
//   kHeader  first: a StreamHeader, then the description as UTF-8
//   kPcm     any number: whole frames of interleaved float32 samples, nominally in [-1, 1]
//   kEnd     last, when the recording was decoded to its end
//   kError   last, otherwise: a StatusCode as uint32, then the message as UTF-8; may be the only
//   block
//
// With --probe there is one block, kEnd when the recording is of a kind that the program reads.
//
// The reader trusts none of it: the program works on hostile bytes and may have been taken over.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ironscribe::audio {

enum class BlockKind : uint32_t { kHeader = 1, kPcm = 2, kEnd = 3, kError = 4 };

struct BlockPrefix {
  uint32_t kind;
  uint32_t size_bytes;
};
static_assert(sizeof(BlockPrefix) == 8);

// "ISDC"
inline constexpr uint32_t kProtocolMagic = 0x43445349;
// Raised whenever a block changes its meaning; program and library come from one build.
inline constexpr uint32_t kProtocolVersion = 1;

struct StreamHeader {
  uint32_t magic;
  uint32_t version;
  uint32_t rate_hz;
  uint32_t channels;
  int64_t expected_frames;  // -1 when the container does not tell.
};
static_assert(sizeof(StreamHeader) == 24);

// Larger blocks are a protocol error. 64 channels of 1,024 frames fill a quarter of it.
inline constexpr size_t kMaxBlockBytes = 1 << 20;
inline constexpr size_t kMaxMessageBytes = 512;

// The descriptor that carries the recording into the program.
inline constexpr int kRecordingDescriptor = 3;

// What any recording may claim: 1 kHz leaves nothing of speech; above 384 kHz converters know only
// two rates, so that anything else there is a damaged header (655,350 Hz is all ones in FLAC); 64
// channels are what the largest common interface carries (MADI).
inline constexpr int kMinRateHz = 1000;
inline constexpr int kMaxChannels = 64;
inline constexpr bool IsAcceptedRate(int64_t rate_hz) {
  return (rate_hz >= kMinRateHz && rate_hz <= 384'000) || rate_hz == 705'600 || rate_hz == 768'000;
}
inline constexpr char kAcceptedRates[] = "1000 to 384000 (and 705600 and 768000)";

}  // namespace ironscribe::audio
