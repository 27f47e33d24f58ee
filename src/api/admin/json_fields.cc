#include "api/admin/json_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/router.h"

namespace ironscribe::api::admin {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxTextBytes = 64 * 1024;
// Whole numbers up to here are exact in a double.
constexpr double kMaxInteger = 9007199254740992.0;  // 2^53

Status WrongType(std::string_view name, std::string_view expected) {
  return InvalidArgumentError(fmt::format("'{}' must be {}", name, expected));
}

class TextCall final : public Call {
 public:
  explicit TextCall(std::function<Reply(const std::string&, std::stop_token)> answer)
      : answer_(std::move(answer)) {}
  std::optional<Reply> TakeBody(std::string_view piece) override {
    if (piece.size() > kMaxTextBytes - body_.size()) {
      return PlainErrorReply(OutOfRangeError("the body is larger than this path takes"));
    }
    body_ += piece;
    return std::nullopt;
  }
  void Run(ReplyWriter& writer, std::stop_token client_gone) override {
    (void)writer.Send(answer_(body_, std::move(client_gone)));
  }

 private:
  const std::function<Reply(const std::string&, std::stop_token)> answer_;
  std::string body_;
};

bool IsListOfTexts(const Json& value) {
  return value.is_array() &&
         std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_string(); });
}

}  // namespace

Result<JsonFields> JsonFields::Parse(const std::string& json,
                                     std::initializer_list<std::string_view> known) {
  JsonFields fields;
  if (json.empty()) return fields;
  bool twice = false;
  std::map<std::string, int> names;
  const auto on_event = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::key && depth == 1) {
      twice = twice || ++names[parsed.get<std::string>()] > 1;
    }
    return true;
  };
  const Json object = Json::parse(json, on_event, /*allow_exceptions=*/false);
  if (!object.is_object() || twice) {
    return InvalidArgumentError("the body must be one JSON object with each name once");
  }
  for (const auto& [name, value] : object.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return InvalidArgumentError(
          fmt::format("the body holds a name that is not known here; known are: {}",
                      fmt::join(known.begin(), known.end(), ", ")));
    }
    if (value.is_null()) continue;
    if (value.is_string()) {
      fields.values_[name] = value.get<std::string>();
    } else if (value.is_number()) {
      fields.values_[name] = value.get<double>();
    } else if (IsListOfTexts(value)) {
      fields.values_[name] = value.get<std::vector<std::string>>();
    } else {
      return WrongType(name, "a text, a number or a list of texts");
    }
  }
  return fields;
}

Result<std::string> JsonFields::Text(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::string();
  if (const auto* text = std::get_if<std::string>(&found->second)) return *text;
  return WrongType(name, "a text");
}

Result<std::string> JsonFields::RequiredText(std::string_view name) const {
  ASSIGN_OR_RETURN(std::string text, Text(name));
  if (text.empty()) return InvalidArgumentError(fmt::format("'{}' is missing", name));
  return text;
}

Result<std::optional<double>> JsonFields::Number(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::optional<double>();
  if (const auto* number = std::get_if<double>(&found->second)) return std::optional(*number);
  return WrongType(name, "a number");
}

Result<std::optional<int64_t>> JsonFields::Integer(std::string_view name) const {
  ASSIGN_OR_RETURN(const auto number, Number(name));
  if (!number.has_value()) return std::optional<int64_t>();
  if (!(std::abs(*number) <= kMaxInteger) || *number != std::floor(*number)) {
    return WrongType(name, "a whole number");
  }
  return std::optional(static_cast<int64_t>(*number));
}

Result<std::vector<std::string>> JsonFields::Texts(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return std::vector<std::string>();
  if (const auto* texts = std::get_if<std::vector<std::string>>(&found->second)) return *texts;
  return WrongType(name, "a list of texts");
}

std::unique_ptr<Call> MakeTextCall(
    std::function<Reply(const std::string&, std::stop_token)> answer) {
  return std::make_unique<TextCall>(std::move(answer));
}

}  // namespace ironscribe::api::admin
