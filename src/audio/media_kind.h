// Tells by its first bytes what a file is; names and extensions are never looked at.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/status.h"

namespace ironscribe::audio {

enum class MediaKind {
  kWav,     // RIFF, RIFX, RF64, BW64
  kWave64,  // Sony W64
  kAiff,    // AIFF and AIFF-C
  kAu,
  kCaf,
  kSphere,  // NIST
  kFlac,
  kOgg,
  kMpegAudio,  // MP1, MP2, MP3, with or without an ID3 tag
  kMp4,        // MP4, M4A, MOV, 3GP
  kMatroska,   // MKV, WebM
  kAvi,
  kAsf,   // WMA, WMV
  kAdts,  // AAC without a container
  kAc3,   // and E-AC-3
  kMpegTs,
  kMpegPs,
  kFlv,
  kTta,
  kWavPack,
  kZip,
  kOther,  // Left to FFmpeg
};

// How many bytes IdentifyMedia wants to see; fewer when the file is shorter.
inline constexpr size_t kIdentifyBytes = 4096;

// Errors: InvalidArgument for content that is certainly no recording (text, pictures, archives,
// ...), saying what it is and what to do.
Result<MediaKind> IdentifyMedia(std::span<const std::byte> head);

// True for what is decoded in this process, by libsndfile.
bool IsDecodedInProcess(MediaKind kind);

// "WAV", "MP4", ...
std::string_view MediaKindName(MediaKind kind);

}  // namespace ironscribe::audio
