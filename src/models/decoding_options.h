// What a caller may ask of one recognition, independent of protocol. Defaults are openai/whisper's
// except beam_size (greedy with temperature fallback is nearly as good and several times as fast).
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "models/speech_segmenter.h"

namespace ironscribe::models {

enum class Task { kTranscribe, kTranslate };

// How a recording becomes windows.
enum class Segmentation {
  kSequential,     // Each window starts where the text of the one before ends: the reference's way.
  kFixed,          // Cut at pauses beforehand, so that windows are independent and run together.
  kVoiceActivity,  // As kFixed, and only what holds speech, packed so that it fills the windows.
};

// Part of the recording in seconds.
struct Clip {
  double start_seconds = 0;
  double end_seconds = std::numeric_limits<double>::infinity();
};

struct DecodingOptions {
  std::string language;  // Code such as "en"; empty detects it.
  // Detects it anew in each piece or window; `language` is empty then.
  bool language_per_segment = false;
  // Codes of the languages that may be detected; empty: all that the model knows.
  std::vector<std::string> languages;
  Task task = Task::kTranscribe;
  bool word_times = false;
  std::string initial_prompt;
  bool carry_prompt = false;  // Puts initial_prompt before every window, not the first only.
  bool condition_on_previous_text = true;
  int beam_size = 1;  // 1 is greedy; at most 16.
  int best_of = 5;    // Samples per window when the temperature is above 0; at most 16.
  float patience = 1.0f;
  // Unset (NaN) divides the score by the length; otherwise Google NMT's ((5 + n) / 6)^penalty.
  float length_penalty = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> temperatures = {0.0f, 0.2f, 0.4f, 0.6f, 0.8f, 1.0f};
  // A threshold set to NaN is off.
  float compression_ratio_threshold = 2.4f;
  float log_probability_threshold = -1.0f;
  float no_speech_threshold = 0.6f;
  // Token ids never chosen; {-1} stands for the computed non-speech list, {} suppresses nothing.
  std::vector<int32_t> suppress_tokens = {-1};
  bool without_timestamps = false;
  std::vector<Clip> clips;  // Empty: everything.
  Segmentation segmentation = Segmentation::kSequential;
  // What counts as speech for kVoiceActivity. The guard asks for its own share of it: raise_quiet.
  SpeechOptions speech;
  // Text that is likely made up is tried again, then withheld and reported in Transcript::dropped.
  bool guard = true;
  // Of a recording cut beforehand, this many windows are worked on together; 0: as many as the
  // engine takes. Changes no text.
  int max_pieces = 0;
  // Encode the audio of a window and little more, not the silence behind it; a window whose text
  // looks wrong is encoded whole.
  bool fit_windows = false;
  uint64_t seed = 0;
  // The reference's behaviour: every speed lever off, feature maximum over the whole recording.
  bool reference = false;
};

// Largest values accepted, so that a request cannot ask for unbounded work.
inline constexpr int kMaxBeamSize = 16;
inline constexpr int kMaxBestOf = 16;

}  // namespace ironscribe::models
