#include "net/outbound_rules.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

#include "net/address_class.h"

namespace ironscribe::net {
namespace {

// As long as clients of HTTP commonly send; longer ones are no addresses of anything.
constexpr size_t kMaxUrlBytes = 4096;

using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

// Empty where the URL has no such part.
std::string PartOf(const Url& url, CURLUPart part, unsigned int flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, flags) != CURLUE_OK || text == nullptr) return "";
  std::string copy(text);
  curl_free(text);
  return copy;
}

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

// What is left may still be no name; resolving tells.
bool IsHost(std::string_view host) {
  return !host.empty() && host.front() != '.' && host.back() != '.' &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                  c == '_' || c == ':';
         });
}

std::string Lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return text;
}

}  // namespace

Result<HttpUrl> HttpUrl::Parse(std::string_view text) {
  const auto wrong = [] {
    return InvalidArgumentError("has to be a URL of http or https without user and fragment");
  };
  if (text.size() > kMaxUrlBytes || !IsPrintable(text)) return wrong();
  const Url url(curl_url(), &curl_url_cleanup);
  if (url == nullptr) return ResourceExhaustedError("no memory for a URL");
  const std::string copy(text);
  if (curl_url_set(url.get(), CURLUPART_URL, copy.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK) {
    return wrong();
  }
  HttpUrl parsed;
  const std::string scheme = PartOf(url, CURLUPART_SCHEME);
  parsed.tls = scheme == "https";
  parsed.host = Lower(PartOf(url, CURLUPART_HOST));
  if (parsed.host.starts_with('[') && parsed.host.ends_with(']')) {
    parsed.host = parsed.host.substr(1, parsed.host.size() - 2);
  }
  const std::string port = PartOf(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), parsed.port);
  const bool good_port = error == std::errc() && end == port.data() + port.size();
  if ((!parsed.tls && scheme != "http") || !good_port || parsed.port == 0 || !IsHost(parsed.host) ||
      text.find('#') != std::string_view::npos || !PartOf(url, CURLUPART_ZONEID).empty()) {
    return wrong();
  }
  parsed.text = PartOf(url, CURLUPART_URL);
  if (parsed.text.empty()) return wrong();
  return parsed;
}

Result<AllowedHost> AllowedHost::Parse(std::string_view text) {
  const auto wrong = [text] {
    return InvalidArgumentError(
        fmt::format("'{}' is not [http://]HOST[:PORT][@RANGE], such as hooks.example.com, "
                    "*.example.com:8443 or http://127.0.0.1:9000@127.0.0.0/8",
                    text));
  };
  AllowedHost allowed;
  std::string_view rest = text;
  if (const size_t at = rest.rfind('@'); at != std::string_view::npos) {
    auto range = AddressRange::Parse(rest.substr(at + 1));
    if (!range.ok()) return range.status();
    allowed.ranges.push_back(*std::move(range));
    rest = rest.substr(0, at);
  }
  std::string_view scheme = "https://";
  for (const std::string_view known : {"http://", "https://"}) {
    if (!rest.starts_with(known)) continue;
    scheme = known;
    rest.remove_prefix(known.size());
    break;
  }
  allowed.below = rest.starts_with("*.");
  if (allowed.below) rest.remove_prefix(1);
  const std::string_view host = allowed.below ? rest.substr(1) : rest;
  const bool bare = host.find_first_of("/?\\*") == std::string_view::npos;
  auto url = HttpUrl::Parse(std::string(scheme) + std::string(host) + "/");
  if (!bare || host.empty() || !url.ok()) return wrong();
  allowed.tls = url->tls;
  allowed.port = url->port;
  allowed.host = allowed.below ? "." + url->host : url->host;
  return allowed;
}

bool AllowedHost::Names(const HttpUrl& url) const {
  if (url.tls != tls || url.port != port) return false;
  return below ? url.host.size() > host.size() && url.host.ends_with(host) : url.host == host;
}

bool AllowedHost::MayReach(std::string_view address) const {
  if (IsPublicAddress(address)) return true;
  const std::string plain = UnmappedAddress(address);
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const AddressRange& range) { return range.Contains(plain); });
}

Result<OutboundRules> OutboundRules::Parse(const std::vector<std::string>& entries) {
  std::vector<AllowedHost> hosts;
  for (const std::string& entry : entries) {
    ASSIGN_OR_RETURN(AllowedHost host, AllowedHost::Parse(entry));
    hosts.push_back(std::move(host));
  }
  return OutboundRules(std::move(hosts));
}

Result<const AllowedHost*> OutboundRules::Find(const HttpUrl& url) const {
  for (const AllowedHost& host : hosts_) {
    if (host.Names(url)) return &host;
  }
  return PermissionDeniedError("its host, scheme or port is none that this server may ask");
}

Status OutboundRules::Check(std::string_view url) const {
  ASSIGN_OR_RETURN(const HttpUrl parsed, HttpUrl::Parse(url));
  return Find(parsed).status();
}

}  // namespace ironscribe::net
