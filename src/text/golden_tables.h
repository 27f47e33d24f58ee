// Test support: the golden tables of testdata and the published vocabularies where they are at
// hand.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer.h"

namespace ironscribe::text {

// The fields of each line of a table in testdata; lines that start with "# " are left out.
std::vector<std::vector<std::string>> ReadTable(std::string_view file_name);

// Undoes the escapes of the tables.
std::string Unescape(std::string_view escaped);

std::vector<TokenId> ParseIds(std::string_view text);

// Cuts at every occurrence of `separator`; at least one part.
std::vector<std::string> SplitAt(std::string_view text, char separator);

// The 656 text tokens of testdata/small.tiktoken.
std::vector<std::string> SmallTokens();

// The small vocabulary with Whisper's specials and 99 languages.
std::shared_ptr<const Tokenizer> SmallTokenizer();

// A folder with the vocabulary "english" or "multilingual" of the published models, or "" where
// this machine has none; then `reason` says what was looked for.
std::filesystem::path PublishedFolder(std::string_view vocabulary, std::string* reason);

// The published rows of that vocabulary's embedding.
int PublishedSize(std::string_view vocabulary);

}  // namespace ironscribe::text
