#include "audio/container_facts.h"

#include <fmt/format.h>

#include "audio/decode_protocol.h"
#include "audio/header_cursor.h"
#include "audio/media_headers.h"
#include "audio/pcm_headers.h"

namespace ironscribe::audio {
namespace {

Result<ContainerFacts> ReadFacts(const io::InputFile& file, MediaKind kind) {
  const HeaderCursor cursor(file);
  switch (kind) {
    case MediaKind::kWav:
      return ReadWavHeader(cursor);
    case MediaKind::kWave64:
      return ReadWave64Header(cursor);
    case MediaKind::kAiff:
      return ReadAiffHeader(cursor);
    case MediaKind::kAu:
      return ReadAuHeader(cursor);
    case MediaKind::kCaf:
      return ReadCafHeader(cursor);
    case MediaKind::kSphere:
      return ReadSphereHeader(cursor);
    case MediaKind::kOgg:
      return ReadOggEnd(file);
    case MediaKind::kMpegAudio:
      return ReadMpegAudioEnd(file);
    case MediaKind::kAdts:
      return ReadAdtsEnd(file);
    case MediaKind::kAc3:
      return ReadAc3End(file);
    case MediaKind::kMpegTs:
      return ReadMpegTsEnd(file);
    case MediaKind::kMpegPs:
      return ReadMpegPsEnd(file);
    case MediaKind::kFlv:
      return ReadFlvEnd(cursor);
    case MediaKind::kTta:
      return ReadTtaHeader(cursor);
    case MediaKind::kWavPack:
      return ReadWavPackEnd(cursor);
    case MediaKind::kMp4:
      return ReadMp4Header(cursor);
    case MediaKind::kMatroska:
      return ReadMatroskaHeader(cursor);
    case MediaKind::kAvi:
      return ReadAviHeader(cursor);
    case MediaKind::kAsf:
      return ReadAsfHeader(cursor);
    case MediaKind::kZip:
      return RefuseZip(cursor);
    case MediaKind::kFlac:
      return ReadFlacHeader(cursor);
    case MediaKind::kOther:
      break;
  }
  return ContainerFacts{};
}

}  // namespace

Result<ContainerFacts> InspectContainer(const io::InputFile& file, MediaKind kind) {
  ASSIGN_OR_RETURN(const ContainerFacts facts, ReadFacts(file, kind));
  if (facts.rate_hz && !IsAcceptedRate(*facts.rate_hz)) {
    return InvalidArgumentError(fmt::format(
        "its {} header claims {} samples per second; {} are accepted, so the header is damaged",
        MediaKindName(kind), *facts.rate_hz, kAcceptedRates));
  }
  if (facts.channels && (*facts.channels < 1 || *facts.channels > kMaxChannels)) {
    return InvalidArgumentError(fmt::format(
        "its {} header claims {} channels; 1 to {} are accepted, so the header is damaged",
        MediaKindName(kind), *facts.channels, kMaxChannels));
  }
  if (facts.ends_within_header) {
    return DataLossError(
        fmt::format("it ends within its {} header; copy the recording again", MediaKindName(kind)));
  }
  return facts;
}

}  // namespace ironscribe::audio
