#include "apps/cli/json_log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

namespace ironscribe::cli {
namespace {

using Json = nlohmann::ordered_json;

double Rounded(double value) { return std::round(value * 1e4) / 1e4; }

double Seconds(std::chrono::nanoseconds duration) {
  return Rounded(std::chrono::duration<double>(duration).count());
}

// "2026-01-31T23:59:59.123Z"
std::string Now() {
  const auto now = std::chrono::system_clock::now();
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(now)), ms % 1000);
}

Json Line(const char* level, std::string_view message) {
  return {{"ts", Now()}, {"level", level}, {"msg", message}};
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void AddNotes(const api::CallNotes& notes, Json& json) {
  if (!notes.error.empty()) json["error"] = notes.error;
  if (!notes.model.empty()) json["model"] = notes.model;
  if (notes.audio_seconds > 0) {
    json["audio_seconds"] = Rounded(notes.audio_seconds);
    json["recognition_seconds"] = Rounded(notes.recognition_seconds);
    json["real_time_factor"] = Rounded(notes.recognition_seconds / notes.audio_seconds);
  }
}

}  // namespace

void JsonLog::Write(const std::string& line) {
  const std::lock_guard lock(mutex_);
  out_ << line << std::flush;
}

void JsonLog::Info(std::string_view message) { Write(Dump(Line("info", message))); }

void JsonLog::Error(std::string_view message, const Status& status) {
  Json json = Line("error", message);
  json["error"] = status.message();
  Write(Dump(json));
}

void JsonLog::Request(const api::RequestRecord& record) {
  Json json = Line(record.status >= 500 ? "error" : "info", "request");
  json["request_id"] = record.request_id;
  json["method"] = record.method;
  json["route"] = record.route;
  json["listener"] = record.listener;
  if (!record.key_id.empty()) json["key"] = record.key_id;
  json["status"] = record.status;
  json["bytes_in"] = record.bytes_in;
  json["bytes_out"] = record.bytes_out;
  json["seconds"] = Seconds(record.duration);
  AddNotes(record.notes, json);
  Write(Dump(json));
}

void JsonLog::Job(const api::jobs::JobRecord& record) {
  Json json = Line("info", "job");
  json["job_id"] = record.job_id;
  json["attempt"] = record.attempt;
  json["outcome"] = record.outcome;
  if (!record.key_id.empty()) json["key"] = record.key_id;
  AddNotes(record.notes, json);
  Write(Dump(json));
}

void JsonLog::Callback(const api::jobs::CallbackRecord& record) {
  Json json = Line("info", "callback");
  json["job_id"] = record.job_id;
  json["try"] = record.tries;
  json["outcome"] = record.outcome;
  if (record.http_status != 0) json["status"] = record.http_status;
  if (!record.error.ok()) json["error"] = record.error.message();
  Write(Dump(json));
}

void JsonLog::Refused(const server::AccessRecord& record) {
  Json json = Line("info", "refused");
  json["method"] = record.method;
  json["listener"] = record.listener;
  json["status"] = record.status;
  json["bytes_in"] = record.bytes_in;
  json["bytes_out"] = record.bytes_out;
  json["seconds"] = Seconds(record.duration);
  Write(Dump(json));
}

}  // namespace ironscribe::cli
