#include "server/http/field_rules.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace ironscribe::server {
namespace {

constexpr size_t kMaxRequestIdBytes = 128;
constexpr size_t kRandomIdBytes = 16;

char Lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

bool IsToken(std::string_view text) {
  constexpr std::string_view kSigns = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kSigns.find(c) != std::string_view::npos;
  });
}

bool IsFieldValue(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\t';
  });
}

bool IsHost(std::string_view text) {
  return text.find_first_of(" \t,/\\?#@<>\"") == std::string_view::npos;
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), Lower);
  return lower;
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

bool ListHas(const api::Headers& headers, std::string_view name, std::string_view item) {
  for (std::string_view list : headers.FindAll(name)) {
    while (!list.empty()) {
      const size_t end = std::min(list.find(','), list.size());
      if (EqualsIgnoringCase(Trim(list.substr(0, end)), item)) {
        return true;
      }
      list.remove_prefix(std::min(end + 1, list.size()));
    }
  }
  return false;
}

bool IsSaneRequestId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxRequestIdBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::string MakeRequestId() {
  std::array<unsigned char, kRandomIdBytes> bytes{};
  // It fails only without any source of entropy; ids need not be secret, so zeros would do.
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  std::string id;
  id.reserve(2 * bytes.size());
  for (const unsigned char byte : bytes) {
    id.push_back("0123456789abcdef"[byte >> 4]);
    id.push_back("0123456789abcdef"[byte & 15]);
  }
  return id;
}

std::string_view MethodLabel(std::string_view method) {
  for (const std::string_view known :
       {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE"}) {
    if (method == known) {
      return known;
    }
  }
  return "OTHER";
}

}  // namespace ironscribe::server
