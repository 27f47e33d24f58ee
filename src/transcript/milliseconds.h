// Seconds of a transcript as the whole milliseconds of subtitle files.
#pragma once

#include <cstdint>

namespace ironscribe::transcript {

// Within [0, 10,000 hours]; what is no number is 0.
int64_t ToMilliseconds(double seconds);

}  // namespace ironscribe::transcript
