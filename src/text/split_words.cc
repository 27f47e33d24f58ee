// Tokenizer::SplitToWords: tokens are first grouped so that no group ends inside a character, then,
// for languages that write spaces, groups are joined up to the next space or punctuation.
#include <algorithm>

#include "text/tokenizer.h"
#include "text/utf8.h"

namespace ironscribe::text {
namespace {

// Languages written without spaces (openai/whisper, tokenizer.py, split_to_word_tokens).
constexpr std::string_view kUnspaced[] = {"zh", "ja", "th", "lo", "my", "yue"};

// Python's string.punctuation, which the reference searches for the whole group.
constexpr std::string_view kPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

struct Group {
  std::string bytes;
  int num_tokens = 0;
  bool is_special = false;
};

std::string_view WithoutSpaces(std::string_view text) {
  size_t start = text.size();
  size_t end = 0;
  for (size_t offset = 0; offset < text.size();) {
    const Utf8Unit unit = NextUnit(text, offset);
    if (!unit.valid || !IsWhiteSpace(unit.code_point)) {
      start = std::min(start, offset);
      end = offset + unit.size_bytes;
    }
    offset += unit.size_bytes;
  }
  return start < end ? text.substr(start, end - start) : std::string_view();
}

// The groups of a run of text tokens: each ends where a character of the whole run ends.
void GroupByCharacters(const Tokenizer& tokenizer, std::span<const TokenId> ids,
                       std::vector<Group>& groups) {
  const std::string run = tokenizer.DecodeBytes(ids);
  Group group;
  size_t character_end = 0;  // First end of a character at or behind `consumed`.
  size_t consumed = 0;
  for (const TokenId id : ids) {
    const std::string_view bytes = tokenizer.TokenBytes(id);
    group.bytes.append(bytes);
    ++group.num_tokens;
    consumed += bytes.size();
    while (character_end < consumed) character_end += NextUnit(run, character_end).size_bytes;
    if (character_end != consumed) continue;
    groups.push_back(std::move(group));
    group = Group();
  }
}

std::vector<Group> GroupTokens(const Tokenizer& tokenizer, std::span<const TokenId> ids) {
  std::vector<Group> groups;
  for (size_t i = 0; i < ids.size();) {
    if (!tokenizer.is_text(ids[i])) {
      groups.push_back({"", 1, true});
      ++i;
      continue;
    }
    size_t end = i;
    while (end < ids.size() && tokenizer.is_text(ids[end])) ++end;
    GroupByCharacters(tokenizer, ids.subspan(i, end - i), groups);
    i = end;
  }
  return groups;
}

bool StartsWord(const Group& group) {
  return group.is_special || group.bytes.starts_with(' ') ||
         kPunctuation.find(WithoutSpaces(group.bytes)) != std::string_view::npos;
}

}  // namespace

std::vector<Tokenizer::WordTokens> Tokenizer::SplitToWords(std::span<const TokenId> ids,
                                                           std::string_view language) const {
  const bool every_character =
      std::find(std::begin(kUnspaced), std::end(kUnspaced), language) != std::end(kUnspaced);
  std::vector<WordTokens> words;
  bool after_special = true;
  for (const Group& group : GroupTokens(*this, ids)) {
    const std::string text = SafeUtf8(group.bytes);
    if (every_character || after_special || StartsWord(group)) {
      words.push_back({text, group.num_tokens});
    } else {
      words.back().text += text;
      words.back().num_tokens += group.num_tokens;
    }
    after_special = group.is_special;
  }
  return words;
}

}  // namespace ironscribe::text
