#include "api/jobs/replies.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/jobs/job_order.h"
#include "api/router.h"
#include "transcript/writers.h"

namespace ironscribe::api::jobs {
namespace {

using Json = nlohmann::ordered_json;
using queue::JobState;

// Internal errors may name files of the server.
constexpr const char* kServerMessage =
    "the server failed to process the request; the log tells more under the request id";

// A job that has not come so far tells nothing about its speed.
constexpr double kLeastProgressToExtrapolate = 0.02;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// "2026-01-31T23:59:59.123Z"; null for 0.
Json Time(int64_t unix_ms) {
  if (unix_ms == 0) return nullptr;
  const auto seconds = static_cast<std::time_t>(unix_ms / 1000);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds), unix_ms % 1000);
}

Json Seconds(const std::optional<double>& ms) {
  return ms.has_value() ? Json(std::round(*ms) / 1000) : Json(nullptr);
}

// Of a job that runs, by how far it has come.
std::optional<double> ExpectedRunMs(const queue::Job& job, int64_t now_ms) {
  const auto elapsed_ms = static_cast<double>(now_ms - job.started_ms);
  if (job.progress < kLeastProgressToExtrapolate || elapsed_ms < 0) return std::nullopt;
  return elapsed_ms * (1 - job.progress) / job.progress;
}

Json ErrorOfJob(const queue::Job& job) {
  if (job.error_code == StatusCode::kOk) return nullptr;
  std::string code(StatusCodeName(job.error_code));
  std::transform(code.begin(), code.end(), code.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return {{"code", code}, {"message", job.error}};
}

Json ResultsOf(const queue::Job& job) {
  Json results = Json::object();
  for (const transcript::OutputFormat& format : transcript::OutputFormats()) {
    results[std::string(format.name)] =
        fmt::format("{}/result?format={}", JobPath(job.id), format.name);
  }
  return results;
}

std::string_view CallbackStateName(queue::NoticeState state) {
  switch (state) {
    case queue::NoticeState::kTold:
      return "delivered";
    case queue::NoticeState::kGivenUp:
      return "given_up";
    default:
      return "waiting";
  }
}

Json ToJson(const queue::Job& job, int64_t now_ms) {
  JobOrder order;
  if (const auto text = ReadPayload(job.payload); text.ok()) (void)ReadOrder(*text, order);
  Json json = {{"id", job.id},
               {"object", "job"},
               {"state", queue::JobStateName(job.state)},
               {"name", order.name},
               {"batch", job.batch_id.empty() ? Json(nullptr) : Json(job.batch_id)},
               {"priority", job.priority < 0 ? "low" : "normal"},
               {"progress", std::round(job.progress * 1e4) / 1e4},
               {"attempt", job.attempt},
               {"created_at", Time(job.created_ms)},
               {"started_at", Time(job.started_ms)},
               {"finished_at", Time(job.finished_ms)},
               {"deleted_at", Time(job.retain_until_ms)}};
  if (job.audio_bytes.has_value()) json["audio_bytes"] = *job.audio_bytes;
  if (job.notice != queue::NoticeState::kNone) {
    json["callback"] = {{"state", CallbackStateName(job.notice)}, {"tries", job.num_notices}};
  }
  if (job.state == JobState::kRunning) {
    json["expected_seconds_left"] = Seconds(ExpectedRunMs(job, now_ms));
  }
  if (queue::IsFinal(job.state) && !job.has_result) json["error"] = ErrorOfJob(job);
  if (job.has_result) json["results"] = ResultsOf(job);
  return json;
}

}  // namespace

std::string JobPath(const std::string& id) { return "/v1/jobs/" + id; }
std::string BatchPath(const std::string& id) { return "/v1/job-batches/" + id; }

std::string JobJson(const queue::Job& job, const std::optional<QueuePlace>& place, int64_t now_ms) {
  Json json = ToJson(job, now_ms);
  if (place.has_value()) {
    json["queue"] = {{"jobs_before", place->num_before},
                     {"expected_wait_seconds", Seconds(place->expected_wait_ms)}};
  }
  return Dump(json);
}

std::string BatchJson(const queue::Batch& batch) {
  JobOrder order;
  if (const auto text = ReadPayload(batch.payload); text.ok()) (void)ReadOrder(*text, order);
  Json counts = Json::object();
  for (int state = 0; state < queue::kNumJobStates; ++state) {
    const auto named = static_cast<JobState>(state);
    counts[std::string(queue::JobStateName(named))] = batch.Count(named);
  }
  const int64_t left = batch.Count(JobState::kQueued) + batch.Count(JobState::kRunning);
  return Dump({{"id", batch.id},
               {"object", "job_batch"},
               {"state", left > 0 ? "running" : "finished"},
               {"name", order.name},
               {"created_at", Time(batch.created_ms)},
               {"total", batch.Total()},
               {"counts", std::move(counts)},
               {"jobs", "/v1/jobs?batch=" + batch.id}});
}

std::string ListJson(const queue::JobPage& page, int64_t now_ms) {
  Json data = Json::array();
  for (const queue::Job& job : page.jobs) data.push_back(ToJson(job, now_ms));
  return Dump({{"object", "list"},
               {"data", std::move(data)},
               {"next_cursor", page.next_cursor.empty() ? Json(nullptr) : Json(page.next_cursor)}});
}

Error ErrorOf(const Status& status) {
  const std::string& message = status.message();
  const int http_status = HttpStatusOf(status.code());
  switch (http_status) {
    case 400:
      return {400, "invalid_request", message};
    case 401:
      return {401, "invalid_key", message};
    case 403:
      return {403, "forbidden", message};
    case 404:
      return {404, "not_found", message};
    case 409:
      return {409, "conflict", message};
    case 413:
      return {413, "too_large", message};
    case 429:
      return {429, "too_many_requests", message};
    case 503:
      return {503, "unavailable", "the queue cannot be reached for a moment; try again"};
    default:
      return {500, "internal_error", kServerMessage};
  }
}

Error ErrorOf(const BackendError& error) {
  const std::string& message = error.status.message();
  switch (error.fault) {
    case Fault::kModel:
      return {404, "model_not_found", message, "model"};
    case Fault::kOptions:
      return {400, "invalid_request", message};
    case Fault::kRecording:
      return {400, "invalid_audio", message, std::string(kFileField)};
    case Fault::kLimit:
      return {413, "audio_too_long", message, std::string(kFileField)};
    case Fault::kBusy:
      return {503, "unavailable", message};
    case Fault::kGone:
      return {499, "client_gone", "the client has left"};
    case Fault::kRefused:
      return ErrorOf(error.status);
    case Fault::kServer:
      break;
  }
  return {500, "internal_error", kServerMessage};
}

Reply ErrorReply(const Error& error) {
  Json body = {{"code", error.code}, {"message", error.message}};
  if (!error.parameter.empty()) body["parameter"] = error.parameter;
  Reply reply = JsonReply(error.http_status, Dump({{"error", std::move(body)}}));
  if (error.http_status == 429 || error.http_status == 503) SetRetryAfter(reply, 1);
  return reply;
}

}  // namespace ironscribe::api::jobs
