// What a family's window policy asks before it hands out a text: was this said, or did the model
// make it up? The evidence is the policy's; the decision is one for all families (src/guard).
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "models/speech_track.h"

namespace ironscribe::models {

// About one segment, or about all of a window.
struct TextEvidence {
  std::string_view text;
  std::span<const int32_t> tokens;  // Of the text; times left out.
  // Around where the text is said to stand; NaN where nothing is known.
  SpeechShare speech;
  double speech_seconds = std::numeric_limits<double>::quiet_NaN();
  // In all of the window that the text comes from.
  double window_speech_seconds = std::numeric_limits<double>::quiet_NaN();
  // Of the decoding that the text comes from.
  double average_log_probability = 0;
  float no_speech_probability = 0;
  // How many segments right before it say the same.
  int repeats = 0;
};

enum class Verdict {
  kKeep,
  kDoubt,  // Worth another try; a segment is dropped if nothing better comes of it.
  kDrop,   // Not worth one.
};

struct Judgement {
  Verdict verdict = Verdict::kKeep;
  std::string_view reason;  // Of what is not kept: a constant such as "no_voice".
};

// Thread rule: safe from many threads.
class TextJudge {
 public:
  virtual ~TextJudge() = default;

  virtual Judgement Judge(const TextEvidence& evidence) const = 0;

  // So little that no text could be believed; the window need not be decoded.
  virtual bool IsSilent(const SpeechShare& speech) const = 0;

  // Somebody speaks, without doubt.
  virtual bool IsClear(const SpeechShare& speech) const = 0;

  // More tokens than anyone speaks in so many seconds of speech: where a loop is broken off.
  virtual int MaxTokens(double speech_seconds) const = 0;
};

}  // namespace ironscribe::models
