#include "eval/manifest_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "eval/json_depth.h"
#include "text/languages.h"
#include "text/utf8.h"

namespace ironscribe::eval {
namespace {

using Json = nlohmann::json;

Result<Json> ParseJson(std::string_view text) {
  RETURN_IF_ERROR(CheckJsonDepth(text, kMaxJsonDepth));
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return InvalidArgumentError("not JSON");
  return json;
}

Status ReadString(const Json& object, const char* key, std::string& out) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return OkStatus();
  if (!found->is_string()) return InvalidArgumentError(fmt::format("'{}' is no string", key));
  out = found->get_ref<const std::string&>();
  return OkStatus();
}

Result<double> ReadSeconds(const Json& word, const char* key) {
  const auto found = word.find(key);
  if (found == word.end() || !found->is_number()) {
    return InvalidArgumentError(fmt::format("'{}' is missing or no number", key));
  }
  const auto seconds = found->get<double>();
  if (!(std::isfinite(seconds) && seconds >= 0)) {
    return InvalidArgumentError(fmt::format("'{}' is {}, not a time", key, seconds));
  }
  return seconds;
}

Result<TimedWord> ReadWord(const Json& json) {
  if (!json.is_object()) return InvalidArgumentError("not an object");
  TimedWord word;
  RETURN_IF_ERROR(ReadString(json, "text", word.text));
  RETURN_IF_ERROR(ReadString(json, "word", word.text));
  if (word.text.empty()) return InvalidArgumentError("'word' is missing");
  ASSIGN_OR_RETURN(word.start_seconds, ReadSeconds(json, "start"));
  ASSIGN_OR_RETURN(word.end_seconds, ReadSeconds(json, "end"));
  if (word.end_seconds < word.start_seconds) {
    return InvalidArgumentError(fmt::format("ends at {} s, before it begins at {} s",
                                            word.end_seconds, word.start_seconds));
  }
  return word;
}

Status ReadWords(const Json& json, std::vector<TimedWord>& words) {
  if (json.is_null()) return OkStatus();
  if (!json.is_array()) return InvalidArgumentError("'words' is no array");
  for (const Json& item : json) {
    auto word = ReadWord(item);
    if (!word.ok()) return word.status().Annotate(fmt::format("words[{}]", words.size()));
    if (!words.empty() && word->start_seconds < words.back().start_seconds) {
      return InvalidArgumentError(
          fmt::format("words[{}]: begins at {} s, before the word ahead of it", words.size(),
                      word->start_seconds));
    }
    words.push_back(std::move(word).value());
  }
  return OkStatus();
}

// What one line says, before it is checked.
struct Fields {
  std::string id;
  std::string audio;
  std::string text;
  std::string language;
  std::string speaker;
  std::string rttm;
  std::vector<TimedWord> words;
  bool has_text = false;
};

Status ReadFields(const Json& json, Fields& fields) {
  if (!json.is_object()) return InvalidArgumentError("not a JSON object");
  RETURN_IF_ERROR(ReadString(json, "id", fields.id));
  RETURN_IF_ERROR(ReadString(json, "audio_filepath", fields.audio));
  RETURN_IF_ERROR(ReadString(json, "audio", fields.audio));
  RETURN_IF_ERROR(ReadString(json, "text", fields.text));
  RETURN_IF_ERROR(ReadString(json, "language", fields.language));
  RETURN_IF_ERROR(ReadString(json, "speaker", fields.speaker));
  RETURN_IF_ERROR(ReadString(json, "rttm", fields.rttm));
  const auto text = json.find("text");
  fields.has_text = text != json.end() && text->is_string();
  const auto words = json.find("words");
  return words == json.end() ? OkStatus() : ReadWords(*words, fields.words);
}

// "en" for "English" and "en-GB". What is not known stays as it is: recordings can be grouped by
// it.
std::string LanguageCode(std::string name) {
  const auto* language = text::FindLanguage(name);
  return language == nullptr ? std::move(name) : std::string(language->code);
}

Result<Utterance> MakeUtterance(Fields fields, const LineSource& source) {
  if (fields.audio.empty()) return InvalidArgumentError("'audio' is missing or empty");
  if (!fields.has_text) {
    return InvalidArgumentError("'text' is missing; for a recording without speech give \"\"");
  }
  for (const std::string* name : {&fields.audio, &fields.id, &fields.rttm}) {
    if (name->find('\0') != std::string::npos)
      return InvalidArgumentError("a name holds NUL bytes");
  }
  Utterance utterance;
  utterance.language = LanguageCode(std::move(fields.language));
  // A path that is absolute replaces the folder.
  utterance.audio = source.audio_folder / fields.audio;
  if (!fields.rttm.empty()) utterance.rttm = source.path.parent_path() / fields.rttm;
  utterance.id = fields.id.empty()
                     ? std::filesystem::path(fields.audio).replace_extension().generic_string()
                     : std::move(fields.id);
  utterance.text = std::move(fields.text);
  utterance.speaker = std::move(fields.speaker);
  utterance.words = std::move(fields.words);
  return utterance;
}

Status Keep(Result<Utterance> utterance, const std::string& place, const ManifestOptions& options,
            Manifest& manifest) {
  if (!utterance.ok()) {
    return AddProblem({place, utterance.status().message()}, options, manifest.problems);
  }
  utterance->place = place;
  manifest.utterances.push_back(std::move(utterance).value());
  return OkStatus();
}

std::vector<std::string> Columns(std::string_view line) {
  std::vector<std::string> columns;
  while (true) {
    const size_t end = line.find('\t');
    columns.emplace_back(line.substr(0, end));
    if (end == std::string_view::npos) return columns;
    line.remove_prefix(end + 1);
  }
}

// Which member of Fields a column is. `words` is apart, because it is JSON.
struct ColumnName {
  std::string_view name;
  std::string Fields::*member;
};

constexpr ColumnName kColumnNames[] = {
    {"id", &Fields::id},
    {"audio", &Fields::audio},
    {"audio_filepath", &Fields::audio},
    {"path", &Fields::audio},  // Common Voice's names.
    {"text", &Fields::text},
    {"sentence", &Fields::text},
    {"language", &Fields::language},
    {"locale", &Fields::language},
    {"speaker", &Fields::speaker},
    {"client_id", &Fields::speaker},
    {"rttm", &Fields::rttm},
};

std::string Fields::*MemberOf(std::string_view name) {
  for (const ColumnName& column : kColumnNames) {
    if (column.name == name) return column.member;
  }
  return nullptr;
}

bool IsHeader(const std::vector<std::string>& columns) {
  const auto is_audio = [](const std::string& name) { return MemberOf(name) == &Fields::audio; };
  return std::any_of(columns.begin(), columns.end(), is_audio);
}

Result<Fields> ReadTsvFields(const std::vector<std::string>& header, std::string_view line) {
  std::vector<std::string> columns = Columns(line);
  if (columns.size() != header.size()) {
    return InvalidArgumentError(
        fmt::format("{} columns where {} belong", columns.size(), header.size()));
  }
  Fields fields;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (header[i] == "words" && !columns[i].empty()) {
      auto words = ParseJson(columns[i]);
      if (!words.ok()) return words.status().Annotate("'words'");
      RETURN_IF_ERROR(ReadWords(*words, fields.words));
    } else if (std::string Fields::*const member = MemberOf(header[i]); member != nullptr) {
      fields.has_text = fields.has_text || member == &Fields::text;
      fields.*member = std::move(columns[i]);
    }
  }
  return fields;
}

