// The small JSON objects that administration takes, and the calls that take them.
#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/reply.h"
#include "api/service.h"
#include "base/status.h"

namespace ironscribe::api::admin {

// The members of an object whose values are texts, numbers or lists of texts. A plain value.
class JsonFields {
 public:
  // An empty text is an empty object. Errors: InvalidArgument for what is no such object, a name
  // that `known` does not hold or that comes twice.
  static Result<JsonFields> Parse(const std::string& json,
                                  std::initializer_list<std::string_view> known);

  // Errors for all of these: InvalidArgument for a value of another type; for the first also if it
  // is missing or empty.
  Result<std::string> RequiredText(std::string_view name) const;
  Result<std::string> Text(std::string_view name) const;  // "" if it is missing.
  Result<std::optional<double>> Number(std::string_view name) const;
  Result<std::optional<int64_t>> Integer(std::string_view name) const;
  Result<std::vector<std::string>> Texts(std::string_view name) const;

 private:
  using Value = std::variant<std::string, double, std::vector<std::string>>;
  std::map<std::string, Value, std::less<>> values_;
};

// A call whose body is a small text; `answer` runs on a worker when it is whole.
std::unique_ptr<Call> MakeTextCall(
    std::function<Reply(const std::string& body, std::stop_token stop)> answer);

}  // namespace ironscribe::api::admin
