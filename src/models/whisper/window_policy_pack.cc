#include "models/whisper/window_policy_pack.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "models/whisper/word_timing.h"

namespace ironscribe::models::whisper {
namespace {

// Times of a segment at most this far beyond a joint belong to the other side: parts begin and end
// with padding, in which nothing is said.
constexpr double kPaddingSeconds = 0.6;

}  // namespace

int64_t NumFrames(const PieceParts& parts) {
  int64_t frames = 0;
  for (const FrameRange& part : parts) frames += part.end - part.begin;
  return frames;
}

void SpeechPacker::Add(FrameRange span) {
  // Spans that share a part of a frame meet in it.
  if (!waiting_.empty()) span.begin = std::max(span.begin, waiting_.back().end);
  while (span.end - span.begin > limits_.max_frames) {
    waiting_.push_back({span.begin, span.begin + limits_.max_frames});
    span.begin += limits_.max_frames;
  }
  if (span.begin < span.end) waiting_.push_back(span);
}

std::optional<PieceParts> SpeechPacker::Take(int64_t settled_frame) {
  if (waiting_.empty()) return std::nullopt;
  const int64_t farthest = waiting_.front().begin + limits_.max_reach_frames;
  int64_t frames = 0;
  size_t count = 0;
  int64_t reach = farthest;  // What begins behind it is of another piece.
  for (; count < waiting_.size(); ++count) {
    const FrameRange& span = waiting_[count];
    frames += span.end - span.begin;
    if (frames > limits_.max_frames || span.begin > reach) break;
    if (limits_.max_gap_frames < farthest - span.end) reach = span.end + limits_.max_gap_frames;
  }
  const bool full = count < waiting_.size() || settled_frame > reach;
  if (!full && !finished_) return std::nullopt;
  const auto end = waiting_.begin() + static_cast<ptrdiff_t>(count);
  PieceParts parts;
  for (auto span = waiting_.begin(); span != end; ++span) {
    // Paddings that touch leave nothing out.
    if (!parts.empty() && parts.back().end == span->begin) {
      parts.back().end = span->end;
    } else {
      parts.push_back(*span);
    }
  }
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
void PieceTimes::MapWords(std::span<transcript::Segment> segments) const {
  std::vector<transcript::Word> words;
  for (transcript::Segment& segment : segments) {
    std::move(segment.words.begin(), segment.words.end(), std::back_inserter(words));
  }
  std::vector<size_t> word_parts;
  for (transcript::Word& word : words) {
    const Place place = PlaceOf((word.start_seconds + word.end_seconds) / 2, /*end=*/false);
    word.start_seconds += place.shift_seconds;
    word.end_seconds += place.shift_seconds;
    word_parts.push_back(place.part);
  }
  for (size_t begin = 0, end = 0; begin < words.size(); begin = end) {
    const size_t part = word_parts[begin];
    while (end < words.size() && word_parts[end] == part) ++end;
    OrderWords({PartBegin(part), PartEnd(part)}, std::span(words).subspan(begin, end - begin));
  }
  auto word = words.begin();
  for (transcript::Segment& segment : segments) {
    for (transcript::Word& mapped : segment.words) mapped = std::move(*word++);
  }
}

void PieceTimes::Map(std::span<transcript::Segment> segments) const {
  MapWords(segments);
  for (transcript::Segment& segment : segments) MapTimes(segment);
}

void PieceTimes::MapTimes(transcript::Segment& segment) const {
  segment.seek_frames = FrameAt(Begin(FrameSeconds(segment.seek_frames)));
  if (!segment.words.empty()) {
    segment.start_seconds = segment.words.front().start_seconds;
    segment.end_seconds = segment.words.back().end_seconds;
    return;
  }
  const double middle = (segment.start_seconds + segment.end_seconds) / 2;
  const Place place = PlaceOf(middle, /*end=*/false);
  const double start = Begin(segment.start_seconds);
  const double end = End(segment.end_seconds);
  const size_t first = PlaceOf(segment.start_seconds, /*end=*/false).part;
  const size_t last = PlaceOf(segment.end_seconds, /*end=*/true).part;
  const bool starts_late = first < place.part && PartEnd(first) - start < kPaddingSeconds;
  const bool ends_early = last > place.part && end - PartBegin(last) < kPaddingSeconds;
  const double piece_end = PartEnd(parts_.size() - 1);
  segment.start_seconds =
      std::clamp(starts_late ? PartBegin(first + 1) : start, PartBegin(0), piece_end);
  segment.end_seconds =
      std::clamp(ends_early ? PartEnd(last - 1) : end, segment.start_seconds, piece_end);
}

std::vector<transcript::DroppedSpan> PieceTimes::Map(const transcript::DroppedSpan& span) const {
  if (parts_.size() == 1) return {span};
  std::vector<transcript::DroppedSpan> spans;
  for (const Stretch& stretch : Stretches(span.start_seconds, span.end_seconds)) {
    spans.push_back({stretch.begin_seconds, stretch.end_seconds, span.reason});
  }
  if (spans.empty()) {
    const double at = Begin(span.start_seconds);
    spans.push_back({at, at, span.reason});
  }
  return spans;
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

SpeechShare PieceTimes::Over(const SpeechTrack& track, double begin_seconds,
                             double end_seconds) const {
  SpeechShare all{.peak = 0, .share = 0};
  double seconds = 0;
  for (const Stretch& stretch : Stretches(begin_seconds, end_seconds)) {
    const SpeechShare speech = track.Over(stretch.begin_seconds, stretch.end_seconds);
    // Too short for the track to know of it; what it knows of the others holds all the same.
    if (std::isnan(speech.share)) continue;
    const double length = stretch.end_seconds - stretch.begin_seconds;
    all.peak = std::max(all.peak, speech.peak);
    all.share += speech.share * static_cast<float>(length);
    seconds += length;
  }
  if (seconds <= 0) return SpeechShare();
  all.share /= static_cast<float>(seconds);
  return all;
}

}  // namespace ironscribe::models::whisper
