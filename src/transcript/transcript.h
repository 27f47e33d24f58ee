// What recognition produces: words and segments with times and probabilities, independent of model
// family, protocol and file format. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ironscribe::transcript {

// Of words of models, or of ways to run them, that have none.
inline constexpr float kNoConfidence = -1;

struct Word {
  std::string text;  // With its leading space and attached punctuation, as it stands in the text.
  double start_seconds = 0;
  double end_seconds = 0;
  float probability = 0;  // Mean probability of the word's tokens, 0 to 1.
  // How likely it is that the word is right, 0 to 1, or kNoConfidence.
  float confidence = kNoConfidence;
};

// Of segments of a recording whose channels were not told apart.
inline constexpr int kNoChannel = -1;

struct Segment {
  int id = 0;
  // Index of the channel in Transcript::channels, or kNoChannel.
  int channel = kNoChannel;
  // Position of the decoding window in 10-ms frames, as OpenAI's verbose_json calls it.
  int64_t seek_frames = 0;
  double start_seconds = 0;
  double end_seconds = 0;
  std::string text;  // With its leading space.
  std::vector<int32_t> tokens;
  float temperature = 0;
  float average_log_probability = 0;
  float compression_ratio = 0;
  float no_speech_probability = 0;
  std::vector<Word> words;  // Empty unless word times were asked for.
  std::string language;     // Code; empty: the transcript's.
};

// A span of audio whose text was withheld, and why.
struct DroppedSpan {
  double start_seconds = 0;
  double end_seconds = 0;
  std::string reason;  // "no_speech", ...
  int channel = kNoChannel;
};

// How much of the speech that voice activity heard has a text.
struct SpeechCoverage {
  double speech_seconds = 0;
  double without_text_seconds = 0;  // Of these, outside all segments.
};

struct LanguageProbability {
  std::string code;
  float probability = 0;
};

// One channel of a recording whose channels were transcribed each on its own.
struct Channel {
  std::string name;      // "agent"; for people.
  std::string language;  // As Transcript::language.
  std::vector<LanguageProbability> language_probabilities;
};

struct ModelInfo {
  std::string name;          // As asked for: a registered name or a folder.
  std::string family;        // "whisper"
  std::string digest;        // SHA-256 of the weights, hexadecimal.
  std::string compute_type;  // "int8", "bfloat16", "float32"
  // How word times were aligned: "model" (heads from its configuration), "option", or "upper_half"
  // (all heads of the upper half of the layers, for lack of better); empty without word times.
  std::string alignment_heads;
  std::string voice_activity =
      {};  // Family of the model that found speech: "silero_vad"; or empty.
  // SHA-256, hexadecimal, of what besides the weights decides on text: tokenizer, token rules. Tells
  // whether two runs used the same model; not written out. May be empty.
  std::string rules_digest = {};
};

struct Transcript {
  std::string text;
  std::string task = "transcribe";  // or "translate"
  std::string language;             // Code of the spoken language.
  // Set when the language was detected, most probable first.
  std::vector<LanguageProbability> language_probabilities;
  double duration_seconds = 0;
  // In the order of their starts.
  std::vector<Segment> segments;
  // Empty unless channels were transcribed each on its own.
  std::vector<Channel> channels;
  std::vector<DroppedSpan> dropped;
  std::optional<SpeechCoverage> speech;  // Empty where nothing listened.
  ModelInfo model;
};

}  // namespace ironscribe::transcript
