#include <curl/curl.h>

#include <memory>
#include <utility>

#include "service/trace_exporter.h"

namespace ironscribe::service {
namespace {

// A collector is near; whoever waits for one that is not holds spans back.
constexpr long kConnectTimeoutMs = 5'000;
constexpr long kTimeoutMs = 10'000;

size_t DropBody(char*, size_t size, size_t count, void*) { return size * count; }

int OnProgress(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Fields = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

Status Post(const std::string& url, const std::string& body, const std::stop_token& stop) {
  const Handle handle(curl_easy_init(), &curl_easy_cleanup);
  const Fields fields(curl_slist_append(nullptr, "content-type: application/json"),
                      &curl_slist_free_all);
  if (handle == nullptr || fields == nullptr) return ResourceExhaustedError("no memory for a POST");
  CURL* const curl = handle.get();
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "ironscribe");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, kTimeoutMs);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields.get());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &DropBody);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &OnProgress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &stop);
  const CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) {
    return UnavailableError(std::string("cannot send traces: ") + curl_easy_strerror(code));
  }
  long http_status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http_status);
  if (http_status >= 200 && http_status < 300) return OkStatus();
  return UnavailableError("the collector of traces answered with HTTP status " +
                          std::to_string(http_status));
}

}  // namespace

Result<std::function<Status(const std::string&, std::stop_token)>> MakeTracePost(
    const std::string& url) {
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    return InvalidArgumentError("'" + url + "' is no URL such as http://127.0.0.1:4318/v1/traces");
  }
  std::function<Status(const std::string&, std::stop_token)> post =
      [url](const std::string& body, const std::stop_token& stop) { return Post(url, body, stop); };
  return post;
}

}  // namespace ironscribe::service
