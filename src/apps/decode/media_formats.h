// Which containers and codecs FFmpeg may use here.
#pragma once

#include <string>

namespace ironscribe::decode {

// Comma-separated names of demuxers, as AVFormatContext.format_whitelist takes them.
extern const char* const kDemuxers;

// Comma-separated names of every audio decoder of this FFmpeg; video and subtitle decoders, which
// are not needed to find a sound track, stay closed to hostile bytes.
std::string AudioDecoders();

// True when one of the comma-separated names of a demuxer is in kDemuxers.
bool IsAllowedDemuxer(const char* names);

}  // namespace ironscribe::decode
