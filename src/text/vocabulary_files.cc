#include "text/vocabulary_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "io/file.h"

namespace ironscribe::text {
namespace {

namespace fs = std::filesystem;

// Far above any vocabulary in use: large-v3's tokenizer.json has under 4 MB.
constexpr uint64_t kMaxFileBytes = 64 << 20;

bool Exists(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

using Parser = Result<ParsedVocabulary> (*)(const VocabularyText& text, int max_tokens);

Result<ParsedVocabulary> ReadAndParse(const fs::path& path, Parser parser, int max_tokens) {
  ASSIGN_OR_RETURN(const std::string bytes, io::ReadFile(path, kMaxFileBytes));
  return parser({path.native(), bytes}, max_tokens);
}

Result<ParsedVocabulary> ReadVocabAndMerges(const fs::path& folder, int max_tokens) {
  const fs::path vocab_path = folder / "vocab.json";
  const fs::path merges_path = folder / "merges.txt";
  const fs::path added_path = folder / "added_tokens.json";
  ASSIGN_OR_RETURN(const std::string vocab, io::ReadFile(vocab_path, kMaxFileBytes));
  ASSIGN_OR_RETURN(const std::string merges, io::ReadFile(merges_path, kMaxFileBytes));
  std::string added;
  if (Exists(added_path)) {
    ASSIGN_OR_RETURN(added, io::ReadFile(added_path, kMaxFileBytes));
  }
  return ParseVocabJson({vocab_path.native(), vocab}, {merges_path.native(), merges},
                        {added_path.native(), added}, max_tokens);
}

// The only .tiktoken file, or of OpenAI's pair the one for this vocabulary.
Result<ParsedVocabulary> ReadTiktoken(const fs::path& folder, int max_tokens) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".tiktoken") paths.push_back(it->path());
  }
  std::sort(paths.begin(), paths.end());
  if (paths.empty()) {
    return NotFoundError(fmt::format(
        "{} has no tokenizer: looked for tokenizer.json, vocab.json with merges.txt, "
        "vocabulary.json, vocabulary.txt and *.tiktoken; copy the one that came with the model",
        folder.native()));
  }
  if (paths.size() > 1) {
    // Named as in openai/whisper's assets; 51864 rows mean English-only (GPT-2's vocabulary).
    const std::string wanted = max_tokens == 51864 ? "gpt2.tiktoken" : "multilingual.tiktoken";
    for (const fs::path& path : paths) {
      if (path.filename() == wanted) return ReadAndParse(path, ParseTiktoken, max_tokens);
    }
  }
  return ReadAndParse(paths.front(), ParseTiktoken, max_tokens);
}

}  // namespace

Result<ParsedVocabulary> ReadVocabularyFolder(const fs::path& folder, int max_tokens) {
  if (Exists(folder / "tokenizer.json")) {
    return ReadAndParse(folder / "tokenizer.json", ParseTokenizerJson, max_tokens);
  }
  if (Exists(folder / "vocab.json") && Exists(folder / "merges.txt")) {
    return ReadVocabAndMerges(folder, max_tokens);
  }
  if (Exists(folder / "vocabulary.json")) {
    return ReadAndParse(folder / "vocabulary.json", ParseVocabularyJson, max_tokens);
  }
  if (Exists(folder / "vocabulary.txt")) {
    return ReadAndParse(folder / "vocabulary.txt", ParseVocabularyTxt, max_tokens);
  }
  return ReadTiktoken(folder, max_tokens);
}

}  // namespace ironscribe::text
