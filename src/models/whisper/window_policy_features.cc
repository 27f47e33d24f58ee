#include "models/whisper/window_policy_features.h"

#include <algorithm>

#include "base/check.h"

namespace ironscribe::models::whisper {
namespace {

// One second: large enough that calls do not count, small beside a window.
constexpr size_t kBlockSamples = 16000;

// Frames after the last whole hop that still reach into the recording: a frame is centred and 400
// samples wide, and up to 159 samples lie behind the last hop.
constexpr int64_t kTailFrames = 3;

}  // namespace

bool WindowFeatures::IsSilent(int frames, int window_frames) const {
  const size_t num_mels = values.size() / static_cast<size_t>(window_frames);
  const auto audio = std::span(values).first(static_cast<size_t>(frames) * num_mels);
  return std::all_of(audio.begin(), audio.end(),
                     [this](float value) { return value <= silence_level; });
}

FeatureWindows::FeatureWindows(const dsp::LogMel& log_mel, audio::PcmSource& source,
                               int window_frames, Profile* profile)
    : log_mel_(log_mel),
      source_(source),
      window_frames_(window_frames),
      profile_(profile),
      stream_(log_mel),
      block_(kBlockSamples) {}

void FeatureWindows::ReadBlock() {
  const Result<size_t> count = source_.Read(block_);
  const StageTimer timer(profile_, Stage::kFeatures);
  if (count.ok() && *count > 0) {
    stream_.Append(std::span<const float>(block_).first(*count));
    num_samples_ += static_cast<int64_t>(*count);
    return;
  }
  if (!count.ok()) source_status_ = count.status();
  stream_.Finish();
  ended_ = true;
}

Status FeatureWindows::ReadUntil(int64_t frame, std::stop_token stop) {
  while (!ended_ && (stream_.frames_ready() < frame || content_frames() < frame)) {
    if (stop.stop_requested()) return CancelledError("recognition was cancelled");
    ReadBlock();
  }
  return OkStatus();
}

Status FeatureWindows::Drain(std::stop_token stop) {
  while (!ended_) {
    if (stop.stop_requested()) return CancelledError("recognition was cancelled");
    const Result<size_t> count = source_.Read(block_);
    if (count.ok()) num_samples_ += static_cast<int64_t>(*count);
    if (!count.ok()) source_status_ = count.status();
    ended_ = !count.ok() || *count == 0;
  }
  return OkStatus();
}

Status FeatureWindows::MeasureRecording(std::stop_token stop) {
  FeatureWindows first_pass(log_mel_, source_, window_frames_, profile_);
  float maximum = -std::numeric_limits<float>::infinity();
  for (int64_t done = 0; !first_pass.ended();) {
    RETURN_IF_ERROR(first_pass.ReadUntil(done + window_frames_, stop));
    const int64_t end = first_pass.ended() ? first_pass.content_frames() + kTailFrames
                                           : first_pass.stream_.frames_ready();
    while (done < end) {
      const int count = static_cast<int>(std::min<int64_t>(end - done, window_frames_));
      maximum = std::max(maximum, first_pass.Maximum(done, count));
      done += count;
      first_pass.DropBefore(done);
    }
  }
  recording_maximum_ = maximum;
  return source_.Rewind().Annotate(
      "reference features need the maximum of the whole recording, so it is read twice");
}

float FeatureWindows::Maximum(int64_t first_frame, int frames) {
  std::vector<float> energies(static_cast<size_t>(frames) *
                              static_cast<size_t>(log_mel_.num_mels()));
  stream_.Read(first_frame, frames, energies);
  return *std::max_element(energies.begin(), energies.end());
}

float FeatureWindows::TailMaximum(int64_t end) {
  const bool at_end = ended_ && end == content_frames();
  return at_end ? Maximum(end, kTailFrames) : -std::numeric_limits<float>::infinity();
}

Result<int> FeatureWindows::Prepare(const FrameRange& range, const std::stop_token& stop) {
  DropBefore(range.begin);
  const int64_t wanted_end = std::min(range.end, range.begin + window_frames_);
  RETURN_IF_ERROR(ReadUntil(wanted_end, stop));
  return static_cast<int>(std::min(wanted_end, content_frames()) - range.begin);
}

WindowFeatures FeatureWindows::Window(int64_t first_frame, int frames) {
  IRONSCRIBE_CHECK(frames > 0 && frames <= window_frames_);
  const StageTimer timer(profile_, Stage::kFeatures);
  const auto num_mels = static_cast<size_t>(log_mel_.num_mels());
  std::vector<float> features(static_cast<size_t>(window_frames_) * num_mels, 0.0f);
  const auto content = std::span<float>(features).first(static_cast<size_t>(frames) * num_mels);
  stream_.Read(first_frame, frames, content);
  // With the tail, a recording of one window is normalised exactly as in the reference.
  const float maximum = recording_maximum_
                            ? *recording_maximum_
                            : std::max(*std::max_element(content.begin(), content.end()),
                                       TailMaximum(first_frame + frames));
  dsp::LogMel::Normalize(content, maximum);
  return {std::move(features), dsp::LogMel::SilenceLevel(maximum)};
}

FeaturePiece FeatureWindows::Piece(std::span<const FrameRange> parts) {
  const auto bands = static_cast<size_t>(log_mel_.num_mels());
  FeaturePiece piece{.range = {parts.front().begin, parts.front().begin},
                     .num_mels = log_mel_.num_mels(),
                     .energies = {},
                     .tail_maximum = TailMaximum(parts.back().end)};
  for (const FrameRange& part : parts) {
    const auto frames = static_cast<size_t>(part.end - part.begin);
    const size_t size = piece.energies.size();
    piece.energies.resize(size + frames * bands);
    stream_.Read(part.begin, static_cast<int>(frames), std::span(piece.energies).subspan(size));
    piece.range.end += part.end - part.begin;
  }
  return piece;
}

Result<int> PieceWindows::Prepare(const FrameRange& range, const std::stop_token& stop) {
  if (stop.stop_requested()) return CancelledError("recognition was cancelled");
  const int64_t end = std::min({range.end, range.begin + window_frames_, piece_.range.end});
  return static_cast<int>(end - range.begin);
}

WindowFeatures PieceWindows::Window(int64_t first_frame, int frames) {
  IRONSCRIBE_CHECK(frames > 0 && frames <= window_frames_);
  const auto num_mels = static_cast<size_t>(piece_.num_mels);
  const int64_t first = first_frame - piece_.range.begin;
  IRONSCRIBE_CHECK(first >= 0 && first_frame + frames <= piece_.range.end);
  const auto content =
      std::span<const float>(piece_.energies)
          .subspan(static_cast<size_t>(first) * num_mels, static_cast<size_t>(frames) * num_mels);
  std::vector<float> features(content.begin(), content.end());
  float maximum = *std::max_element(features.begin(), features.end());
  if (first_frame + frames == piece_.range.end) maximum = std::max(maximum, piece_.tail_maximum);
  dsp::LogMel::Normalize(features, maximum);
  features.resize(static_cast<size_t>(window_frames_) * num_mels, 0.0f);
  return {std::move(features), dsp::LogMel::SilenceLevel(maximum)};
}

std::vector<float> FeatureWindows::WindowWithSilence(int64_t first_frame) {
  const auto num_mels = static_cast<size_t>(log_mel_.num_mels());
  std::vector<float> features(static_cast<size_t>(window_frames_) * num_mels);
  stream_.Read(first_frame, window_frames_, features);
  const float maximum = recording_maximum_ ? *recording_maximum_
                                           : *std::max_element(features.begin(), features.end());
  dsp::LogMel::Normalize(features, maximum);
  return features;
}

}  // namespace ironscribe::models::whisper
