// GPT-2's spelling of bytes as printable characters: vocabulary files write a space as U+0120 and a
// newline as U+010A, so that tokens survive in text files.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ironscribe::text {

// The bytes a token stands for; nothing when a character spells no byte.
std::optional<std::string> BytesFromSpelling(std::string_view spelling);

// The spelling of raw bytes.
std::string SpellingOfBytes(std::string_view bytes);

}  // namespace ironscribe::text
