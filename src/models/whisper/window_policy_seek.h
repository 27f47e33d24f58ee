// From the tokens of one window to its segments and to the place where the next window starts: the
// seek rules of openai/whisper's transcribe(). Pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "decoding/rows.h"

namespace ironscribe::models::whisper {

using decoding::TokenId;

// Seconds at which a frame of features starts: 160 samples at 16 kHz each.
inline double FrameSeconds(int64_t frame) { return static_cast<double>(frame * 160) / 16000.0; }

// The frame nearest to a time; rounds half to even, as the reference's round() does.
int64_t FrameAt(double seconds);

inline constexpr double kFramesPerSecond = 100;

// Frames of features, [begin, end).
struct FrameRange {
  int64_t begin = 0;
  int64_t end = 0;
  bool operator==(const FrameRange&) const = default;
};

struct SplitInput {
  std::span<const TokenId> tokens;
  TokenId timestamp_begin = 0;
  int64_t seek_frames = 0;       // Where the window starts.
  int segment_frames = 0;        // Frames of the window that hold audio.
  int frames_per_timestamp = 2;  // 0.02 s
};

struct TimedTokens {
  double start_seconds = 0;
  double end_seconds = 0;
  std::vector<TokenId> tokens;
};

struct WindowSplit {
  std::vector<TimedTokens> segments;
  // Always above seek_frames.
  int64_t next_seek_frames = 0;
  // The text ends with one time: nothing is spoken after it.
  bool single_timestamp_ending = false;
};

WindowSplit SplitWindow(const SplitInput& input);

}  // namespace ironscribe::models::whisper
