// HTTP GET for model hubs: into memory, or into a file that a later attempt continues. Everything
// is bounded: connection time, silence, redirects, size, number of attempts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "base/status.h"

namespace ironscribe::engine {

struct HttpOptions {
  int connect_timeout_ms = 20'000;
  // A transfer slower than this for stall_seconds is given up (and continued by the next attempt).
  int stall_bytes_per_second = 100;
  int stall_seconds = 30;
  int max_redirects = 5;  // Hubs answer with one, mirrors add one or two.
  int max_attempts = 3;
  int retry_wait_ms = 1'000;  // Doubled each time.
  std::stop_token stop;
};

// The body at `url`. Errors: NotFound (404), PermissionDenied (401, 403), Unavailable when the
// server does not answer or answers with an error, ResourceExhausted above max_bytes, Cancelled.
Result<std::string> HttpGet(const std::string& url, uint64_t max_bytes, const HttpOptions& options);

struct HttpDownload {
  std::string url;
  std::filesystem::path path;
  // The size the body must have, where it is known; else at most max_bytes.
  std::optional<uint64_t> size_bytes = {};
  uint64_t max_bytes = 0;
  // Bytes that are in the file already; may be empty.
  std::function<void(uint64_t done_bytes)> progress = {};
};

// Fetches into `path`, asking only for what the file lacks; the caller checks the digest. Errors as
// HttpGet; what came before an error stays in the file.
Status DownloadFile(const HttpDownload& download, const HttpOptions& options);

// `text` with everything but letters, digits and "-._~/" as %XX.
std::string EscapeUrlPath(std::string_view text);

}  // namespace ironscribe::engine
