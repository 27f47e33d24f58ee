#include "text/golden_tables.h"

#include <charconv>
#include <fstream>
#include <iterator>

#include "text/vocabulary_formats.h"

namespace ironscribe::text {
namespace {

namespace fs = std::filesystem;

std::string ReadWhole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

fs::path TestdataFolder() { return fs::path(IRONSCRIBE_SOURCE_DIR) / "src/text/testdata"; }

}  // namespace

std::vector<std::string> SplitAt(std::string_view text, char separator) {
  std::vector<std::string> parts;
  size_t start = 0;
  for (size_t end; (end = text.find(separator, start)) != std::string_view::npos; start = end + 1) {
    parts.emplace_back(text.substr(start, end - start));
  }
  parts.emplace_back(text.substr(start));
  return parts;
}

std::vector<std::vector<std::string>> ReadTable(std::string_view file_name) {
  std::vector<std::vector<std::string>> rows;
  for (const std::string& line : SplitAt(ReadWhole(TestdataFolder() / file_name), '\n')) {
    if (!line.empty() && !line.starts_with("# ")) rows.push_back(SplitAt(line, '\t'));
  }
  return rows;
}

std::string Unescape(std::string_view escaped) {
  std::string text;
  for (size_t i = 0; i < escaped.size(); ++i) {
    if (escaped[i] != '\\') {
      text.push_back(escaped[i]);
    } else if (escaped[i + 1] == '\\') {
      text.push_back(escaped[++i]);
    } else {
      int value = 0;
      std::from_chars(escaped.data() + i + 2, escaped.data() + i + 4, value, 16);
      text.push_back(static_cast<char>(value));
      i += 3;
    }
  }
  return text;
}

std::vector<TokenId> ParseIds(std::string_view text) {
  std::vector<TokenId> ids;
  if (text.empty()) return ids;
  for (const std::string& number : SplitAt(text, ' ')) ids.push_back(std::stoi(number));
  return ids;
}

std::vector<std::string> SmallTokens() {
  const std::string bytes = ReadWhole(TestdataFolder() / "small.tiktoken");
  return ParseTiktoken({"small.tiktoken", bytes}, 1 << 20).value().tokens;
}

std::shared_ptr<const Tokenizer> SmallTokenizer() {
  // Two specials before the languages, six behind, 1501 times.
  return Tokenizer::FromTokens(SmallTokens(), 656 + 2 + 99 + 6 + 1501).value();
}

fs::path PublishedFolder(std::string_view vocabulary, std::string* reason) {
  const fs::path shared = fs::path(IRONSCRIBE_SOURCE_DIR) / "../shared/data/fixtures/whisper";
  const fs::path models = IRONSCRIBE_MODELS_DIR;
  std::vector<fs::path> folders;
  if (vocabulary == "english") {
    folders = {models / "tiny.en"};
  } else {
    folders = {models / "base", models / "tiny", shared};
  }
  *reason = "no published " + std::string(vocabulary) + " vocabulary in";
  for (const fs::path& folder : folders) {
    for (const char* file : {"tokenizer.json", "vocabulary.txt", "multilingual.tiktoken"}) {
      std::error_code error;
      if (fs::exists(folder / file, error)) return folder;
    }
    *reason += " " + folder.native();
  }
  return {};
}

int PublishedSize(std::string_view vocabulary) { return vocabulary == "english" ? 51864 : 51865; }

}  // namespace ironscribe::text
