// What is done to both texts before they are compared.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace ironscribe::eval {

enum class NormalizerKind {
  kNone,     // NFC only: case, punctuation and spelling count.
  kMarks,    // As kBasic, but vowel signs and other combining marks stay in their words.
  kBasic,    // Whisper's rules for any language: lower case, no punctuation, no brackets, no marks.
  kEnglish,  // Whisper's rules for English: also contractions, spelling, numbers, titles.
};

// Errors: InvalidArgument with the names there are.
Result<NormalizerKind> ParseNormalizerKind(std::string_view name);
std::string_view NormalizerName(NormalizerKind kind);

// Whether the normaliser drops vowel signs of this text, which forgives wrong ones and splits
// words.
bool DropsMarks(NormalizerKind kind, std::string_view text);

// From UTF-8, also malformed, to NFC. May be called from any thread.
using Normalizer = std::function<std::string(std::string_view)>;
Normalizer MakeNormalizer(NormalizerKind kind);

}  // namespace ironscribe::eval
