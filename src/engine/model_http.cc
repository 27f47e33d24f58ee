#include "engine/model_http.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string_view>

#include "io/partial_file.h"

namespace ironscribe::engine {
namespace {

constexpr long kHttpPartialContent = 206;
constexpr long kHttpRangeNotSatisfiable = 416;
constexpr long kHttpTooManyRequests = 429;

// One transfer: where its bytes go, and what stopped it.
struct Transfer {
  CURL* handle = nullptr;
  // Takes body bytes of a successful answer.
  std::function<Status(long http_status, std::string_view bytes)> sink;
  std::function<void()> progress;
  std::stop_token stop;
  Status status;  // What the sink said.
};

struct Outcome {
  Status status;
  bool may_retry = false;
};

size_t OnBody(char* data, size_t size, size_t count, void* user) {
  auto* transfer = static_cast<Transfer*>(user);
  long http_status = 0;
  curl_easy_getinfo(transfer->handle, CURLINFO_RESPONSE_CODE, &http_status);
  const size_t num_bytes = size * count;
  if (http_status < 200 || http_status > 299) return num_bytes;  // An error page; not wanted.
  transfer->status = transfer->sink(http_status, std::string_view(data, num_bytes));
  return transfer->status.ok() ? num_bytes : 0;
}

int OnProgress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto* transfer = static_cast<Transfer*>(user);
  if (transfer->progress) transfer->progress();
  return transfer->stop.stop_requested() ? 1 : 0;
}

void Configure(const std::string& url, const HttpOptions& options, Transfer* transfer) {
  CURL* handle = transfer->handle;
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "ironscribe");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  // A redirect must not lead from an encrypted connection to an open one, nor to files.
  const char* protocols = url.starts_with("https://") ? "https" : "http,https";
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, protocols);
  curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, protocols);
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(handle, CURLOPT_MAXREDIRS, static_cast<long>(options.max_redirects));
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(options.connect_timeout_ms));
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT,
                   static_cast<long>(options.stall_bytes_per_second));
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stall_seconds));
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &OnBody);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, transfer);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, &OnProgress);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, transfer);
}

Outcome StatusOfAnswer(const std::string& url, long http_status) {
  const std::string what = fmt::format("{} answered with HTTP status {}", url, http_status);
  if (http_status == 404) return {NotFoundError(what + " (there is no such repository or file)")};
  if (http_status == 401 || http_status == 403) {
    return {PermissionDeniedError(what + " (there is no such repository, or it needs a login)")};
  }
  return {UnavailableError(what), http_status >= 500 || http_status == kHttpTooManyRequests};
}

// Does one transfer. `range_start` asks for the rest of a file.
Outcome Perform(const std::string& url, uint64_t range_start, const HttpOptions& options,
                Transfer* transfer) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(),
                                                                   &curl_easy_cleanup);
  if (handle == nullptr) return {InternalError("cannot start an HTTP transfer: out of memory")};
  transfer->handle = handle.get();
  transfer->stop = options.stop;
  Configure(url, options, transfer);
  const std::string range = fmt::format("{}-", range_start);
  if (range_start > 0) curl_easy_setopt(handle.get(), CURLOPT_RANGE, range.c_str());
  char detail[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, detail);

  const CURLcode code = curl_easy_perform(handle.get());
  if (!transfer->status.ok()) return {transfer->status};
  if (code == CURLE_ABORTED_BY_CALLBACK) return {CancelledError("interrupted")};
  if (code != CURLE_OK) {
    const bool is_final = code == CURLE_TOO_MANY_REDIRECTS || code == CURLE_UNSUPPORTED_PROTOCOL ||
                          code == CURLE_URL_MALFORMAT || code == CURLE_PEER_FAILED_VERIFICATION;
    return {UnavailableError(fmt::format("cannot get {}: {}", url,
                                         detail[0] != '\0' ? detail : curl_easy_strerror(code))),
            !is_final};
  }
  long http_status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &http_status);
  if (http_status == kHttpRangeNotSatisfiable && range_start > 0) {
    return {OutOfRangeError(fmt::format("{} has no bytes from {} on", url, range_start))};
  }
  if (http_status < 200 || http_status > 299) return StatusOfAnswer(url, http_status);
  return {};
}

