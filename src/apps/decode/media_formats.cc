#include "apps/decode/media_formats.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/avstring.h>
}

namespace ironscribe::decode {

std::string AudioDecoders() {
  std::string names;
  void* state = nullptr;
  while (const AVCodec* codec = av_codec_iterate(&state)) {
    if (codec->type != AVMEDIA_TYPE_AUDIO || av_codec_is_decoder(codec) == 0) continue;
    if (!names.empty()) names += ',';
    names += codec->name;
  }
  return names;
}

bool IsAllowedDemuxer(const char* names) { return av_match_list(names, kDemuxers, ',') > 0; }

}  // namespace ironscribe::decode
