// The material of an evaluation: recordings with what is said in them. Plain values.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "eval/problem.h"

namespace ironscribe::eval {

struct TimedWord {
  std::string text;
  double start_seconds = 0;
  double end_seconds = 0;
};

struct SpeakerTurn {
  std::string speaker;
  double start_seconds = 0;
  double end_seconds = 0;
};

// Part of a recording.
struct AudioSpan {
  double start_seconds = 0;
  double end_seconds = 0;
};

struct Utterance {
  std::string id = {};  // Unique; hypotheses are found by it, or by the name of the recording.
  std::filesystem::path audio = {};
  std::optional<AudioSpan> span = {};  // Only this part of the recording.
  std::string span_place = {};         // Where that stands.
  std::string text = {};               // As written; UTF-8. Empty: nothing is said.
  std::string language = {};           // Code; may be empty.
  std::string speaker = {};            // May be empty.
  std::vector<TimedWord> words = {};   // Empty: times are not known.
  std::filesystem::path rttm = {};     // Empty: none.
  std::vector<SpeakerTurn> turns = {};
  std::string place = {};  // Where it stands, for messages.
};

struct Manifest {
  std::vector<Utterance> utterances;
  std::vector<Problem> problems;
};

struct ManifestOptions {
  bool strict = false;  // The first error ends it.
};

// Reads a manifest file (see manifest_lines.h) or a folder (see corpus_folders.h), and the RTTM
// files it names. Whether recordings exist is for CheckAudio. Errors: NotFound and others of
// reading; InvalidArgument for what is no manifest, for one without a usable line, and with
// `strict` for the first error.
Result<Manifest> ReadManifest(const std::filesystem::path& path, const ManifestOptions& options);

// Adds `problem`; with `strict` an error comes back instead.
Status AddProblem(Problem problem, const ManifestOptions& options, std::vector<Problem>& problems);

// Drops utterances whose recording does not exist, with a problem for each. Errors: with `strict`.
Status CheckAudio(const ManifestOptions& options, Manifest& manifest);

// Takes away what does not fit into a recording of this length, words or turns that end behind it,
// and says so; nothing when all is well. A tenth of a second is allowed for rounding.
std::vector<Problem> DropTimesOutside(double duration_seconds, Utterance& utterance);

// What is wrong with the part of a recording of this length that is to be recognised: it ends
// behind the recording (a note, the rest of it counts), or begins there (an error, nothing is left
// of it).
std::optional<Problem> SpanOutside(double duration_seconds, const Utterance& utterance);

}  // namespace ironscribe::eval
