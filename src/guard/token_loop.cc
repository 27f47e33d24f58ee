#include "guard/token_loop.h"

#include <algorithm>

namespace ironscribe::guard {

TokenLoop FindLoop(std::span<const int32_t> tokens, size_t max_period) {
  constexpr size_t kLeastCount = 3;
  TokenLoop longest;
  for (size_t period = 1; period <= max_period && period * kLeastCount <= tokens.size(); ++period) {
    // Tokens in succession that equal those one period before.
    size_t equal = 0;
    for (size_t i = period; i < tokens.size(); ++i) {
      equal = tokens[i] == tokens[i - period] ? equal + 1 : 0;
      const size_t count = equal / period + 1;
      // Of the same stretch, the shortest period describes it.
      if (count >= kLeastCount && period * count > longest.period * longest.count) {
        longest = {period, count};
      }
    }
  }
  return longest;
}

}  // namespace ironscribe::guard
