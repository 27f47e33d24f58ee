#include "server/http/target.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "text/utf8.h"

namespace ironscribe::server {
namespace {

// No client of a speech interface sends more; Deepgram's keyword lists come nearest.
constexpr size_t kMaxParameters = 1000;

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

Result<std::string> PercentDecode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int high = i + 2 < text.size() ? HexValue(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? HexValue(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return InvalidArgumentError("bad percent-encoding in the target");
      }
      decoded.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      decoded.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
  }
  if (!text::IsValidUtf8(decoded)) {
    return InvalidArgumentError("the target is not UTF-8");
  }
  return decoded;
}

bool HasDotSegment(std::string_view path) {
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    if (segment == "." || segment == "..") {
      return true;
    }
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return false;
}

// Without scheme and authority if it has them; nothing if it is neither form.
std::optional<std::string_view> OriginForm(std::string_view target) {
  if (target.starts_with('/')) {
    return target;
  }
  for (const std::string_view scheme : {"http://", "https://"}) {
    const bool same = target.size() > scheme.size() &&
                      std::equal(scheme.begin(), scheme.end(), target.begin(), [](char a, char b) {
                        return a == std::tolower(static_cast<unsigned char>(b));
                      });
    if (same) {
      const size_t end = target.find_first_of("/?", scheme.size());
      return end == std::string_view::npos ? std::string_view("/") : target.substr(end);
    }
  }
  return std::nullopt;
}

Result<std::vector<api::QueryParameter>> ParseQuery(std::string_view query) {
  std::vector<api::QueryParameter> parameters;
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) {
      continue;
    }
    if (parameters.size() == kMaxParameters) {
      return InvalidArgumentError("too many parameters in the query");
    }
    const size_t equals = std::min(pair.find('='), pair.size());
    api::QueryParameter parameter;
    ASSIGN_OR_RETURN(parameter.name, PercentDecode(pair.substr(0, equals), true));
    ASSIGN_OR_RETURN(parameter.value,
                     PercentDecode(pair.substr(std::min(equals + 1, pair.size())), true));
    // A value may hold line breaks (a prompt); a NUL is nobody's text.
    if (parameter.name.find('\0') != std::string::npos ||
        parameter.value.find('\0') != std::string::npos) {
      return InvalidArgumentError("a NUL in the query");
    }
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

}  // namespace

Result<Target> ParseTarget(std::string_view target) {
  const std::optional<std::string_view> origin = OriginForm(target);
  if (!origin.has_value()) {
    return InvalidArgumentError("the target is not a path");
  }
  const std::string_view whole = origin->substr(0, origin->find('#'));
  const size_t question = std::min(whole.find('?'), whole.size());
  Target parsed;
  ASSIGN_OR_RETURN(parsed.path, PercentDecode(whole.substr(0, question), false));
  if (parsed.path.empty()) {
    parsed.path = "/";  // "http://host?query"
  }
  if (std::any_of(parsed.path.begin(), parsed.path.end(), IsControl)) {
    return InvalidArgumentError("a control character in the path");
  }
  if (parsed.path.find('\\') != std::string::npos || HasDotSegment(parsed.path)) {
    return InvalidArgumentError("the path has a backslash or a '.' or '..' segment");
  }
  ASSIGN_OR_RETURN(parsed.query, ParseQuery(whole.substr(std::min(question + 1, whole.size()))));
  return parsed;
}

}  // namespace ironscribe::server
