// The complete transcript as one JSON object; its schema is docs/schemas/transcript.schema.json.
#pragma once

#include <string>

#include "transcript/transcript.h"

namespace ironscribe::transcript {

// Raised when a member changes its meaning or goes away; new members do not raise it.
inline constexpr int kJsonFormatVersion = 1;

// UTF-8, one segment per line. Times have 3 decimals, scores 6; ill-formed bytes of text become
// U+FFFD, and values that are no numbers, which JSON cannot hold, become 0.
std::string WriteJson(const Transcript& transcript);

}  // namespace ironscribe::transcript
