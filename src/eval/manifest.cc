#include "eval/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "eval/corpus_folders.h"
#include "eval/manifest_lines.h"
#include "eval/rttm.h"
#include "io/file.h"
#include "text/languages.h"

namespace ironscribe::eval {
namespace {

namespace fs = std::filesystem;

// Times are often rounded to two decimals, and recordings end a frame early or late.
constexpr double kTimeToleranceSeconds = 0.1;
// An RTTM of a whole corpus has a few megabytes.
constexpr uint64_t kMaxRttmBytes = uint64_t{256} << 20;

bool IsJsonLines(const fs::path& path, std::string_view text) {
  const std::string extension = path.extension().string();
  if (extension == ".tsv") return false;
  if (extension == ".jsonl" || extension == ".ndjson") return true;
  const size_t first = text.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  return first != std::string_view::npos && text[first] == '{';
}

// Where the recordings of a table of Common Voice lie: in clips beside it.
fs::path AudioFolder(const fs::path& path, std::string_view text) {
  std::error_code error;
  const fs::path clips = path.parent_path() / "clips";
  const bool is_common_voice = text.substr(0, text.find('\n')).starts_with("client_id\tpath\t");
  return is_common_voice && fs::is_directory(clips, error) ? clips : path.parent_path();
}

Status ReadManifestFile(const fs::path& path, const ManifestOptions& options, Manifest& manifest) {
  ASSIGN_OR_RETURN(const std::string text, io::ReadFile(path, kMaxManifestBytes));
  const LineSource source{.path = path, .audio_folder = AudioFolder(path, text)};
  return IsJsonLines(path, text) ? ReadJsonLines(text, source, options, manifest)
                                 : ReadTsvLines(text, source, options, manifest);
}

// Ids and recordings' names lead to hypotheses, so that they must be unique.
Status DropRepeated(const ManifestOptions& options, Manifest& manifest) {
  std::map<std::string, std::string> first_places;
  std::vector<Utterance> kept;
  for (Utterance& utterance : manifest.utterances) {
    const auto [found, is_new] = first_places.emplace(utterance.id, utterance.place);
    if (is_new) {
      kept.push_back(std::move(utterance));
      continue;
    }
    RETURN_IF_ERROR(AddProblem(
        {utterance.place, fmt::format("the id '{}' is taken by {}", utterance.id, found->second)},
        options, manifest.problems));
  }
  manifest.utterances = std::move(kept);
  return OkStatus();
}

Status ReadTurns(const ManifestOptions& options, Manifest& manifest) {
  std::map<fs::path, Result<std::string>> texts;  // Often one file for many recordings.
  for (Utterance& utterance : manifest.utterances) {
    if (utterance.rttm.empty()) continue;
    auto found = texts.find(utterance.rttm);
    if (found == texts.end()) {
      found = texts.emplace(utterance.rttm, io::ReadFile(utterance.rttm, kMaxRttmBytes)).first;
    }
    Status status = found->second.status();
    if (status.ok()) {
      auto turns =
          ReadRttm(*found->second, utterance.rttm.string(), utterance.audio.stem().string());
      status = turns.status();
      if (turns.ok()) {
        utterance.turns = std::move(turns->turns);
        if (!turns->note.empty()) {
          manifest.problems.push_back({utterance.place, turns->note, /*is_error=*/false});
        }
      }
    }
    if (status.ok()) continue;
    // Words can be counted without it.
    RETURN_IF_ERROR(AddProblem({utterance.place, "the RTTM is left out: " + status.message(),
                                /*is_error=*/options.strict},
                               options, manifest.problems));
  }
  return OkStatus();
}

void NoteEmptyReferences(Manifest& manifest) {
  size_t count = 0;
  const std::string* first = nullptr;
  for (const Utterance& utterance : manifest.utterances) {
    if (utterance.text.find_first_not_of(" \t\r\n") != std::string::npos) continue;
    if (count++ == 0) first = &utterance.place;
  }
  if (count == 0) return;
  manifest.problems.push_back(
      {*first,
       fmt::format("{} reference{} empty (this is the first); all that was written there counts as "
                   "insertions",
                   count, count == 1 ? " is" : "s are"),
       /*is_error=*/false});
}

// A label may be one that recordings are grouped by, but more often it is misspelt.
Status NoteUnknownLanguages(const ManifestOptions& options, Manifest& manifest) {
  struct Label {
    std::string place;  // Of the first.
    size_t count = 0;
  };
  std::map<std::string, Label> labels;
  for (const Utterance& utterance : manifest.utterances) {
    const std::string& name = utterance.language;
    if (name.empty() || text::FindLanguage(name) != nullptr) continue;
    Label& label = labels.emplace(name, Label{utterance.place, 0}).first->second;
    ++label.count;
  }
  for (const auto& [name, label] : labels) {
    const std::string lines =
        label.count == 1 ? "" : fmt::format(" (this and {} more lines)", label.count - 1);
    RETURN_IF_ERROR(AddProblem(
        {label.place,
         fmt::format("the language '{}' is not known{}; recordings are grouped by it, but "
                     "recognised as without a label",
                     name, lines),
         /*is_error=*/options.strict},
        options, manifest.problems));
  }
  return OkStatus();
}

}  // namespace

Status AddProblem(Problem problem, const ManifestOptions& options, std::vector<Problem>& problems) {
  if (options.strict && problem.is_error) {
    return InvalidArgumentError(fmt::format("{}: {}", problem.place, problem.message));
  }
  problems.push_back(std::move(problem));
  return OkStatus();
}

Result<Manifest> ReadManifest(const fs::path& path, const ManifestOptions& options) {
  Manifest manifest;
  std::error_code error;
  RETURN_IF_ERROR(fs::is_directory(path, error) ? ReadCorpusFolder(path, options, manifest)
                                                : ReadManifestFile(path, options, manifest));
  RETURN_IF_ERROR(DropRepeated(options, manifest));
  if (manifest.utterances.empty()) {
    const std::string why = manifest.problems.empty() ? "it is empty"
                                                      : fmt::format("the first problem: {}: {}",
                                                                    manifest.problems[0].place,
                                                                    manifest.problems[0].message);
    return InvalidArgumentError(fmt::format("{}: no usable recording; {}", path.string(), why));
  }
  RETURN_IF_ERROR(NoteUnknownLanguages(options, manifest));
  RETURN_IF_ERROR(ReadTurns(options, manifest));
  NoteEmptyReferences(manifest);
  return manifest;
}

Status CheckAudio(const ManifestOptions& options, Manifest& manifest) {
  std::vector<Utterance> kept;
  for (Utterance& utterance : manifest.utterances) {
    std::error_code error;
    if (fs::exists(utterance.audio, error)) {
      kept.push_back(std::move(utterance));
      continue;
    }
    RETURN_IF_ERROR(AddProblem({utterance.place, fmt::format("the recording '{}' does not exist",
                                                             utterance.audio.string())},
                               options, manifest.problems));
  }
  manifest.utterances = std::move(kept);
  return OkStatus();
}

std::vector<Problem> DropTimesOutside(double duration_seconds, Utterance& utterance) {
  std::vector<Problem> problems;
  const auto ends_outside = [&](const auto& timed) {
    return timed.end_seconds > duration_seconds + kTimeToleranceSeconds;
  };
  const auto add = [&](const std::string& what, double seconds, std::string_view left_out) {
    problems.push_back(
        {utterance.place,
         fmt::format("{} at {:.10g} s, but the recording ends at {:.2f} s; {} left out", what,
                     seconds, duration_seconds, left_out),
         /*is_error=*/false});
  };
  const auto word = std::find_if(utterance.words.begin(), utterance.words.end(), ends_outside);
  if (word != utterance.words.end()) {
    add(fmt::format("words[{}] ends", word - utterance.words.begin()), word->end_seconds,
        "its word times are");
    utterance.words.clear();
  }
  const auto turn = std::find_if(utterance.turns.begin(), utterance.turns.end(), ends_outside);
  if (turn != utterance.turns.end()) {
    add(fmt::format("a turn of '{}' ends", utterance.rttm.string()), turn->end_seconds,
        "its turns are");
    utterance.turns.clear();
  }
  return problems;
}

std::optional<Problem> SpanOutside(double duration_seconds, const Utterance& utterance) {
  if (!utterance.span.has_value()) return std::nullopt;
  const AudioSpan& span = *utterance.span;
  if (span.end_seconds <= duration_seconds + kTimeToleranceSeconds) return std::nullopt;
  const std::string where =
      fmt::format("'{}' is {:.10g} to {:.10g} s of '{}', which ends at {:.2f} s", utterance.id,
                  span.start_seconds, span.end_seconds, utterance.audio.string(), duration_seconds);
  const bool is_empty = span.start_seconds >= duration_seconds + kTimeToleranceSeconds;
  return Problem{utterance.span_place,
                 where + (is_empty ? "" : "; what is behind the end counts as silence"), is_empty};
}

}  // namespace ironscribe::eval
