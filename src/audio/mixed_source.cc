#include "audio/mixed_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ironscribe::audio {
namespace {

constexpr size_t kBlockFrames = 4096;

std::string Prefix(const std::string& name) { return fmt::format("'{}'", name); }

}  // namespace

Result<std::unique_ptr<PcmSource>> MixedSource::Create(std::unique_ptr<SampleStream> stream,
                                                       Opener reopen, MixOptions options) {
  const int channels = stream->format().channels;
  if (options.channel && (*options.channel < 0 || *options.channel >= channels)) {
    return InvalidArgumentError(
        fmt::format("'{}': channel {} was asked for, but the recording has {} (0 to {})",
                    options.name, *options.channel, channels, channels - 1));
  }
  std::unique_ptr<MixedSource> source(new MixedSource(std::move(reopen), std::move(options)));
  RETURN_IF_ERROR(source->Attach(std::move(stream)));
  return std::unique_ptr<PcmSource>(std::move(source));
}

Status MixedSource::Attach(std::unique_ptr<SampleStream> stream) {
  const StreamFormat& format = stream->format();
  resampler_.reset();
  if (format.rate_hz != kSampleRateHz) {
    ASSIGN_OR_RETURN(resampler_, dsp::Resampler::Create(format.rate_hz, kSampleRateHz));
  }
  block_.resize(kBlockFrames * static_cast<size_t>(format.channels));
  pending_.clear();
  pending_begin_ = 0;
  frames_mixed_ = 0;
  end_.reset();
  stream_ = std::move(stream);
  return OkStatus();
}

Result<size_t> MixedSource::Read(std::span<float> out) {
  if (out.empty()) return size_t{0};
  while (pending_begin_ == pending_.size() && !end_) Fill();
  const size_t count = std::min(out.size(), pending_.size() - pending_begin_);
  if (count == 0) {
    if (!end_->ok()) return *end_;
    return size_t{0};
  }
  std::copy_n(pending_.begin() + static_cast<std::ptrdiff_t>(pending_begin_), count, out.begin());
  pending_begin_ += count;
  return count;
}

void MixedSource::Fill() {
  pending_.clear();
  pending_begin_ = 0;
  const auto frames = stream_->ReadFrames(block_);
  if (!frames.ok()) return Finish(frames.status().Annotate(Prefix(options_.name)));
  if (*frames == 0) return Finish(EndStatus());
  const StreamFormat& format = stream_->format();
  const int64_t allowed = options_.max_seconds * format.rate_hz - frames_mixed_;
  const size_t taken = std::min(*frames, static_cast<size_t>(std::max<int64_t>(allowed, 0)));
  const bool finite = Mix(taken);
  frames_mixed_ += static_cast<int64_t>(mono_.size());
  if (resampler_ == nullptr) {
    pending_ = mono_;
  } else {
    resampler_->Process(mono_, pending_);
  }
  if (!finite) {
    return Finish(InvalidArgumentError(fmt::format(
        "'{}': sample {} (at {:.3f} s) is not a finite number; export the recording again",
        options_.name, frames_mixed_, static_cast<double>(frames_mixed_) / format.rate_hz)));
  }
  if (taken < *frames) {
    Finish(ResourceExhaustedError(
        fmt::format("'{}': it is longer than the limit of {} s; split it or raise the limit",
                    options_.name, options_.max_seconds)));
  }
}

bool MixedSource::Mix(size_t frames) {
  const auto channels = static_cast<size_t>(stream_->format().channels);
  mono_.clear();
  for (size_t frame = 0; frame < frames; ++frame) {
    const std::span<const float> samples(block_.data() + frame * channels, channels);
    float value = 0.0f;
    if (options_.channel) {
      value = samples[static_cast<size_t>(*options_.channel)];
    } else {
      // In double: the sum of 64 large samples is finite whenever they are.
      double sum = 0.0;
      for (const float sample : samples) sum += sample;
      value = static_cast<float>(sum / static_cast<double>(channels));
    }
    if (!std::isfinite(value)) return false;
    mono_.push_back(value);
  }
  return true;
}

void MixedSource::Finish(Status status) {
  if (resampler_ != nullptr) resampler_->Flush(pending_);
  end_ = std::move(status);
}

Status MixedSource::EndStatus() const {
  if (options_.end_status.ok()) return OkStatus();
  const StreamFormat& format = stream_->format();
  const double seconds = static_cast<double>(frames_mixed_) / format.rate_hz;
  const double expected = options_.tells_length
                              ? static_cast<double>(ExpectedSamples()) / kSampleRateHz
                              : seconds * options_.whole_to_part;
  const std::string of_all =
      expected > seconds ? fmt::format(" of about {:.1f} s", expected) : std::string();
  return Status(options_.end_status.code(),
                fmt::format("{} after {:.1f} s{}; repair it or fetch it again",
                            options_.end_status.message(), seconds, of_all));
}

int64_t MixedSource::ExpectedSamples() const {
  const StreamFormat& format = stream_->format();
  // Anything larger is a lie, and would overflow below.
  constexpr int64_t kLargestFrames = int64_t{1} << 48;
  if (format.expected_frames < 0 || format.expected_frames > kLargestFrames) return -1;
  return (format.expected_frames * kSampleRateHz + format.rate_hz - 1) / format.rate_hz;
}

Status MixedSource::Rewind() {
  ASSIGN_OR_RETURN(std::unique_ptr<SampleStream> stream, reopen_());
  if (stream->format().rate_hz != stream_->format().rate_hz ||
      stream->format().channels != stream_->format().channels) {
    return FailedPreconditionError(fmt::format("'{}' changed while it was read", options_.name));
  }
  return Attach(std::move(stream));
}

std::string MixedSource::Description() const {
  const StreamFormat& format = stream_->format();
  return fmt::format("{}, {} Hz, {} channel{}", format.description, format.rate_hz, format.channels,
                     format.channels == 1 ? "" : "s");
}

}  // namespace ironscribe::audio
