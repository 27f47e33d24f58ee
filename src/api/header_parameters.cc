#include "api/header_parameters.h"

#include <algorithm>

#include "text/utf8.h"

namespace ironscribe::api {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string Lowered(std::string_view text) {
  std::string lowered(text);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), Lower);
  return lowered;
}

bool IsSpace(char c) { return c == ' ' || c == '\t'; }

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

Status Malformed() { return InvalidArgumentError("a header value is malformed"); }

// What stands in quotes at the front of `rest`, which is moved behind them.
Result<std::string> TakeQuoted(std::string_view& rest) {
  rest.remove_prefix(1);
  std::string text;
  while (!rest.empty() && rest.front() != '"') {
    const bool escapes = rest.front() == '\\' && rest.size() > 1 &&
                         (rest[1] == '"' || (rest[1] == '\\' && rest.size() > 2));
    if (escapes) rest.remove_prefix(1);
    text += rest.front();
    rest.remove_prefix(1);
  }
  if (rest.empty()) return Malformed();
  rest.remove_prefix(1);
  return text;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = Lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// charset'language'percent-encoded; absent where the charset is not UTF-8.
Result<std::optional<std::string>> DecodeExtended(std::string_view text) {
  const size_t first = text.find('\'');
  const size_t second = first == std::string_view::npos ? first : text.find('\'', first + 1);
  if (second == std::string_view::npos) return Malformed();
  if (Lowered(text.substr(0, first)) != "utf-8") return std::optional<std::string>();
  std::string decoded;
  for (size_t i = second + 1; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
    const int low = high >= 0 ? HexDigit(text[i + 2]) : -1;
    if (low < 0) return Malformed();
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  if (!text::IsValidUtf8(decoded)) return Malformed();
  return std::optional<std::string>(std::move(decoded));
}

Status TakeParameter(std::string_view& rest, ParameterizedValue& parsed) {
  const size_t equals = rest.find('=');
  if (equals == std::string_view::npos) return Malformed();
  std::string name = Lowered(Trimmed(rest.substr(0, equals)));
  rest.remove_prefix(equals + 1);
  rest = Trimmed(rest);
  std::string text;
  if (!rest.empty() && rest.front() == '"') {
    ASSIGN_OR_RETURN(text, TakeQuoted(rest));
  } else {
    const size_t end = std::min(rest.find(';'), rest.size());
    text = Trimmed(rest.substr(0, end));
    rest.remove_prefix(end);
  }
  rest = Trimmed(rest);
  if (name.empty() || name == "*" || (!rest.empty() && rest.front() != ';')) return Malformed();
  for (const auto& [known, unused] : parsed.parameters) {
    if (known == name) return Malformed();
  }
  if (name.back() == '*') {
    ASSIGN_OR_RETURN(auto decoded, DecodeExtended(text));
    if (!decoded.has_value()) return OkStatus();
    text = *std::move(decoded);
  }
  parsed.parameters.emplace_back(std::move(name), std::move(text));
  return OkStatus();
}

}  // namespace

std::optional<std::string_view> ParameterizedValue::Find(std::string_view name) const {
  std::optional<std::string_view> plain;
  for (const auto& [known, text] : parameters) {
    if (known == name) plain = text;
    if (known.size() == name.size() + 1 && known.starts_with(name) && known.back() == '*') {
      return text;
    }
  }
  return plain;
}

Result<ParameterizedValue> ParseParameterizedValue(std::string_view text) {
  ParameterizedValue parsed;
  const size_t end = std::min(text.find(';'), text.size());
  parsed.value = Lowered(Trimmed(text.substr(0, end)));
  std::string_view rest = text.substr(end);
  while (!rest.empty()) {
    rest.remove_prefix(1);  // the semicolon
    rest = Trimmed(rest);
    if (rest.empty()) break;  // Some clients end with one.
    if (rest.front() == ';') continue;
    RETURN_IF_ERROR(TakeParameter(rest, parsed));
  }
  return parsed;
}

}  // namespace ironscribe::api
