#include "api/openai/transcription_call.h"

#include <utility>

#include "api/keep_alive.h"
#include "api/openai/replies.h"
#include "api/options.h"

namespace ironscribe::api::openai {
namespace {

constexpr const char* kFileField = "file";
constexpr const char* kComment = ": waiting\n\n";

std::string EventOf(const std::string& json) { return "data: " + json + "\n\n"; }

// Cuts a text into deltas whose sum is the text without space around it: space goes out with what
// follows it.
class DeltaCutter {
 public:
  // What to send; may be empty.
  std::string Next(std::string_view text) {
    waiting_ += text;
    if (!begun_) waiting_.erase(0, waiting_.find_first_not_of(kSpace));
    const size_t last = waiting_.find_last_not_of(kSpace);
    if (last == std::string::npos) return "";
    begun_ = true;
    std::string delta = waiting_.substr(0, last + 1);
    waiting_.erase(0, last + 1);
    return delta;
  }

 private:
  static constexpr const char* kSpace = " \t\n";
  std::string waiting_;
  bool begun_ = false;
};

}  // namespace

TranscriptionCall::TranscriptionCall(RouteRequest request, Endpoint endpoint,
                                     std::optional<std::string> deployment, Backend& backend)
    : FormCall(std::move(request), kFileField, backend.spool),
      endpoint_(endpoint),
      deployment_(std::move(deployment)),
      backend_(backend) {}

Reply TranscriptionCall::Fail(const Error& error) {
  request().notes->error = error.code;
  return ErrorReply(error);
}

Reply TranscriptionCall::Refusal(const Status& status, int http_status) {
  const char* code = http_status == 400   ? "invalid_form"
                     : http_status == 413 ? "too_large"
                     : http_status == 503 ? "overloaded"
                                          : "no_room";
  return Fail({http_status,
               http_status == 507 ? "the server has no room for the upload now; try "
                                    "again later"
                                  : status.message(),
               "", code});
}

void TranscriptionCall::Answer(Form form, ReplyWriter& writer, std::stop_token client_gone) {
  const auto error = ReadRequest({.endpoint = endpoint_,
                                  .fields = form.fields,
                                  .options = request().head.headers.Find(kOptionsHeader),
                                  .deployment = deployment_},
                                 asked_);
  if (error.has_value()) {
    (void)writer.Send(Fail(*error));
    return;
  }
  if (form.file == nullptr) {
    (void)writer.Send(
        Fail({400, "'file' is missing: the recording", "file", "missing_required_parameter"}));
    return;
  }
  BackendRequest work(backend_, asked_.recognition, request().work(), std::move(client_gone));
  if (const auto failure = work.OpenModel()) {
    (void)writer.Send(Fail(ErrorOf(*failure)));
    return;
  }
  asked_.stream ? AnswerStream(*form.file, writer, work) : AnswerWhole(*form.file, writer, work);
}

void TranscriptionCall::AnswerWhole(const SpoolFile& file, ReplyWriter& writer,
                                    BackendRequest& work) {
  Recognized recognized;
  if (const auto failure = work.Recognize(file, {}, recognized)) {
    (void)writer.Send(Fail(ErrorOf(*failure)));
    return;
  }
  (void)writer.Send(TranscriptReply(recognized.transcript, asked_));
}

// The reply begins when the recording could be opened, so that what is none is still answered
// with 400. What goes wrong later is an event.
void TranscriptionCall::AnswerStream(const SpoolFile& file, ReplyWriter& writer,
                                     BackendRequest& work) {
  std::optional<BackendError> failure;
  const auto compute = [&](PieceQueue& queue) {
    DeltaCutter cutter;
    const auto send = [&](std::string_view text) {
      const std::string delta = cutter.Next(text);
      if (!delta.empty()) queue.Put(EventOf(DeltaEvent(delta)));
    };
    Recognized recognized;
    failure =
        work.Recognize(file,
                       {.begun = [&] { queue.Begin(); },
                        .segment = [&](const transcript::Segment& segment) { send(segment.text); }},
                       recognized);
    if (failure.has_value()) return;
    if (!RecordingRecognizer::StreamsText(asked_.recognition)) send(recognized.transcript.text);
    queue.Put(EventOf(DoneEvent(recognized.transcript, asked_)));
  };
  const bool begun = WriteWhile(compute, writer,
                                {.headers = {{"content-type", "text/event-stream; charset=utf-8"},
                                             {"cache-control", "no-cache"}},
                                 .idle_piece = kComment,
                                 .idle_time = kKeepAlive});
  if (failure.has_value() && !begun) {
    (void)writer.Send(Fail(ErrorOf(*failure)));
    return;
  }
  if (failure.has_value()) {
    const Error error = ErrorOf(*failure);
    request().notes->error = error.code;
    (void)writer.Write(EventOf(ErrorJson(error)));
  }
  (void)writer.Finish();
}

}  // namespace ironscribe::api::openai
