// Text that repeats itself: the commonest form of invented text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ironscribe::guard {

struct TokenLoop {
  size_t period = 0;  // Tokens that come again.
  size_t count = 0;   // How often they stand in succession.
};

// The longest stretch of `tokens` that is one sequence of up to `max_period` tokens, three times or
// more in succession; count 0 if there is none. Takes max_period * tokens.size() steps.
TokenLoop FindLoop(std::span<const int32_t> tokens, size_t max_period);

}  // namespace ironscribe::guard
