// Checks of decoding options that need no more of a model than its vocabulary.
#pragma once

#include "base/status.h"
#include "models/decoding_options.h"

namespace ironscribe::models::whisper {

// A clip that ends later is open; also keeps frame numbers far from overflow. 10,000 hours.
inline constexpr double kMaxClipSeconds = 3.6e7;

// Beyond it the choice is nearly even over the vocabulary; the reference uses up to 1.
inline constexpr float kMaxTemperature = 2.0f;

// Errors: InvalidArgument naming the option, its value and what is allowed.
Status CheckOptionRanges(const DecodingOptions& options, int vocab_size);

}  // namespace ironscribe::models::whisper
