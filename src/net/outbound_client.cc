#include "net/outbound_client.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <chrono>
#include <memory>
#include <utility>

#include "net/socket_address.h"

namespace ironscribe::net {
namespace {

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

// One request under way, for libcurl's callbacks.
struct Transfer {
  const OutboundRequest& request;
  const AllowedHost& allowed;
  uint64_t max_reply_bytes = 0;
  const std::stop_token& stop;
  CURL* handle = nullptr;
  uint64_t reply_bytes = 0;
  bool socket_refused = false;
  Status status{};  // Why the body was not taken.
};

curl_socket_t OpenSocket(void* user, curlsocktype, curl_sockaddr* address) {
  auto* transfer = static_cast<Transfer*>(user);
  if (!transfer->allowed.MayReach(AddressText(address->addr))) {
    transfer->socket_refused = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

size_t TakeBody(char* data, size_t size, size_t count, void* user) {
  auto* transfer = static_cast<Transfer*>(user);
  const size_t num_bytes = size * count;
  transfer->reply_bytes += num_bytes;
  if (transfer->reply_bytes > transfer->max_reply_bytes) {
    transfer->status = ResourceExhaustedError(
        fmt::format("the answer has more than {} bytes", transfer->max_reply_bytes));
    return 0;
  }
  long http_status = 0;  // NOLINT: libcurl's type
  curl_easy_getinfo(transfer->handle, CURLINFO_RESPONSE_CODE, &http_status);
  if (transfer->request.sink && http_status >= 200 && http_status <= 299) {
    transfer->status = transfer->request.sink(std::string_view(data, num_bytes));
  }
  return transfer->status.ok() ? num_bytes : 0;
}

int OnProgress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const Transfer*>(user)->stop.stop_requested() ? 1 : 0;
}

bool Append(List& list, const std::string& text) {
  curl_slist* const longer = curl_slist_append(list.get(), text.c_str());
  if (longer == nullptr) return false;
  static_cast<void>(list.release());
  list.reset(longer);
  return true;
}

// "HOST:PORT:ADDRESS,ADDRESS"
std::string PinOf(const HttpUrl& url, const std::vector<std::string>& addresses) {
  const auto bracketed = [](const std::string& text) {
    return text.find(':') == std::string::npos ? text : "[" + text + "]";
  };
  std::string pin = fmt::format("{}:{}:", bracketed(url.host), url.port);
  for (size_t i = 0; i < addresses.size(); ++i) {
    pin += (i > 0 ? "," : "") + bracketed(addresses[i]);
  }
  return pin;
}

void Configure(CURL* handle, const HttpUrl& url, const OutboundOptions& options) {
  curl_easy_setopt(handle, CURLOPT_URL, url.text.c_str());
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "ironscribe");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, url.tls ? "https" : "http");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  // A proxy of the environment would resolve the name itself, and reach what it reaches.
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_file.empty()) {
    curl_easy_setopt(handle, CURLOPT_CAINFO, options.ca_file.c_str());
  }
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(options.connect_timeout_ms));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(options.total_timeout_ms));
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT,
                   static_cast<long>(options.stall_bytes_per_second));
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stall_seconds));
}

void AttachCallbacks(CURL* handle, Transfer* transfer) {
  transfer->handle = handle;
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, &OpenSocket);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, transfer);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &TakeBody);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, transfer);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, &OnProgress);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, transfer);
}

Status StatusOf(CURLcode code, const Transfer& transfer) {
  if (!transfer.status.ok()) return transfer.status;
  if (code == CURLE_ABORTED_BY_CALLBACK) return CancelledError("interrupted");
  if (code != CURLE_OK && transfer.socket_refused) {
    return PermissionDeniedError("its address is none that this server may ask");
  }
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return Status(StatusCode::kDeadlineExceeded, "the other side took too long");
  }
  if (code != CURLE_OK) return UnavailableError(curl_easy_strerror(code));
  return OkStatus();
}

}  // namespace

// One address that may not be asked spoils the others: names with both kinds are traps.
Result<std::vector<std::string>> OutboundClient::Resolve(const HttpUrl& url,
                                                         const AllowedHost& allowed,
                                                         const std::stop_token& stop) const {
  ASSIGN_OR_RETURN(
      std::vector<std::string> addresses,
      names_.Find(url.host, std::chrono::milliseconds(options_.resolve_timeout_ms), stop));
  if (addresses.empty()) return UnavailableError("its name has no address now");
  for (const std::string& address : addresses) {
    if (!allowed.MayReach(address)) {
      return PermissionDeniedError("its address is none that this server may ask");
    }
  }
  return addresses;
}

Result<int> OutboundClient::Send(const OutboundRequest& request,
                                 const std::stop_token& stop) const {
  ASSIGN_OR_RETURN(const HttpUrl url, HttpUrl::Parse(request.url));
  ASSIGN_OR_RETURN(const AllowedHost* const allowed, rules_.Find(url));
  ASSIGN_OR_RETURN(const auto addresses, Resolve(url, *allowed, stop));
  if (stop.stop_requested()) return CancelledError("interrupted");

  const Handle handle(curl_easy_init(), &curl_easy_cleanup);
  List headers(nullptr, &curl_slist_free_all);
  List pins(nullptr, &curl_slist_free_all);
  // A server that says nothing to `Expect` would be waited for.
  bool whole =
      handle != nullptr && Append(pins, PinOf(url, addresses)) && Append(headers, "expect:");
  for (const std::string& header : request.headers) whole = whole && Append(headers, header);
  if (!whole) return ResourceExhaustedError("no memory for a request");

  Transfer transfer{.request = request,
                    .allowed = *allowed,
                    .max_reply_bytes = options_.max_reply_bytes,
                    .stop = stop};
  Configure(handle.get(), url, options_);
  AttachCallbacks(handle.get(), &transfer);
  curl_easy_setopt(handle.get(), CURLOPT_RESOLVE, pins.get());
  curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, headers.get());
  if (request.body.has_value()) {
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body->size()));
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, request.body->data());
  }
  RETURN_IF_ERROR(StatusOf(curl_easy_perform(handle.get()), transfer));
  long http_status = 0;  // NOLINT: libcurl's type
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &http_status);
  return static_cast<int>(http_status);
}

}  // namespace ironscribe::net
