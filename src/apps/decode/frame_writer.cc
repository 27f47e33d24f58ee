#include "apps/decode/frame_writer.h"

#include <fmt/format.h>

#include <algorithm>

namespace ironscribe::decode {
namespace {

// Gaps on the recording's clock become silence, so that times stay right: encoders leave out
// packets during silence (discontinuous transmission) or lose them. Shorter ones are rounding of
// timestamps, longer ones a clock that was set, not time that passed.
constexpr int kMinGapMs = 100;
constexpr int64_t kMaxGapSeconds = 600;
constexpr int64_t kSilenceFrames = 4096;

Status CheckFormat(int rate_hz, int channels) {
  if (!audio::IsAcceptedRate(rate_hz)) {
    return InvalidArgumentError(
        fmt::format("its sample rate of {} Hz is none of {}", rate_hz, audio::kAcceptedRates));
  }
  if (channels < 1 || channels > audio::kMaxChannels) {
    return InvalidArgumentError(fmt::format("its number of channels, {}, is outside 1 to {}",
                                            channels, audio::kMaxChannels));
  }
  return OkStatus();
}

// Some containers give a number of channels without saying which is which.
Status CopyLayout(const AVChannelLayout& from, AVChannelLayout* to) {
  av_channel_layout_uninit(to);
  if (from.order == AV_CHANNEL_ORDER_UNSPEC) {
    av_channel_layout_default(to, from.nb_channels);
    return OkStatus();
  }
  if (av_channel_layout_copy(to, &from) < 0) {
    return ResourceExhaustedError("no memory for the channel layout");
  }
  return OkStatus();
}

}  // namespace

FrameWriter::~FrameWriter() {
  av_channel_layout_uninit(&layout_);
  av_channel_layout_uninit(&source_layout_);
}

Status FrameWriter::WriteHeader(int rate_hz, const AVChannelLayout& layout) {
  RETURN_IF_ERROR(CheckFormat(rate_hz, layout.nb_channels));
  RETURN_IF_ERROR(CopyLayout(layout, &layout_));
  rate_hz_ = rate_hz;
  audio::StreamHeader header = {};
  header.magic = audio::kProtocolMagic;
  header.version = audio::kProtocolVersion;
  header.rate_hz = static_cast<uint32_t>(rate_hz);
  header.channels = static_cast<uint32_t>(layout.nb_channels);
  header.expected_frames = input_.ExpectedFrames(rate_hz);
  return blocks_.WriteHeader(header, input_.Description());
}

Status FrameWriter::Write(const AVFrame& frame) {
  if (frame.nb_samples <= 0) return OkStatus();
  if (rate_hz_ == 0) RETURN_IF_ERROR(WriteHeader(frame.sample_rate, frame.ch_layout));
  RETURN_IF_ERROR(FillGap(frame));
  RETURN_IF_ERROR(Configure(frame));
  return Convert(frame.extended_data, frame.nb_samples);
}

Status FrameWriter::FillGap(const AVFrame& frame) {
  if (frame.best_effort_timestamp == AV_NOPTS_VALUE) return OkStatus();
  const int64_t position = av_rescale_q(frame.best_effort_timestamp, input_.stream()->time_base,
                                        AVRational{1, rate_hz_});
  if (position == INT64_MIN || position == INT64_MAX) return OkStatus();
  int64_t gap = 0;
  if (origin_ == INT64_MIN || __builtin_sub_overflow(position, origin_ + frames_written_, &gap)) {
    origin_ = position - frames_written_;
    return OkStatus();
  }
  if (gap > kMaxGapSeconds * rate_hz_ || gap < -kMaxGapSeconds * rate_hz_) {
    origin_ = position - frames_written_;
    return OkStatus();
  }
  if (gap * 1000 < int64_t{kMinGapMs} * rate_hz_) return OkStatus();
  while (gap > 0) {
    const int64_t frames = std::min(gap, kSilenceFrames);
    samples_.assign(static_cast<size_t>(frames * layout_.nb_channels), 0.0f);
    RETURN_IF_ERROR(Emit(frames));
    gap -= frames;
  }
  return OkStatus();
}

Status FrameWriter::Configure(const AVFrame& frame) {
  if (converter_ != nullptr && frame.sample_rate == source_rate_hz_ &&
      frame.format == source_format_ && frame.ch_layout.nb_channels == source_layout_.nb_channels) {
    return OkStatus();
  }
  if (converter_ != nullptr) RETURN_IF_ERROR(Convert(nullptr, 0));
  RETURN_IF_ERROR(CheckFormat(frame.sample_rate, frame.ch_layout.nb_channels));
  RETURN_IF_ERROR(CopyLayout(frame.ch_layout, &source_layout_));
  source_rate_hz_ = frame.sample_rate;
  source_format_ = frame.format;
  // Only a recording that changes its number of channels on the way is mixed here.
  AVChannelLayout* target =
      source_layout_.nb_channels == layout_.nb_channels ? &source_layout_ : &layout_;
  SwrContext* converter = nullptr;
  int result =
      swr_alloc_set_opts2(&converter, target, AV_SAMPLE_FMT_FLT, rate_hz_, &source_layout_,
                          static_cast<AVSampleFormat>(frame.format), frame.sample_rate, 0, nullptr);
  converter_.reset(converter);
  if (result >= 0) result = swr_init(converter);
  if (result < 0) {
    return DataLossError(fmt::format("cannot convert its samples: {}", FfmpegError(result)));
  }
  return OkStatus();
}

Status FrameWriter::Convert(const uint8_t* const* data, int frames) {
  const int capacity = swr_get_out_samples(converter_.get(), frames);
  if (capacity < 0) return DataLossError("cannot convert its samples");
  if (capacity == 0) return OkStatus();
  samples_.resize(static_cast<size_t>(capacity) * static_cast<size_t>(layout_.nb_channels));
  auto* out = reinterpret_cast<uint8_t*>(samples_.data());
  const int converted =
      swr_convert(converter_.get(), &out, capacity, const_cast<const uint8_t**>(data), frames);
  if (converted < 0) {
    return DataLossError(fmt::format("cannot convert its samples: {}", FfmpegError(converted)));
  }
  return Emit(converted);
}

Status FrameWriter::Emit(int64_t frames) {
  const int64_t allowed = max_seconds_ * rate_hz_ - frames_written_;
  const int64_t written = std::min(frames, allowed);
  RETURN_IF_ERROR(blocks_.WriteSamples(
      std::span(samples_).first(static_cast<size_t>(written * layout_.nb_channels)),
      layout_.nb_channels));
  frames_written_ += written;
  if (written == frames) return OkStatus();
  return ResourceExhaustedError(fmt::format(
      "it is longer than the limit of {} s; split it or raise the limit", max_seconds_));
}

Status FrameWriter::Finish() {
  if (rate_hz_ == 0) {
    const AVCodecContext& codec = *input_.codec();
    return WriteHeader(codec.sample_rate, codec.ch_layout);
  }
  return converter_ == nullptr ? OkStatus() : Convert(nullptr, 0);
}

}  // namespace ironscribe::decode
