#include "transcript/milliseconds.h"

#include <algorithm>
#include <cmath>

namespace ironscribe::transcript {
namespace {

// Keeps hostile times within what every player's integers hold.
constexpr double kMaxSeconds = 10'000.0 * 3600;

}  // namespace

int64_t ToMilliseconds(double seconds) {
  if (!(seconds > 0)) return 0;  // NaN too.
  return std::llround(std::min(seconds, kMaxSeconds) * 1000);
}

}  // namespace ironscribe::transcript
