#include "apps/cli/serve_flag_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/model_digest.h"

namespace ironscribe::cli {

Result<server::ListenerOptions> ParseServeListener(std::string_view text) {
  const size_t colon = text.rfind(':');
  int port = -1;
  if (colon != std::string_view::npos) {
    const auto [end, error] =
        std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size()) port = -1;
  }
  std::string_view host = text.substr(0, std::min(colon, text.size()));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (port < 0 || port > 65'535 || host.empty()) {
    return InvalidArgumentError(
        fmt::format("'{}' is not HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080", text));
  }
  server::ListenerOptions listener;
  listener.host = host;
  listener.port = static_cast<uint16_t>(port);
  return listener;
}

Result<ServedModel> ParseServedModel(const std::string& text) {
  constexpr std::string_view kMark = "@sha256:";
  const size_t mark = text.rfind(kMark);
  if (mark == std::string::npos) return ServedModel{text, ""};
  const std::string digest = text.substr(mark + kMark.size());
  if (!engine::IsSha256(digest)) {
    return InvalidArgumentError(
        fmt::format("'{}': behind '@sha256:' come 64 hexadecimal digits", text));
  }
  return ServedModel{text.substr(0, mark), digest};
}

Result<ServedAlias> ParseServedAlias(const std::string& text) {
  ServedAlias alias;
  const size_t equals = text.find('=');
  const size_t comma = text.find(',', std::min(equals, text.size()));
  bool is_good = equals != std::string::npos && equals > 0;
  if (is_good) {
    alias.name = text.substr(0, equals);
    alias.model = text.substr(equals + 1, comma == std::string::npos ? comma : comma - equals - 1);
    is_good = !alias.model.empty();
  }
  if (is_good && comma != std::string::npos) {
    const size_t colon = text.rfind(':');
    is_good = colon != std::string::npos && colon > comma + 1;
    if (is_good) {
      alias.candidate = text.substr(comma + 1, colon - comma - 1);
      const char* const last = text.data() + text.size();
      const auto [end, error] = std::from_chars(text.data() + colon + 1, last, alias.share);
      is_good = error == std::errc() && end == last && alias.share >= 0 && alias.share <= 1;
    }
  }
  if (is_good) return alias;
  return InvalidArgumentError(fmt::format(
      "'{}' is not NAME=MODEL or NAME=MODEL,CANDIDATE:SHARE with a share of 0 to 1", text));
}

}  // namespace ironscribe::cli
