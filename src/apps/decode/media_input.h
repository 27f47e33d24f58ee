// Opens a recording with FFmpeg and chooses its sound track. Uses one thread.
#pragma once

#include <memory>
#include <string>

#include "apps/decode/ffmpeg_handles.h"
#include "apps/decode/recording_io.h"
#include "base/status.h"

namespace ironscribe::decode {

// Whether Open would take it, as far as its first bytes tell. Errors: InvalidArgument when it is no
// recording, or one of a kind that is refused.
Status ProbeRecording(RecordingIo& io);

class MediaInput {
 public:
  // Errors: InvalidArgument when it is no recording, one of a kind that is refused, or one without
  // sound; FailedPrecondition when it is encrypted; DataLoss when its headers are broken.
  static Result<std::unique_ptr<MediaInput>> Open(RecordingIo& io);

  AVFormatContext* format() const { return format_.get(); }
  AVStream* stream() const { return format_->streams[stream_index_]; }
  AVCodecContext* codec() const { return codec_.get(); }

  // "Matroska / WebM, opus".
  std::string Description() const;
  // The sound track's length by the container's own account, or -1.
  int64_t ExpectedFrames(int rate_hz) const;

 private:
  MediaInput() = default;
  Status OpenContainer(RecordingIo& io);
  Status ChooseStream();
  Status OpenCodec();

  FfmpegPtr<AVFormatContext> format_;
  FfmpegPtr<AVCodecContext> codec_;
  int stream_index_ = -1;
};

}  // namespace ironscribe::decode
