#include "apps/decode/media_decoder.h"

#include <fmt/format.h>

#include <cerrno>
#include <string>

#include "apps/decode/ffmpeg_handles.h"
#include "apps/decode/frame_writer.h"
#include "apps/decode/media_input.h"

namespace ironscribe::decode {
namespace {

// Broadcasts start in the middle of a frame and lose one now and then; when more than one packet in
// this many is damaged, the text would have holes, and the user must know.
constexpr int64_t kToleratedDamage = 20;

class DecodingLoop {
 public:
  DecodingLoop(const MediaInput& input, FrameWriter& frames) : input_(input), frames_(frames) {}

  Status Run();

 private:
  Status DecodePacket(const AVPacket* packet);
  Status ReceiveFrames();
  Status Verdict(int read_result) const;
  // "2.00 s", with what the container promises where it is more.
  std::string HowMuch() const;

  const MediaInput& input_;
  FrameWriter& frames_;
  FfmpegPtr<AVFrame> frame_{av_frame_alloc()};
  int64_t packets_ = 0;
  int64_t damaged_ = 0;
  bool last_damaged_ = false;
};

Status DecodingLoop::Run() {
  const FfmpegPtr<AVPacket> packet(av_packet_alloc());
  if (packet == nullptr || frame_ == nullptr) return ResourceExhaustedError("no memory to decode");
  int read_result = 0;
  while ((read_result = av_read_frame(input_.format(), packet.get())) >= 0) {
    Status status;
    if (packet->stream_index == input_.stream()->index) status = DecodePacket(packet.get());
    av_packet_unref(packet.get());
    RETURN_IF_ERROR(status);
  }
  const bool damaged_before_flush = last_damaged_;
  RETURN_IF_ERROR(DecodePacket(nullptr));
  last_damaged_ = damaged_before_flush;
  RETURN_IF_ERROR(frames_.Finish());
  return Verdict(read_result);
}

Status DecodingLoop::DecodePacket(const AVPacket* packet) {
  last_damaged_ = packet != nullptr && (packet->flags & AV_PKT_FLAG_CORRUPT) != 0;
  const int result = avcodec_send_packet(input_.codec(), packet);
  if (result == AVERROR(ENOMEM)) {
    return ResourceExhaustedError("it asks for more memory than decoding may use");
  }
  if (packet != nullptr) ++packets_;
  if (result < 0 && result != AVERROR_EOF) last_damaged_ = true;
  RETURN_IF_ERROR(ReceiveFrames());
  if (last_damaged_) ++damaged_;
  return OkStatus();
}

Status DecodingLoop::ReceiveFrames() {
  for (;;) {
    const int result = avcodec_receive_frame(input_.codec(), frame_.get());
    if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) return OkStatus();
    if (result < 0) {
      last_damaged_ = true;
      return OkStatus();
    }
    const Status status = frames_.Write(*frame_);
    av_frame_unref(frame_.get());
    RETURN_IF_ERROR(status);
  }
}

std::string DecodingLoop::HowMuch() const {
  if (frames_.rate_hz() == 0) return "0 s";
  const double rate_hz = frames_.rate_hz();
  const double seconds = static_cast<double>(frames_.frames_written()) / rate_hz;
  const double promised = static_cast<double>(input_.ExpectedFrames(frames_.rate_hz())) / rate_hz;
  // A length worked out from the bit rate or the last timestamp is that of the part that is there.
  if (promised <= seconds ||
      input_.format()->duration_estimation_method != AVFMT_DURATION_FROM_STREAM) {
    return fmt::format("{:.2f} s", seconds);
  }
  return fmt::format("{:.2f} s of {:.2f} s", seconds, promised);
}

Status DecodingLoop::Verdict(int read_result) const {
  if (read_result != AVERROR_EOF) {
    return DataLossError(fmt::format("it breaks off or is damaged after {}: {}", HowMuch(),
                                     FfmpegError(read_result)));
  }
  if (last_damaged_) {
    return DataLossError(
        fmt::format("it breaks off after {}, in the middle of a packet", HowMuch()));
  }
  if (damaged_ * kToleratedDamage > packets_) {
    return DataLossError(
        fmt::format("{} of its {} packets are damaged; what could be decoded lasts "
                    "{}",
                    damaged_, packets_, HowMuch()));
  }
  return OkStatus();
}

}  // namespace

Status DecodeRecording(RecordingIo& io, int64_t max_seconds, BlockWriter& blocks) {
  ASSIGN_OR_RETURN(const std::unique_ptr<MediaInput> input, MediaInput::Open(io));
  FrameWriter frames(*input, blocks, max_seconds);
  return DecodingLoop(*input, frames).Run();
}

}  // namespace ironscribe::decode
