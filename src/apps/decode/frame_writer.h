// Turns decoded frames into blocks of interleaved float samples of one rate and channel count
// (those of the first frame), keeps their place on the recording's clock, and enforces the limits.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/decode/block_writer.h"
#include "apps/decode/ffmpeg_handles.h"
#include "apps/decode/media_input.h"
#include "base/status.h"

namespace ironscribe::decode {

class FrameWriter {
 public:
  // Both must outlive this object.
  FrameWriter(const MediaInput& input, BlockWriter& blocks, int64_t max_seconds)
      : input_(input), blocks_(blocks), max_seconds_(max_seconds) {}
  ~FrameWriter();

  // Errors: InvalidArgument for a rate or channel count beyond the limits, ResourceExhausted beyond
  // max_seconds.
  Status Write(const AVFrame& frame);

  // Samples still held back by a change of rate. The header too, when there was no frame at all.
  Status Finish();

  int64_t frames_written() const { return frames_written_; }
  int rate_hz() const { return rate_hz_; }

 private:
  Status WriteHeader(int rate_hz, const AVChannelLayout& layout);
  Status FillGap(const AVFrame& frame);
  Status Configure(const AVFrame& frame);
  Status Convert(const uint8_t* const* data, int frames);
  Status Emit(int64_t frames);

  const MediaInput& input_;
  BlockWriter& blocks_;
  const int64_t max_seconds_;

  int rate_hz_ = 0;  // 0 until the header is written.
  AVChannelLayout layout_ = {};
  FfmpegPtr<SwrContext> converter_;
  // What the converter was set up for.
  int source_rate_hz_ = 0;
  int source_format_ = -1;
  AVChannelLayout source_layout_ = {};

  std::vector<float> samples_;
  int64_t frames_written_ = 0;
  // Clock of the first frame, in samples; moves when timestamps jump by more than can be filled.
  int64_t origin_ = INT64_MIN;
};

}  // namespace ironscribe::decode