// Repeats `attempt` while it fails for a reason that may pass.
Status Retry(const HttpOptions& options, const std::function<Outcome()>& attempt) {
  int wait_ms = options.retry_wait_ms;
  for (int i = 1;; ++i) {
    const Outcome outcome = attempt();
    if (outcome.status.ok() || !outcome.may_retry || i >= options.max_attempts) {
      return outcome.status;
    }
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any timer;
    timer.wait_for(lock, options.stop, std::chrono::milliseconds(wait_ms), [] { return false; });
    if (options.stop.stop_requested()) return CancelledError("interrupted");
    wait_ms *= 2;
  }
}

// The offset in "Content-Range: bytes START-END/TOTAL"; nothing when it is absent or says
// otherwise.
bool RangeStartsAt(CURL* handle, uint64_t offset) {
  curl_header* header = nullptr;
  if (curl_easy_header(handle, "Content-Range", 0, CURLH_HEADER, -1, &header) != CURLHE_OK) {
    return false;
  }
  return std::string_view(header->value).starts_with(fmt::format("bytes {}-", offset));
}

Outcome DownloadOnce(const HttpDownload& download, const HttpOptions& options,
                     io::PartialFile& file) {
  const uint64_t limit = download.size_bytes.value_or(download.max_bytes);
  if (file.size_bytes() > limit) {
    if (Status cleared = file.Clear(); !cleared.ok()) return {cleared};
  }
  const uint64_t start = file.size_bytes();
  if (download.size_bytes && start == *download.size_bytes) return {};
  bool first = true;
  Transfer transfer;
  transfer.sink = [&](long http_status, std::string_view bytes) -> Status {
    // A server that ignores the range sends the file from its beginning.
    if (first && start > 0 &&
        !(http_status == kHttpPartialContent && RangeStartsAt(transfer.handle, start))) {
      RETURN_IF_ERROR(file.Clear());
    }
    first = false;
    if (bytes.size() > limit - file.size_bytes()) {
      return DataLossError(
          fmt::format("{} sends more than the {} bytes it should have", download.url, limit));
    }
    return file.Append(bytes);
  };
  if (download.progress) transfer.progress = [&] { download.progress(file.size_bytes()); };
  Outcome outcome = Perform(download.url, start, options, &transfer);
  if (outcome.status.code() == StatusCode::kOutOfRange) {
    if (Status cleared = file.Clear(); !cleared.ok()) return {cleared};
    return {UnavailableError(outcome.status.message()), true};
  }
  if (outcome.status.ok() && download.size_bytes && file.size_bytes() < *download.size_bytes) {
    return {UnavailableError(fmt::format("{} ended after {} of {} bytes", download.url,
                                         file.size_bytes(), *download.size_bytes)),
            true};
  }
  return outcome;
}

}  // namespace

Result<std::string> HttpGet(const std::string& url, uint64_t max_bytes,
                            const HttpOptions& options) {
  std::string body;
  RETURN_IF_ERROR(Retry(options, [&] {
    body.clear();
    Transfer transfer;
    transfer.sink = [&](long, std::string_view bytes) -> Status {
      if (bytes.size() > max_bytes - body.size()) {
        return ResourceExhaustedError(
            fmt::format("{} sends more than the limit of {} bytes", url, max_bytes));
      }
      body.append(bytes);
      return OkStatus();
    };
    return Perform(url, 0, options, &transfer);
  }));
  return body;
}

Status DownloadFile(const HttpDownload& download, const HttpOptions& options) {
  ASSIGN_OR_RETURN(const auto file, io::PartialFile::Open(download.path));
  RETURN_IF_ERROR(Retry(options, [&] { return DownloadOnce(download, options, *file); }));
  return file->Sync();
}

std::string EscapeUrlPath(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte < 0x80 && (std::isalnum(byte) != 0 ||
                                       std::string_view("-._~/").find(c) != std::string_view::npos);
    escaped += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return escaped;
}

}  // namespace ironscribe::engine
