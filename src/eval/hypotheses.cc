#include "eval/hypotheses.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "eval/hypothesis_formats.h"
#include "io/file.h"
#include "transcript/json_reader.h"

namespace ironscribe::eval {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxFileBytes = transcript::kMaxJsonBytes;

// In a folder the richer format of a name wins.
constexpr std::array<std::string_view, 5> kFolderExtensions = {".json", ".ctm", ".stm", ".trn",
                                                               ".txt"};

// Several names of one file belong to whoever is asked for; those of ctm and stm are inside.
void ReadInto(const fs::path& path, const std::string& name, HypothesisSet& set) {
  const std::string place = path.string();
  const std::string extension = path.extension().string();
  auto text = io::ReadFile(path, kMaxFileBytes);
  if (!text.ok()) {
    set.problems.push_back({place, text.status().message()});
  } else if (extension == ".ctm") {
    ReadCtm(*text, place, set);
  } else if (extension == ".stm") {
    ReadStm(*text, place, set);
  } else if (extension == ".trn") {
    ReadTrn(*text, place, set);
  } else if (extension == ".json") {
    auto hypothesis = ReadHypothesisJson(*text, place);
    if (hypothesis.ok()) {
      set.by_name[name] = std::move(hypothesis).value();
    } else {
      set.problems.push_back({place, hypothesis.status().message()});
    }
  } else {
    // Bytes that are no text are told of nowhere better than in the error rate.
    set.by_name[name].text = std::move(text).value();
  }
}

// Every file with a known extension, by its path without it, sub-folders included.
std::map<std::string, fs::path> FilesByName(const fs::path& folder) {
  std::map<std::string, fs::path> files;
  for (const std::string_view extension : kFolderExtensions) {
    std::error_code error;
    fs::recursive_directory_iterator entries(folder, fs::directory_options::skip_permission_denied,
                                             error);
    for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
      const fs::path& path = entries->path();
      if (path.extension() != extension || path.filename().string().starts_with('.')) continue;
      std::error_code type_error;
      if (!entries->is_regular_file(type_error)) continue;
      files.emplace(fs::path(path).replace_extension().lexically_relative(folder).generic_string(),
                    path);
    }
  }
  return files;
}

void NameLastParts(HypothesisSet& set) {
  std::map<std::string, int> uses;
  const auto last_part = [](const std::string& name) { return fs::path(name).filename().string(); };
  for (const auto& entry : set.by_name) ++uses[last_part(entry.first)];
  for (const auto& entry : set.by_name) {
    const std::string part = last_part(entry.first);
    if (uses[part] == 1) set.by_last_part.emplace(part, entry.first);
  }
}

void ReadFileOfMany(const fs::path& path, HypothesisSet& set) {
  const std::string extension = path.extension().string();
  if (std::find(kFolderExtensions.begin(), kFolderExtensions.end() - 1, extension) !=
      kFolderExtensions.end() - 1) {
    ReadInto(path, path.stem().string(), set);
    return;
  }
  const auto text = io::ReadFile(path, kMaxFileBytes);
  if (!text.ok()) {
    set.problems.push_back({path.string(), text.status().message()});
  } else if (extension == ".jsonl" || extension == ".ndjson") {
    ReadHypothesisLines(*text, path.string(), set);
  } else {
    ReadNamedLines(*text, path.string(), set);
  }
}

}  // namespace

Hypothesis FromTranscript(const transcript::Transcript& transcript) {
  Hypothesis hypothesis;
  hypothesis.text = transcript.text;
  hypothesis.duration_seconds = transcript.duration_seconds;
  for (const transcript::Segment& segment : transcript.segments) {
    for (const transcript::Word& word : segment.words) {
      hypothesis.words.push_back({word.text, word.start_seconds, word.end_seconds,
                                  word.confidence >= 0 ? word.confidence : word.probability});
    }
  }
  return hypothesis;
}

Result<HypothesisSet> ReadHypotheses(const fs::path& path) {
  HypothesisSet set;
  std::error_code error;
  if (fs::is_directory(path, error)) {
    for (const auto& [name, file] : FilesByName(path)) ReadInto(file, name, set);
    NameLastParts(set);
  } else {
    ReadFileOfMany(path, set);
  }
  if (set.by_name.empty()) {
    return InvalidArgumentError(
        set.problems.empty()
            ? fmt::format("{}: no hypotheses; a folder holds NAME.json, .ctm, .stm, .trn or .txt",
                          path.string())
            : fmt::format("{}: no hypotheses; the first problem: {}: {}", path.string(),
                          set.problems[0].place, set.problems[0].message));
  }
  return set;
}

const Hypothesis* FindHypothesis(const HypothesisSet& set, const Utterance& utterance) {
  // A segment of a recording is not its whole text.
  std::vector<std::string> names = {utterance.id, fs::path(utterance.id).filename().string()};
  if (!utterance.span.has_value()) {
    names.push_back(utterance.audio.filename().string());
    names.push_back(utterance.audio.stem().string());
  }
  for (const std::string& name : names) {
    if (const auto found = set.by_name.find(name); found != set.by_name.end()) {
      return &found->second;
    }
    if (const auto found = set.by_last_part.find(name); found != set.by_last_part.end()) {
      return &set.by_name.find(found->second)->second;
    }
  }
  return nullptr;
}

}  // namespace ironscribe::eval
