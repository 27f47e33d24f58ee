// Streams that are nothing but frames behind each other, without a total length (MPEG audio, ADTS,
// AC-3, the packets of MPEG transport and program streams): a cut shows only where the last frame
// is not whole. Pure functions but for the reading of the tail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "io/input_file.h"

namespace ironscribe::audio {

struct ChainFrame {
  size_t size_bytes = 0;
  // What all frames of one stream have in common; kAnyIdentity fits all.
  uint32_t identity = 0;
};
inline constexpr uint32_t kAnyIdentity = 0;

// The frame that starts at the front of `bytes` (never empty); nothing for what is none. Bytes that
// are too few for a header but can only be the beginning of one count as a frame that is larger.
using FrameParser = std::optional<ChainFrame> (*)(std::string_view bytes);

// The last `max_bytes` of the file, fewer when it is shorter; empty when it cannot be read.
std::string ReadTail(const io::InputFile& file, size_t max_bytes);

// How many bytes the last frame of `tail` lacks: 0 when the frames end well, also before something
// that is no frame (tags, padding). Nothing when `min_frames` whole ones in a row that agree are
// not found anywhere, that is, when nothing is known.
std::optional<uint64_t> MissingFromLastFrame(std::string_view tail, FrameParser parse,
                                             int min_frames);

}  // namespace ironscribe::audio
