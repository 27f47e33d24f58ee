#include "eval/corpus_folders.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "eval/fields.h"
#include "eval/manifest_lines.h"
#include "io/file.h"

namespace ironscribe::eval {
namespace {

namespace fs = std::filesystem;

bool Exists(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

// Calls line(place, key, rest) for each line "KEY REST" of a file; broken ones become problems.
template <typename Line>
Status ForEachEntry(const fs::path& path, const ManifestOptions& options, Manifest& manifest,
                    const Line& line) {
  ASSIGN_OR_RETURN(const std::string text, io::ReadFile(path, kMaxManifestBytes));
  return ForEachLine(text, [&](size_t number, std::string_view content) {
    const std::string place = fmt::format("{}:{}", path.string(), number);
    Status status = CheckLine(content);
    if (status.ok()) {
      const auto fields = SplitFields(content, 2);
      if (fields.empty()) return OkStatus();
      status = line(place, std::string(fields[0]),
                    fields.size() > 1 ? std::string(fields[1]) : std::string());
    }
    if (status.ok()) return OkStatus();
    return AddProblem({place, status.message()}, options, manifest.problems);
  });
}

// LibriSpeech: the recording's format is whatever lies there.
fs::path RecordingBeside(const fs::path& folder, const std::string& id) {
  for (const char* extension : {".flac", ".wav", ".mp3", ".ogg", ".opus"}) {
    if (fs::path path = folder / (id + extension); Exists(path)) return path;
  }
  return folder / (id + ".flac");
}

Status ReadLibriSpeech(const std::vector<fs::path>& lists, const ManifestOptions& options,
                       Manifest& manifest) {
  for (const fs::path& list : lists) {
    RETURN_IF_ERROR(
        ForEachEntry(list, options, manifest,
                     [&](const std::string& place, std::string id, std::string text) -> Status {
                       Utterance utterance;
                       utterance.audio = RecordingBeside(list.parent_path(), id);
                       utterance.speaker = id.substr(0, id.find('-'));
                       utterance.id = std::move(id);
                       utterance.text = std::move(text);
                       utterance.place = place;
                       manifest.utterances.push_back(std::move(utterance));
                       return OkStatus();
                     }));
  }
  return OkStatus();
}

std::vector<fs::path> TranscriptLists(const fs::path& folder) {
  std::vector<fs::path> lists;
  std::error_code error;
  fs::recursive_directory_iterator entries(folder, fs::directory_options::skip_permission_denied,
                                           error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    if (entries->path().filename().string().ends_with(".trans.txt")) {
      lists.push_back(entries->path());
    }
  }
  std::sort(lists.begin(), lists.end());
  return lists;
}

// The table of Common Voice to take; empty when there is none.
Result<fs::path> CommonVoiceTable(const fs::path& folder) {
  if (!Exists(folder / "clips")) return fs::path();
  if (Exists(folder / "test.tsv")) return folder / "test.tsv";
  std::vector<fs::path> found;
  for (const char* name : {"dev.tsv", "train.tsv", "validated.tsv"}) {
    if (Exists(folder / name)) found.push_back(folder / name);
  }
  if (found.size() == 1) return found[0];
  if (found.empty()) return fs::path();
  return InvalidArgumentError(fmt::format(
      "{}: has several tables and no test.tsv; name one of them instead", folder.string()));
}

// One Kaldi folder while its files are read.
class KaldiFolder {
 public:
  KaldiFolder(fs::path folder, const ManifestOptions& options, Manifest& manifest)
      : folder_(std::move(folder)), options_(options), manifest_(manifest) {}

  Status Read() {
    RETURN_IF_ERROR(ReadRecordings());
    if (Exists(folder_ / "utt2spk")) RETURN_IF_ERROR(ReadMap("utt2spk", speakers_));
    const bool has_segments = Exists(folder_ / "segments");
    if (has_segments) RETURN_IF_ERROR(ReadSegments());
    return ForEachEntry(folder_ / "text", options_, manifest_,
                        [&](const std::string& place, std::string id, std::string text) {
                          return AddUtterance(place, std::move(id), std::move(text), has_segments);
                        });
  }

 private:
  struct Segment {
    std::string recording;
    AudioSpan span;
    std::string place;
  };

  Status ReadMap(const char* name, std::map<std::string, std::string>& values) {
    return ForEachEntry(folder_ / name, options_, manifest_,
                        [&](const std::string&, std::string key, std::string value) -> Status {
                          if (value.empty()) return InvalidArgumentError("the value is missing");
                          values[std::move(key)] = std::move(value);
                          return OkStatus();
                        });
  }

  Status ReadRecordings() {
    return ForEachEntry(
        folder_ / "wav.scp", options_, manifest_,
        [&](const std::string&, std::string key, std::string value) -> Status {
          if (value.empty()) return InvalidArgumentError("the recording's path is missing");
          if (value.ends_with('|')) {
            return InvalidArgumentError(
                "the recording is a command; commands are not run, write its output to a file");
          }
          recordings_[std::move(key)] = std::move(value);
          return OkStatus();
        });
  }

  Status ReadSegments() {
    return ForEachEntry(
        folder_ / "segments", options_, manifest_,
        [&](const std::string& place, std::string key, const std::string& value) -> Status {
          const auto fields = SplitFields(value);
          const auto start = fields.size() == 3 ? ParseDecimal(fields[1]) : std::nullopt;
          const auto end = fields.size() == 3 ? ParseDecimal(fields[2]) : std::nullopt;
          if (!start.has_value() || !end.has_value() || *start < 0 || *end <= *start) {
            return InvalidArgumentError("not 'UTTERANCE RECORDING START END' in seconds");
          }
          segments_[std::move(key)] = {std::string(fields[0]), {*start, *end}, place};
          return OkStatus();
        });
  }

  Status AddUtterance(const std::string& place, std::string id, std::string text,
                      bool has_segments) {
    Utterance utterance;
    std::string recording = id;
    if (has_segments) {
      const auto segment = segments_.find(id);
      if (segment == segments_.end()) {
        return InvalidArgumentError(fmt::format("'{}' is not in 'segments'", id));
      }
      recording = segment->second.recording;
      utterance.span = segment->second.span;
      utterance.span_place = segment->second.place;
    }
    const auto found = recordings_.find(recording);
    if (found == recordings_.end()) {
      return InvalidArgumentError(fmt::format("'{}' is not in 'wav.scp'", recording));
    }
    utterance.audio = Place(found->second);
    if (const auto speaker = speakers_.find(id); speaker != speakers_.end()) {
      utterance.speaker = speaker->second;
    }
    utterance.id = std::move(id);
    utterance.text = std::move(text);
    utterance.place = place;
    manifest_.utterances.push_back(std::move(utterance));
    return OkStatus();
  }

  // Kaldi's paths are relative to where its scripts run; those beside the folder win.
  fs::path Place(const std::string& path) const {
    const fs::path beside = folder_ / path;
    return Exists(beside) || !Exists(path) ? beside : fs::path(path);
  }

  const fs::path folder_;
  const ManifestOptions& options_;
  Manifest& manifest_;
  std::map<std::string, std::string> recordings_;
  std::map<std::string, std::string> speakers_;
  std::map<std::string, Segment> segments_;
};

}  // namespace

Status ReadCorpusFolder(const fs::path& folder, const ManifestOptions& options,
                        Manifest& manifest) {
  if (Exists(folder / "wav.scp") && Exists(folder / "text")) {
    return KaldiFolder(folder, options, manifest).Read();
  }
  ASSIGN_OR_RETURN(const fs::path table, CommonVoiceTable(folder));
  if (!table.empty()) {
    ASSIGN_OR_RETURN(const std::string text, io::ReadFile(table, kMaxManifestBytes));
    return ReadTsvLines(text, {.path = table, .audio_folder = folder / "clips"}, options, manifest);
  }
  const std::vector<fs::path> lists = TranscriptLists(folder);
  if (!lists.empty()) return ReadLibriSpeech(lists, options, manifest);
  return InvalidArgumentError(fmt::format(
      "{}: no corpus; a folder has wav.scp and text (Kaldi), clips and test.tsv (Common Voice) or "
      "*.trans.txt (LibriSpeech)",
      folder.string()));
}

}  // namespace ironscribe::eval
