#include "api/jobs/audio_fetch.h"

#include <fmt/format.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

namespace ironscribe::api::jobs {
namespace {

constexpr int kTooManyRequests = 429;

struct Fetched {
  std::unique_ptr<queue::Upload> audio{};
  Status error{};
  bool may_retry = false;
};

// Our own words: those of the disk name files of the server.
Status NoRoom() { return ResourceExhaustedError("the server has no room for it now"); }

Fetched FetchOnce(queue::JobQueue& queue, const net::OutboundClient& client, const std::string& url,
                  const std::stop_token& stop) {
  auto upload = queue.NewUpload();
  if (!upload.ok()) return {.error = NoRoom()};
  const auto sink = [&](std::string_view piece) {
    return (*upload)->Append(piece).ok() ? OkStatus() : NoRoom();
  };
  const auto status = client.Send({.url = url, .sink = sink}, stop);
  if (!status.ok()) {
    const StatusCode code = status.status().code();
    const bool passes = code == StatusCode::kUnavailable || code == StatusCode::kDeadlineExceeded;
    return {.error = status.status(), .may_retry = passes};
  }
  if (*status == 200) return {.audio = *std::move(upload)};
  const bool passes = *status >= 500 || *status == kTooManyRequests;
  return {.error = UnavailableError(fmt::format("the answer was HTTP status {}", *status)),
          .may_retry = passes};
}

bool Sleep(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace

Result<std::filesystem::path> FetchAudio(queue::JobQueue& queue, const queue::Lease& lease,
                                         const net::OutboundClient& client, const std::string& url,
                                         const FetchOptions& options, const std::stop_token& stop) {
  std::chrono::milliseconds pause = options.pause;
  for (int tries = 1;; ++tries) {
    Fetched fetched = FetchOnce(queue, client, url, stop);
    if (fetched.error.ok()) {
      auto path = queue.AttachAudio(lease, std::move(fetched.audio));
      const StatusCode code = path.status().code();
      const bool lost = code == StatusCode::kCancelled || code == StatusCode::kAborted;
      if (path.ok() || lost) return path;
      return NoRoom().Annotate("the recording cannot be fetched");
    }
    if (fetched.error.code() == StatusCode::kCancelled) return fetched.error;
    if (!fetched.may_retry || tries >= options.max_tries) {
      return fetched.error.Annotate("the recording cannot be fetched");
    }
    if (!Sleep(pause, stop)) return CancelledError("interrupted");
    pause *= 2;
  }
}

}  // namespace ironscribe::api::jobs