Status CheckIsText(std::string_view text, const LineSource& source) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) {
    return InvalidArgumentError(
        fmt::format("{}: is UTF-16; save it as UTF-8", source.path.string()));
  }
  return OkStatus();
}

}  // namespace

Status CheckLine(std::string_view line) {
  if (line.size() > kMaxLineBytes) {
    return InvalidArgumentError(
        fmt::format("the line has {} bytes, the limit is {}", line.size(), kMaxLineBytes));
  }
  if (line.find('\0') != std::string_view::npos) {
    return InvalidArgumentError("the line holds NUL bytes; the file is damaged or no text");
  }
  if (!text::IsValidUtf8(line)) return InvalidArgumentError("the line is not UTF-8");
  return OkStatus();
}

Status ReadJsonLines(std::string_view text, const LineSource& source,
                     const ManifestOptions& options, Manifest& manifest) {
  RETURN_IF_ERROR(CheckIsText(text, source));
  const auto read = [&](std::string_view line) -> Result<Utterance> {
    RETURN_IF_ERROR(CheckLine(line));
    ASSIGN_OR_RETURN(const Json json, ParseJson(line));
    Fields fields;
    RETURN_IF_ERROR(ReadFields(json, fields));
    return MakeUtterance(std::move(fields), source);
  };
  return ForEachLine(text, [&](size_t number, std::string_view line) {
    return Keep(read(line), fmt::format("{}:{}", source.path.string(), number), options, manifest);
  });
}

Status ReadTsvLines(std::string_view text, const LineSource& source, const ManifestOptions& options,
                    Manifest& manifest) {
  RETURN_IF_ERROR(CheckIsText(text, source));
  std::vector<std::string> header;
  const auto read = [&](std::string_view line) -> Result<Utterance> {
    RETURN_IF_ERROR(CheckLine(line));
    ASSIGN_OR_RETURN(Fields fields, ReadTsvFields(header, line));
    return MakeUtterance(std::move(fields), source);
  };
  return ForEachLine(text, [&](size_t number, std::string_view line) {
    if (header.empty()) {
      header = Columns(line.substr(0, std::min(line.size(), kMaxLineBytes)));
      if (IsHeader(header)) return OkStatus();
      header = {"audio", "text"};
    }
    return Keep(read(line), fmt::format("{}:{}", source.path.string(), number), options, manifest);
  });
}

}  // namespace ironscribe::eval
