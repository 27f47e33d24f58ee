// From the text of a parameter to its value, for the tables of all protocols. What a protocol takes
// for a boolean is its own: each names the words.
#pragma once

#include <fmt/format.h>

#include <charconv>
#include <initializer_list>
#include <string_view>
#include <system_error>

#include "base/status.h"

namespace ironscribe::api {

// InvalidArgument "has to be {expected}"; who knows the parameter's name puts it in front.
Status Wrong(std::string_view expected);

// Nothing but the number may stand in `text`.
template <typename Number>
Status TakeNumber(std::string_view text, Number least, Number most, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (whole && value >= least && value <= most) return OkStatus();
  return Wrong(fmt::format("a number from {} to {}", least, most));
}

struct BooleanWords {
  std::initializer_list<std::string_view> yes;
  std::initializer_list<std::string_view> no;
};

Status TakeBool(std::string_view text, const BooleanWords& words, bool& value);

}  // namespace ironscribe::api
