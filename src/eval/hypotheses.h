// What a system wrote, from files of any system or from transcripts.
#pragma once

#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "eval/manifest.h"
#include "eval/problem.h"
#include "transcript/transcript.h"

namespace ironscribe::eval {

struct HypothesisWord {
  std::string text;
  // NaN where the file does not tell.
  double start_seconds = std::numeric_limits<double>::quiet_NaN();
  double end_seconds = std::numeric_limits<double>::quiet_NaN();
  float probability = std::numeric_limits<float>::quiet_NaN();
};

struct Hypothesis {
  std::string text;
  std::vector<HypothesisWord> words;  // Empty unless the file has single words.
  double duration_seconds = 0;        // Of the recording; 0 when not known.
};

Hypothesis FromTranscript(const transcript::Transcript& transcript);

// By the names in the files.
struct HypothesisSet {
  std::map<std::string, Hypothesis, std::less<>> by_name;
  // Last parts of names with folders in front, where only one name has them.
  std::map<std::string, std::string, std::less<>> by_last_part;
  std::vector<Problem> problems;  // Files and lines that could not be read.
};

// A folder, in which NAME.json, NAME.ctm, NAME.stm or NAME.txt (the first that is there) belongs to
// NAME, at any depth; or one file: .ctm and .stm of NIST, .trn ("text (name)"), .jsonl with id and
// text, else lines "name text" as Kaldi has them. Json is that of `transcribe`, or any other
// object with "text" or with "segments" that have one (openai-whisper, faster-whisper). The bytes
// are hostile. Errors: those of reading; InvalidArgument when nothing could be read.
Result<HypothesisSet> ReadHypotheses(const std::filesystem::path& path);

// The one that belongs to the utterance: named as its id, its recording, or the last part of
// either. Null when there is none.
const Hypothesis* FindHypothesis(const HypothesisSet& set, const Utterance& utterance);

}  // namespace ironscribe::eval
