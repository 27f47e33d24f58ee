// The ranges of flags that a number's or word's own syntax does not tell, checked before a model is
// opened: a wrong flag is wrong usage, whatever the model.
#pragma once

#include <string_view>

#include "base/status.h"
#include "models/decoding_options.h"

namespace ironscribe::cli {

// Errors: InvalidArgument, with the flag's name in front.
Status CheckDecodingFlags(const models::DecodingOptions& options);

// "2:0,3:5"; empty is the model's own.
Status CheckAlignmentHeads(std::string_view text);

}  // namespace ironscribe::cli
