#include "api/jobs/callback_sender.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/jobs/callback_signature.h"
#include "api/jobs/job_order.h"
#include "api/jobs/job_result.h"
#include "api/jobs/replies.h"

namespace ironscribe::api::jobs {
namespace {

using Json = nlohmann::ordered_json;
using queue::NoticeState;

// A receiver that says so wants none of it any more (RFC 9110, 15.5.11).
constexpr int kGone = 410;
// Owners that are looked at for one that is not being served.
constexpr int kOwnersAtOnce = 64;
// Larger results are left out: receivers fetch them.
constexpr size_t kMaxTextBytes = size_t{8} << 20;

int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

bool IsDelivered(int http_status) { return http_status >= 200 && http_status <= 299; }

}  // namespace

std::string CallbackId(std::string_view job_id) { return "callback_" + std::string(job_id); }

CallbackSender::CallbackSender(queue::JobQueue& queue, const net::OutboundClient& client,
                               CallbackOptions options)
    : queue_(queue), client_(client), options_(std::move(options)) {
  const std::stop_token stop = stop_.get_token();
  for (int i = 0; i < options_.num_threads; ++i) {
    threads_.emplace_back([this, stop] { Work(stop); });
  }
}

CallbackSender::~CallbackSender() {
  stop_.request_stop();
  threads_.clear();
}

void CallbackSender::Pause(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  woken_.wait_for(lock, stop, options_.poll, [] { return false; });
}

void CallbackSender::Work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const std::optional<queue::Job> job = Take();
    if (!job.has_value()) {
      Pause(stop);
      continue;
    }
    Send(*job, stop);
    Done(job->owner);
  }
}

std::optional<queue::Job> CallbackSender::Take() {
  const std::lock_guard lock(mutex_);
  auto due = queue_.DueNotices(kOwnersAtOnce + options_.num_threads);
  if (!due.ok()) return std::nullopt;  // The next look will tell; those who submit are told.
  for (queue::Job& job : *due) {
    if (busy_owners_.insert(job.owner).second) return std::move(job);
  }
  return std::nullopt;
}

void CallbackSender::Done(const std::string& owner) {
  const std::lock_guard lock(mutex_);
  busy_owners_.erase(owner);
}

Result<std::string> CallbackSender::BodyOf(const queue::Job& job, const std::string& format) {
  const int64_t now_ms = NowMs();
  Json body = {{"type", "job.finished"},
               {"id", CallbackId(job.id)},
               {"data", Json::parse(JobJson(job, std::nullopt, now_ms), nullptr, false)}};
  if (!format.empty() && job.has_result) {
    ASSIGN_OR_RETURN(const std::string result,
                     queue_.ReadResult(queue::Viewer::Owner(job.owner), job.id));
    ASSIGN_OR_RETURN(std::string text, ReadResultFormat(result, format));
    body["result"] = {{"format", format}, {"too_large", text.size() > kMaxTextBytes}};
    if (text.size() <= kMaxTextBytes) body["result"]["text"] = std::move(text);
  }
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void CallbackSender::Send(const queue::Job& job, const std::stop_token& stop) {
  CallbackRecord record{.job_id = job.id, .tries = job.num_notices + 1, .outcome = "given_up"};
  JobOrder order;
  const auto text = ReadPayload(job.payload);
  if (text.ok()) (void)ReadOrder(*text, order);
  auto body = BodyOf(job, order.callback_result);
  if (!order.callback_url.empty() && body.ok()) {
    const CallbackMessage message{
        .id = CallbackId(job.id), .unix_seconds = NowMs() / 1000, .body = *std::move(body)};
    net::OutboundRequest request{.url = order.callback_url,
                                 .headers = CallbackHeaders(message, options_.secrets),
                                 .body = message.body};
    request.headers.emplace_back("content-type: application/json");
    const auto answer = client_.Send(request, stop);
    if (answer.status().code() == StatusCode::kCancelled) return;
    record.error = answer.status();
    record.http_status = answer.ok() ? *answer : 0;
    const bool last = record.tries >= options_.max_tries || record.http_status == kGone;
    record.outcome = IsDelivered(record.http_status) ? "delivered"
                     : last                          ? "given_up"
                                                     : "postponed";
  } else {
    record.error = body.status();  // Deleted meanwhile, or damaged: there is nothing to tell.
  }
  if (const Status settled = Settle(record); !settled.ok()) {
    // It will be sent again; not at once.
    if (options_.on_error) options_.on_error("a callback cannot be written down", settled);
    Pause(stop);
    return;
  }
  if (options_.observer) options_.observer(record);
}

Status CallbackSender::Settle(CallbackRecord& record) {
  if (record.outcome == "delivered") return queue_.SettleNotice(record.job_id, NoticeState::kTold);
  if (record.outcome == "given_up") {
    return queue_.SettleNotice(record.job_id, NoticeState::kGivenUp);
  }
  const int64_t longest_ms =
      std::min<int64_t>(options_.longest_pause.count(), queue::JobQueue::kMaxNoticeDelayMs);
  int64_t pause_ms = options_.first_pause.count();
  for (int64_t i = 1; i < record.tries && pause_ms < longest_ms; ++i) pause_ms *= 2;
  return queue_.PostponeNotice(record.job_id, std::min(pause_ms, longest_ms));
}

}  // namespace ironscribe::api::jobs
