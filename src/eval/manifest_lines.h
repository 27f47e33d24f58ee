// Manifests with one recording a line. JSONL:
//
//   {"audio": "a.flac", "text": "hello there", "language": "en", "speaker": "ann", "id": "a",
//    "words": [{"word": "hello", "start": 0.1, "end": 0.4}, ...], "rttm": "a.rttm"}
//
// where all but audio ("audio_filepath" as in NeMo also does) and text may be missing; or TSV with
// the same names in the first line, "words" as JSON. Common Voice's names (path, sentence,
// client_id, locale) are understood; without a line of names the columns are audio and text. Paths
// are relative to the file. The bytes are hostile.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/status.h"
#include "eval/manifest.h"

namespace ironscribe::eval {

// Longer lines are refused: ten hours of speech with word times take about 6 MB.
inline constexpr size_t kMaxLineBytes = size_t{32} << 20;
// No line nests deeper than words[] do.
inline constexpr int kMaxJsonDepth = 8;

// Where the manifest lies, and where the recordings do if not beside it.
struct LineSource {
  std::filesystem::path path;
  std::filesystem::path audio_folder;
};

// Adds to `manifest`. Lines that are broken become problems "PATH:LINE". Errors: InvalidArgument
// for a file that is no text (UTF-16 included), and with `strict` for the first broken line.
Status ReadJsonLines(std::string_view text, const LineSource& source,
                     const ManifestOptions& options, Manifest& manifest);
Status ReadTsvLines(std::string_view text, const LineSource& source, const ManifestOptions& options,
                    Manifest& manifest);

// Calls line(number, text) for each line, from 1, without its end (\n or \r\n) and the mark of
// UTF-8 at the file's beginning; stops at the first error. Empty lines are left out.
template <typename Line>
Status ForEachLine(std::string_view text, const Line& line) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  size_t number = 0;
  while (!text.empty()) {
    ++number;
    const size_t end = text.find('\n');
    std::string_view one = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (one.ends_with('\r')) one.remove_suffix(1);
    if (one.empty()) continue;
    RETURN_IF_ERROR(line(number, one));
  }
  return OkStatus();
}

// Refuses what no line of text may be: too long, NUL bytes, malformed UTF-8.
Status CheckLine(std::string_view line);

}  // namespace ironscribe::eval
