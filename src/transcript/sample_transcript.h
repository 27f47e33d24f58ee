// Transcripts for the tests of this folder: with every member filled, with channels, with none.
#pragma once

#include "transcript/transcript.h"

namespace ironscribe::transcript {

inline Transcript FullTranscript() {
  Transcript transcript;
  transcript.text = " Ask \"not\"\n\u2028 \U0001F600.";
  transcript.task = "translate";
  transcript.language = "de";
  transcript.language_probabilities = {{"de", 0.75f}, {"haw", 0.25f}};
  transcript.duration_seconds = 11.5;
  Segment segment;
  segment.id = 3;
  segment.seek_frames = 3000;
  segment.start_seconds = 0.25;
  segment.end_seconds = 7.125;
  segment.text = transcript.text;
  segment.tokens = {50363, 0, 407};
  segment.temperature = 0.5f;
  segment.average_log_probability = -0.25f;
  segment.compression_ratio = 1.5f;
  segment.no_speech_probability = 0.125f;
  segment.words = {{" Ask", 0.25, 0.5, 0.875f, 0.75f}, {" \"not\"", 0.5, 7.125, 1.0f}};
  transcript.segments = {segment, Segment{}};
  transcript.dropped = {{8, 11.5, "no_speech"}};
  transcript.speech = {.speech_seconds = 6.5, .without_text_seconds = 0.25};
  transcript.model = {"tiny.en", "whisper", std::string(64, 'a'), "int8", "model"};
  return transcript;
}

// The same of a call whose channels were transcribed each on its own.
inline Transcript ChannelTranscript() {
  Transcript transcript = FullTranscript();
  transcript.segments[0].channel = 1;
  transcript.segments[1].channel = 0;
  transcript.dropped[0].channel = 0;
  transcript.channels = {{"agent", "en", {}}, {"customer", "de", {{"de", 0.75f}}}};
  return transcript;
}

// As the recogniser gives it for a recording without speech.
inline Transcript EmptyTranscript() {
  Transcript transcript;
  transcript.model = {"tiny.en", "whisper", std::string(64, '0'), "float32", ""};
  return transcript;
}

}  // namespace ironscribe::transcript
