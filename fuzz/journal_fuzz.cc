// What an interrupted run left; the first byte picks what of it is hostile: the file, its records,
// or the results in them.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "engine/resume_journal.h"
#include "models/whisper/window_policy_results.h"

namespace {

using namespace ironscribe;

constexpr std::string_view kMagic = "IRSJRNL1";
const engine::ResumeScope kScope = {"1", "model", "options", "recording"};

// One for the process, in memory if TMPDIR is.
const std::filesystem::path& JournalPath() {
  static const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("journal_fuzz-" + std::to_string(::getpid()));
  return path;
}

void WriteJournal(std::string_view bytes) {
  std::ofstream(JournalPath(), std::ios::binary | std::ios::trunc) << kMagic << bytes;
}

void Require(bool holds) {
  if (!holds) std::abort();
}

// Twice: what is cut off at first is not there again.
void OpenJournal() {
  for (int round = 0; round < 2; ++round) {
    const auto journal = engine::ResumeJournal::Open(JournalPath(), kScope);
    Require(journal.ok());
    Require((*journal)->resumed_seconds() >= 0 && (*journal)->resumed_seconds() <= 1e9);
    (void)(*journal)->Find(std::string(64, 'a'));
    (*journal)->Keep(std::string(64, 'b'), "result");
    Require((*journal)->status().ok());
  }
  const auto journal = engine::ResumeJournal::Open(JournalPath(), kScope);
  Require(journal.ok() && (*journal)->Find(std::string(64, 'b')) == "result");
}

// Each after its length in two bytes, with checksums that are right.
void AppendRecords(std::string_view rest) {
  const auto journal = io::Journal::Open(JournalPath(), [](std::string_view) { return true; });
  Require(journal.ok());
  while (rest.size() >= 2) {
    const size_t length = static_cast<uint8_t>(rest[0]) | (static_cast<uint8_t>(rest[1]) << 8);
    rest.remove_prefix(2);
    const std::string_view record = rest.substr(0, length);
    rest.remove_prefix(record.size());
    Require((*journal)->Append(record).ok());
  }
}

void ReadResults(std::string_view bytes) {
  namespace whisper = models::whisper;
  constexpr int kVocabulary = 1000;
  constexpr int kMaxTokens = 50;
  const std::vector<whisper::TokenId> start = {900, 901};
  const std::vector<whisper::TokenId> text = {1, 2, 3, 4};
  const whisper::AlignmentInput input = {.start_sequence = start,
                                         .text_tokens = text,
                                         .language = "en",
                                         .segment_frames = 500,
                                         .frames_per_position = 2,
                                         .loudness = {},
                                         .segment_tokens = {}};
  if (const auto decoded = whisper::ReadAttempt(bytes, kVocabulary, kMaxTokens)) {
    Require(whisper::WriteAttempt(*decoded) == bytes);
    Require(decoded->tokens.size() <= kMaxTokens);
  }
  if (const auto words = whisper::ReadWords(bytes, input)) {
    Require(whisper::WriteWords(*words) == bytes);
    for (const whisper::AlignedWord& word : words->heard) Require(word.end_seconds <= 5.001);
  }
  if (const auto languages = whisper::ReadLanguages(bytes, 3)) Require(languages->size() == 3);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      WriteJournal(rest);
      OpenJournal();
      break;
    case 1:
      WriteJournal("");
      // Of the same scope, or whatever it likes.
      if (data[0] & 4) (void)engine::ResumeJournal::Open(JournalPath(), kScope).ok();
      AppendRecords(rest);
      OpenJournal();
      break;
    default:
      ReadResults(rest);
  }
  return 0;
}
