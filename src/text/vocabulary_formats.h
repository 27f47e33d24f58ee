// The vocabulary files people have, each parsed from its bytes: Hugging Face tokenizer.json and
// vocab.json with merges.txt, CTranslate2 vocabulary.txt and vocabulary.json, OpenAI .tiktoken.
// Pure functions; the bytes are hostile. `name` stands in front of error messages.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace ironscribe::text {

struct ParsedVocabulary {
  std::vector<std::string> tokens;  // Raw bytes by id; special tokens in their spelling.
  // Raw bytes of the two sides, best first. Empty where the format has none: the ids are the ranks.
  std::vector<std::pair<std::string, std::string>> merges;
};

struct VocabularyText {
  std::string_view name;
  std::string_view bytes;
};

// `max_tokens` bounds the ids: one beyond it is an error that names both numbers.
Result<ParsedVocabulary> ParseTokenizerJson(const VocabularyText& text, int max_tokens);

// `added_tokens` (added_tokens.json) may have empty bytes.
Result<ParsedVocabulary> ParseVocabJson(const VocabularyText& vocab, const VocabularyText& merges,
                                        const VocabularyText& added_tokens, int max_tokens);

// One token per line, or an array of tokens, in byte spelling.
Result<ParsedVocabulary> ParseVocabularyTxt(const VocabularyText& text, int max_tokens);
Result<ParsedVocabulary> ParseVocabularyJson(const VocabularyText& text, int max_tokens);

// Lines "base64 rank".
Result<ParsedVocabulary> ParseTiktoken(const VocabularyText& text, int max_tokens);

}  // namespace ironscribe::text
