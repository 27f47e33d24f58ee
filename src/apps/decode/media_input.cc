#include "apps/decode/media_input.h"

#include <fmt/format.h>

#include <cerrno>

#include "apps/decode/media_formats.h"

extern "C" {
#include <libavutil/mem.h>
}

namespace ironscribe::decode {
namespace {

// FFmpeg's own default for telling containers apart; io::kStartBytes is as much.
constexpr unsigned kMaxProbeBytes = 1 << 20;
// Below this FFmpeg's score means "nothing speaks against it", which is true of random bytes too:
// its raw MPEG and ADTS probes answer 1 for a lone frame header.
constexpr int kMinProbeScore = 2;
constexpr const char* kSupported =
    "MP4, MOV, MKV, WebM, AVI, MPEG, ASF/WMA, FLV, AMR, AC-3, AAC and others are supported";

// Containers must not open anything else.
int RefuseToOpen(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
  return AVERROR(EPERM);
}

Status OpenError(int code, const char* step) {
  if (code == AVERROR(ENOMEM)) {
    return ResourceExhaustedError(
        fmt::format("{}: it asks for more memory than decoding may use", step));
  }
  return DataLossError(
      fmt::format("{}: {}; the file may be damaged or incomplete", step, FfmpegError(code)));
}

Result<const AVInputFormat*> FindDemuxer(AVIOContext* io) {
  const AVInputFormat* demuxer = nullptr;
  const int score = av_probe_input_buffer2(io, &demuxer, "", nullptr, 0, kMaxProbeBytes);
  if (score < kMinProbeScore || demuxer == nullptr) {
    return InvalidArgumentError(
        fmt::format("it is not a recording of any known kind; {}", kSupported));
  }
  if (!IsAllowedDemuxer(demuxer->name)) {
    return InvalidArgumentError(
        fmt::format("it is of the kind '{}', which is not accepted as a recording; {}",
                    demuxer->name, kSupported));
  }
  return demuxer;
}

bool IsEncrypted(const AVStream& stream) {
  size_t size = 0;
  return av_stream_get_side_data(&stream, AV_PKT_DATA_ENCRYPTION_INIT_INFO, &size) != nullptr ||
         stream.codecpar->codec_tag == MKTAG('e', 'n', 'c', 'a') ||
         stream.codecpar->codec_tag == MKTAG('d', 'r', 'm', 's');
}

// What the recording holds instead of sound.
std::string ListStreams(const AVFormatContext& format) {
  std::string list;
  for (unsigned index = 0; index < format.nb_streams && index < 8; ++index) {
    const AVCodecParameters& parameters = *format.streams[index]->codecpar;
    const char* kind = av_get_media_type_string(parameters.codec_type);
    if (!list.empty()) list += ", ";
    list += fmt::format("{} {}", kind == nullptr ? "unknown" : kind,
                        avcodec_get_name(parameters.codec_id));
  }
  return list.empty() ? "no tracks at all" : list;
}

}  // namespace

Status ProbeRecording(RecordingIo& io) { return FindDemuxer(io.context()).status(); }

Result<std::unique_ptr<MediaInput>> MediaInput::Open(RecordingIo& io) {
  std::unique_ptr<MediaInput> input(new MediaInput());
  RETURN_IF_ERROR(input->OpenContainer(io));
  RETURN_IF_ERROR(input->ChooseStream());
  RETURN_IF_ERROR(input->OpenCodec());
  return input;
}

Status MediaInput::OpenContainer(RecordingIo& io) {
  ASSIGN_OR_RETURN(const AVInputFormat* demuxer, FindDemuxer(io.context()));
  AVFormatContext* format = avformat_alloc_context();
  if (format == nullptr) return ResourceExhaustedError("no memory to open the recording");
  format->pb = io.context();
  format->flags |= AVFMT_FLAG_CUSTOM_IO;
  format->io_open = &RefuseToOpen;
  format->format_whitelist = av_strdup(kDemuxers);
  format->codec_whitelist = av_strdup(AudioDecoders().c_str());
  format->protocol_whitelist = av_strdup("");
  // On failure this frees the context.
  int result = avformat_open_input(&format, "", demuxer, nullptr);
  if (result < 0)
    return OpenError(result, fmt::format("cannot read it as '{}'", demuxer->name).c_str());
  format_.reset(format);
  result = avformat_find_stream_info(format, nullptr);
  if (result < 0) return OpenError(result, "cannot read its tracks");
  return OkStatus();
}

Status MediaInput::ChooseStream() {
  const AVCodec* decoder = nullptr;
  stream_index_ = av_find_best_stream(format_.get(), AVMEDIA_TYPE_AUDIO, -1, -1, &decoder, 0);
  if (stream_index_ == AVERROR_DECODER_NOT_FOUND) {
    return InvalidArgumentError(fmt::format(
        "its sound track is of a kind that cannot be decoded ({}); convert it to WAV or FLAC",
        ListStreams(*format_)));
  }
  if (stream_index_ < 0) {
    return InvalidArgumentError(fmt::format("it holds no sound ({})", ListStreams(*format_)));
  }
  for (unsigned index = 0; index < format_->nb_streams; ++index) {
    if (static_cast<int>(index) != stream_index_) {
      format_->streams[index]->discard = AVDISCARD_ALL;
    }
  }
  if (IsEncrypted(*stream())) {
    return FailedPreconditionError(
        "its sound track is encrypted (protected by DRM); get a version without protection");
  }
  return OkStatus();
}

Status MediaInput::OpenCodec() {
  const AVCodec* decoder = avcodec_find_decoder(stream()->codecpar->codec_id);
  codec_.reset(avcodec_alloc_context3(decoder));
  if (decoder == nullptr || codec_ == nullptr) {
    return ResourceExhaustedError("no memory for the decoder");
  }
  int result = avcodec_parameters_to_context(codec_.get(), stream()->codecpar);
  if (result < 0) return OpenError(result, "cannot set up the decoder");
  codec_->pkt_timebase = stream()->time_base;
  codec_->thread_count = 1;
  result = avcodec_open2(codec_.get(), decoder, nullptr);
  if (result < 0) {
    return OpenError(result, fmt::format("cannot open the '{}' decoder", decoder->name).c_str());
  }
  return OkStatus();
}

std::string MediaInput::Description() const {
  const char* name = format_->iformat->long_name;
  return fmt::format("{}, {}", name == nullptr ? format_->iformat->name : name,
                     avcodec_get_name(codec_->codec_id));
}

int64_t MediaInput::ExpectedFrames(int rate_hz) const {
  const AVRational rate = {1, rate_hz};
  if (stream()->duration > 0) {
    return av_rescale_q(stream()->duration, stream()->time_base, rate);
  }
  if (format_->duration > 0) return av_rescale_q(format_->duration, AV_TIME_BASE_Q, rate);
  return -1;
}

}  // namespace ironscribe::decode
