#include "api/whispercpp/whispercpp.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "api/form_call.h"
#include "api/options.h"
#include "api/whispercpp/request.h"
#include "text/languages.h"
#include "transcript/writers.h"

namespace ironscribe::api::whispercpp {
namespace {

using Json = nlohmann::ordered_json;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Reply ErrorReply(int http_status, const std::string& message) {
  Reply reply = JsonReply(http_status, Dump({{"error", message}}));
  if (http_status == 429 || http_status == 503) reply.headers.Add("retry-after", "1");
  return reply;
}

// As there, a line for each segment, which is what `transcribe` writes as txt.
std::string Lines(const transcript::Transcript& transcript, const Request& asked) {
  return transcript::FindOutputFormat("txt")->write(transcript, asked.recognition.write);
}

Reply FileReply(const char* format, const char* type, const transcript::Transcript& transcript,
                const Request& asked) {
  return {.status = 200,
          .headers = {{"content-type", type}},
          .body = transcript::FindOutputFormat(format)->write(transcript, asked.recognition.write)};
}

Json SegmentsOf(const transcript::Transcript& transcript) {
  Json segments = Json::array();
  for (const transcript::Segment& segment : transcript.segments) {
    Json words = Json::array();
    for (const transcript::Word& word : segment.words) {
      words.push_back({{"word", word.text},
                       {"start", word.start_seconds},
                       {"end", word.end_seconds},
                       {"probability", word.probability}});
    }
    segments.push_back({{"id", segment.id},
                        {"text", segment.text},
                        {"start", segment.start_seconds},
                        {"end", segment.end_seconds},
                        {"tokens", segment.tokens},
                        {"words", std::move(words)},
                        {"temperature", segment.temperature},
                        {"avg_logprob", segment.average_log_probability},
                        {"no_speech_prob", segment.no_speech_probability}});
  }
  return segments;
}

Reply VerboseReply(const transcript::Transcript& transcript, const Request& asked) {
  const text::Language* language = text::FindLanguageByCode(transcript.language);
  Json dropped = Json::array();
  for (const transcript::DroppedSpan& span : transcript.dropped) {
    dropped.push_back(
        {{"start", span.start_seconds}, {"end", span.end_seconds}, {"reason", span.reason}});
  }
  return JsonReply(200, Dump({{"task", transcript.task},
                              {"language", language != nullptr ? language->name : ""},
                              {"duration", transcript.duration_seconds},
                              {"text", Lines(transcript, asked)},
                              {"segments", SegmentsOf(transcript)},
                              {"dropped", std::move(dropped)}}));
}

Reply TranscriptReply(const transcript::Transcript& transcript, const Request& asked) {
  switch (asked.format) {
    case ReplyFormat::kText:
      return FileReply("txt", "text/html; charset=utf-8", transcript, asked);
    case ReplyFormat::kSrt:
      return FileReply("srt", "application/x-subrip", transcript, asked);
    case ReplyFormat::kVtt:
      return FileReply("vtt", "text/vtt", transcript, asked);
    case ReplyFormat::kVerboseJson:
      return VerboseReply(transcript, asked);
    case ReplyFormat::kJson:
      break;
  }
  return JsonReply(200, Dump({{"text", Lines(transcript, asked)}}));
}

class InferenceCall final : public FormCall {
 public:
  InferenceCall(RouteRequest request, Backend& backend)
      : FormCall(std::move(request), "file", backend.spool), backend_(backend) {}

 protected:
  Reply Refusal(const Status& status, int http_status) override {
    return ErrorReply(http_status, status.message());
  }

  void Answer(Form form, ReplyWriter& writer, std::stop_token client_gone) override {
    Request asked;
    const Status status =
        ReadRequest(form.fields, request().head.headers.Find(kOptionsHeader), asked);
    if (!status.ok() || form.file == nullptr) {
      (void)writer.Send(
          ErrorReply(400, status.ok() ? "no 'file' field in the request" : status.message()));
      return;
    }
    BackendRequest work(backend_, asked.recognition, request().work(), std::move(client_gone));
    Recognized recognized;
    auto failure = work.OpenModel();
    if (!failure.has_value()) failure = work.Recognize(*form.file, {}, recognized);
    (void)writer.Send(failure.has_value() ? Explain(*failure)
                                          : TranscriptReply(recognized.transcript, asked));
  }

 private:
  Reply Explain(const BackendError& error) {
    request().notes->error = "failed";
    const int http_status = HttpStatusOf(error);
    // Internal errors may name files of the server.
    Reply reply = ErrorReply(
        http_status, http_status == 500 ? "failed to process audio" : error.status.message());
    SetRetryAfter(reply, error.retry_after_seconds);
    return reply;
  }

  Backend& backend_;
};

}  // namespace

void AddRoutes(Router& router, Backend& backend, const Health& health) {
  router.Add({.method = "POST",
              .pattern = "/inference",
              .access = RouteAccess::kKey,
              .api = "whispercpp",
              .recognizes = true,
              .handle = [&backend](RouteRequest request) -> RouteOutcome {
                return std::make_unique<InferenceCall>(std::move(request), backend);
              },
              .refuse =
                  [](const Status& status) {
                    return ErrorReply(HttpStatusOf(status.code()), status.message());
                  }});
  router.Add({.method = "GET",
              .pattern = "/health",
              .access = RouteAccess::kPublic,
              .handle = [&health](const RouteRequest&) -> RouteOutcome {
                const bool ready = health.Readiness().ok();
                return JsonReply(ready ? 200 : 503,
                                 ready ? R"({"status":"ok"})" : R"({"status":"loading model"})");
              },
              .refuse = PlainErrorReply});
}

std::string WriteDocument() {
  std::vector<ParameterDescription> rows;
  for (const auto& row : Parameters()) rows.push_back(row.description);
  return "# whisper.cpp's server\n\n"
         "Made from the table that requests are read by (`src/api/whispercpp/request.cc`); do not "
         "edit.\n\n"
         "`POST /inference`, `GET /health`. Errors are `{\"error\": message}`. What no row names "
         "is\n"
         "refused with 400; `/load` is not there, models are the operator's. Without `language` it "
         "is\n"
         "detected, where whisper.cpp takes English.\n\n" +
         WriteParameterTable(rows) +
         "\n`text` has a line for each segment. srt and vtt are what `ironscribe transcribe` "
         "writes.\n";
}

}  // namespace ironscribe::api::whispercpp
