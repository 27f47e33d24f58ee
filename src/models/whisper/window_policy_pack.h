// Spans of speech packed into pieces that fill windows, the silence between them left out, and the
// way back from a time in a piece to the recording.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "models/speech_track.h"
#include "models/whisper/window_policy_seek.h"
#include "transcript/transcript.h"

namespace ironscribe::models::whisper {

// Frames of the recording, ascending, that stand one behind the other in a piece. A piece begins
// where its first part does and counts on from there.
using PieceParts = std::vector<FrameRange>;

int64_t NumFrames(const PieceParts& parts);

struct PackingLimits {
  int64_t max_frames = 0;  // Of a piece.
  // A piece holds nothing that begins further behind its begin: so long features are kept and texts
  // waited for.
  int64_t max_reach_frames = 0;
  // What lies further apart is not put together.
  int64_t max_gap_frames = std::numeric_limits<int64_t>::max();
};

class SpeechPacker {
 public:
  explicit SpeechPacker(const PackingLimits& limits) : limits_(limits) {}

  // The next span. What is longer than a piece is cut where the piece ends. Requires: in order,
  // without overlap.
  void Add(FrameRange span);
  // No more spans follow.
  void Finish() { finished_ = true; }

  // The next piece, as soon as nothing that follows belongs to it: it is full, or what follows
  // begins too far away. No span that is still to come begins before `settled_frame`.
  std::optional<PieceParts> Take(int64_t settled_frame);

  // The first frame that no piece has taken yet, if one waits.
  std::optional<int64_t> first_frame() const;

 private:
  PackingLimits limits_;
  bool finished_ = false;
  std::vector<FrameRange> waiting_;
};

// Times of a piece in the recording. Inside a part they move with it, so that they are exact to the
// frame; none lies in what was left out, nor outside of the piece. A segment may reach over a
// joint, a word may not.
class PieceTimes {
 public:
  explicit PieceTimes(PieceParts parts) : parts_(std::move(parts)) {}

  // Where something begins: between two parts, with the second.
  double Begin(double seconds) const;
  // Where something ends: between two parts, with the first.
  double End(double seconds) const;

  // All of a piece, in order. Words stay in order and keep a length.
  void Map(std::span<transcript::Segment> segments) const;
  // One for each part that it reaches into; text without a length of its own keeps none.
  std::vector<transcript::DroppedSpan> Map(const transcript::DroppedSpan& span) const;

  // Of [begin_seconds, end_seconds) of the piece, by the track of the recording.
  SpeechShare Over(const SpeechTrack& track, double begin_seconds, double end_seconds) const;

 private:
  struct Stretch {
    double begin_seconds = 0;
    double end_seconds = 0;
  };
  struct Place {
    size_t part = 0;
    double shift_seconds = 0;
  };
  // The stretches of the recording that [begin_seconds, end_seconds) of the piece holds.
  std::vector<Stretch> Stretches(double begin_seconds, double end_seconds) const;
  Place PlaceOf(double seconds, bool end) const;
  void MapWords(std::span<transcript::Segment> segments) const;
  // By its words, if it has any, which are mapped.
  void MapTimes(transcript::Segment& segment) const;
  double PartBegin(size_t part) const { return FrameSeconds(parts_[part].begin); }
  double PartEnd(size_t part) const { return FrameSeconds(parts_[part].end); }

  PieceParts parts_;
};

}  // namespace ironscribe::models::whisper
