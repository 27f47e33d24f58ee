#include "apps/cli/request_ledger.h"

#include <chrono>
#include <string>
#include <utility>

#include "apps/cli/request_trace.h"

namespace ironscribe::cli {
namespace {

constexpr int kFirstErrorStatus = 400;
constexpr const char* kMode = "request";
constexpr const char* kJobMode = "job";

}  // namespace

void RequestLedger::Write(const api::RequestRecord& record) {
  log_.Request(record);
  access_.Note(record);
  const api::CallNotes& notes = record.notes;
  metrics_.requests.With({record.api, notes.model, std::to_string(record.status)}).Add(1);
  metrics_.request_seconds.With({record.api, notes.model})
      .Observe(std::chrono::duration<double>(record.duration).count());
  if (!notes.recording_error.empty()) metrics_.decode_errors.With({notes.recording_error}).Add(1);
  if (tracing_.exporter != nullptr) Trace(record);
  if (notes.model.empty()) return;
  // Also of clients that left: what was recognized is used.
  usage_.Add(record.key_id, notes.model, notes.audio_seconds, record.status >= kFirstErrorStatus);
  if (notes.audio_seconds > 0) {
    metrics_.CountRecognition(notes.model, kMode, notes.audio_seconds, notes.recognition_seconds);
  }
}

void RequestLedger::Trace(const api::RequestRecord& record) {
  const auto trace_id = TraceIdOf(record);
  if (!trace_id.ok() || !IsTraced(record, *trace_id, tracing_.share)) return;
  auto spans = SpansOf(record, *trace_id, Now());
  if (spans.ok()) tracing_.exporter->Add(*std::move(spans));
}

void RequestLedger::Write(const api::jobs::JobRecord& record) {
  log_.Job(record);
  const api::CallNotes& notes = record.notes;
  if (!notes.recording_error.empty()) metrics_.decode_errors.With({notes.recording_error}).Add(1);
  const bool failed = record.outcome == "failed";
  if (notes.model.empty() || (!failed && notes.audio_seconds == 0)) return;
  usage_.Add(record.key_id, notes.model, notes.audio_seconds, failed);
  if (notes.audio_seconds > 0) {
    metrics_.CountRecognition(notes.model, kJobMode, notes.audio_seconds,
                              notes.recognition_seconds);
  }
}

}  // namespace ironscribe::cli
