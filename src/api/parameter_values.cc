#include "api/parameter_values.h"

#include <algorithm>

namespace ironscribe::api {

Status Wrong(std::string_view expected) {
  return InvalidArgumentError(fmt::format("has to be {}", expected));
}

Status TakeBool(std::string_view text, const BooleanWords& words, bool& value) {
  value = std::find(words.yes.begin(), words.yes.end(), text) != words.yes.end();
  const bool known = value || std::find(words.no.begin(), words.no.end(), text) != words.no.end();
  return known ? OkStatus() : Wrong("true or false");
}

}  // namespace ironscribe::api
