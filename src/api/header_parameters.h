// Header values of the form `value; name=text; name="quoted"`, as content-type and
// content-disposition have them (RFC 9110 section 5.6.6; RFC 5987 for names with an asterisk).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace ironscribe::api {

struct ParameterizedValue {
  std::string value;  // lower case
  // In their order; names in lower case, texts without quotes and escapes. `name*=charset''text`
  // is kept under `name*`, decoded; charsets other than UTF-8 are left out.
  std::vector<std::pair<std::string, std::string>> parameters;

  // The text of `name*` if there is one, else of `name`.
  std::optional<std::string_view> Find(std::string_view name) const;
};

// Errors: InvalidArgument for what does not follow the grammar or says a parameter twice. A
// backslash in quotes escapes a quote or a backslash only: browsers write paths unescaped.
Result<ParameterizedValue> ParseParameterizedValue(std::string_view text);

}  // namespace ironscribe::api
