#include "models/whisper/window_policy_pack.h"

#include <algorithm>

#include "base/check.h"

namespace ironscribe::models::whisper {

int64_t NumFrames(const PieceParts& parts) {
  int64_t frames = 0;
  for (const FrameRange& part : parts) frames += part.end - part.begin;
  return frames;
}

void SpeechPacker::Add(FrameRange span) {
  IRONSCRIBE_CHECK(waiting_.empty() || waiting_.back().end <= span.begin);
  while (span.end - span.begin > max_frames_) {
    waiting_.push_back({span.begin, span.begin + max_frames_});
    span.begin += max_frames_;
  }
  if (span.begin < span.end) waiting_.push_back(span);
}

std::optional<PieceParts> SpeechPacker::Take() {
  int64_t frames = 0;
  size_t count = 0;
  for (; count < waiting_.size(); ++count) {
    frames += waiting_[count].end - waiting_[count].begin;
    if (frames > max_frames_) break;
  }
  const bool full = count < waiting_.size();
  if (count == 0 || (!full && !finished_)) return std::nullopt;
  const auto end = waiting_.begin() + static_cast<ptrdiff_t>(count);
  PieceParts parts(waiting_.begin(), end);
  waiting_.erase(waiting_.begin(), end);
  return parts;
}

std::optional<int64_t> SpeechPacker::first_frame() const {
  if (waiting_.empty()) return std::nullopt;
  return waiting_.front().begin;
}

PieceTimes::Place PieceTimes::PlaceOf(double seconds, bool end) const {
  // Times come in steps of a frame or more; half of one keeps rounding from choosing the part.
  const double half_frame = 0.5 / kFramesPerSecond;
  const double limit = end ? seconds - half_frame : seconds + half_frame;
  int64_t packed_end = parts_.front().begin;
  size_t part = 0;
  for (; part < parts_.size(); ++part) {
    packed_end += parts_[part].end - parts_[part].begin;
    if (FrameSeconds(packed_end) > limit) break;
  }
  part = std::min(part, parts_.size() - 1);
  return {part, part == 0 ? 0.0 : FrameSeconds(parts_[part].end - packed_end)};
}

double PieceTimes::Begin(double seconds) const {
  const Place place = PlaceOf(seconds, /*end=*/false);
  return seconds + place.shift_seconds;
}

double PieceTimes::End(double seconds) const {
  const Place place = PlaceOf(seconds, /*end=*/true);
  return seconds + place.shift_seconds;
}

// A word is spoken without a pause, so what of it is said to lie in another part is an error of its
// times.
void PieceTimes::Map(transcript::Word& word) const {
  const Place place = PlaceOf((word.start_seconds + word.end_seconds) / 2, /*end=*/false);
  const double first = FrameSeconds(parts_[place.part].begin);
  const double last = FrameSeconds(parts_[place.part].end);
  word.start_seconds = std::clamp(word.start_seconds + place.shift_seconds, first, last);
  word.end_seconds = std::clamp(word.end_seconds + place.shift_seconds, word.start_seconds, last);
}

void PieceTimes::Map(transcript::Segment& segment) const {
  if (parts_.size() == 1) return;
  segment.seek_frames = FrameAt(Begin(FrameSeconds(segment.seek_frames)));
  segment.start_seconds = Begin(segment.start_seconds);
  segment.end_seconds = std::max(segment.start_seconds, End(segment.end_seconds));
  for (transcript::Word& word : segment.words) Map(word);
  if (segment.words.empty()) return;
  segment.start_seconds = std::min(segment.start_seconds, segment.words.front().start_seconds);
  segment.end_seconds = std::max(segment.end_seconds, segment.words.back().end_seconds);
}

void PieceTimes::Map(transcript::DroppedSpan& span) const {
  if (parts_.size() == 1) return;
  span.start_seconds = Begin(span.start_seconds);
  span.end_seconds = std::max(span.start_seconds, End(span.end_seconds));
}

std::vector<PieceTimes::Stretch> PieceTimes::Stretches(double begin_seconds,
                                                       double end_seconds) const {
  std::vector<Stretch> stretches;
  int64_t packed = parts_.front().begin;
  for (const FrameRange& part : parts_) {
    const double shift = FrameSeconds(part.begin - packed);
    const Stretch stretch{std::max(begin_seconds + shift, FrameSeconds(part.begin)),
                          std::min(end_seconds + shift, FrameSeconds(part.end))};
    if (stretch.begin_seconds < stretch.end_seconds) stretches.push_back(stretch);
    packed += part.end - part.begin;
  }
  return stretches;
}

}  // namespace ironscribe::models::whisper
