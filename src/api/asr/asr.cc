#include "api/asr/asr.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "api/form_call.h"
#include "api/options.h"
#include "api/parameter_table.h"
#include "api/parameter_values.h"
#include "text/languages.h"
#include "transcript/writers.h"

namespace ironscribe::api::asr {
namespace {

constexpr const char* kFileField = "audio_file";
// What language detection hears: the model's window.
constexpr double kDetectionSeconds = 30;

struct Request {
  RecognitionRequest recognition;
  const transcript::OutputFormat* format = nullptr;
  bool words = false;
};

// As pydantic reads booleans.
Status TakeBool(std::string_view text, bool& value) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return api::TakeBool(
      lower, {.yes = {"true", "1", "on", "yes"}, .no = {"false", "0", "off", "no"}}, value);
}

Status TakeTask(std::string_view value, Request& request) {
  if (value != "transcribe" && value != "translate") return Wrong("transcribe or translate");
  request.recognition.decoding.task =
      value == "translate" ? models::Task::kTranslate : models::Task::kTranscribe;
  return OkStatus();
}

Status TakeLanguage(std::string_view value, Request& request) {
  request.recognition.decoding.language = value == "auto" ? "" : value;
  return OkStatus();
}

Status TakePrompt(std::string_view value, Request& request) {
  request.recognition.decoding.initial_prompt = value;
  return OkStatus();
}

Status TakeOutput(std::string_view value, Request& request) {
  request.format = transcript::FindOutputFormat(value);
  return request.format != nullptr ? OkStatus() : Wrong("txt, vtt, srt, tsv or json");
}

Status TakeEncode(std::string_view value, Request& request) {
  bool encode = true;
  RETURN_IF_ERROR(TakeBool(value, encode));
  request.recognition.raw_pcm = !encode;
  return OkStatus();
}

Status TakeVad(std::string_view value, Request& request) {
  bool vad = false;
  RETURN_IF_ERROR(TakeBool(value, vad));
  if (vad) request.recognition.decoding.segmentation = models::Segmentation::kVoiceActivity;
  return OkStatus();
}

Status TakeWords(std::string_view value, Request& request) {
  return TakeBool(value, request.words);
}

Status TakeDiarize(std::string_view value, Request&) {
  bool wanted = false;
  RETURN_IF_ERROR(TakeBool(value, wanted));
  return wanted ? UnimplementedError("speakers are not told apart yet") : OkStatus();
}

Status TakeModel(std::string_view value, Request& request) {
  request.recognition.model = value;
  return OkStatus();
}

using Row = Parameter<Request>;
constexpr Treatment kHonoured = Treatment::kHonoured;

constexpr Row kRows[] = {
    {{"audio_file", kHonoured, "the recording, in the form; all else is in the query"}, nullptr},
    {{"encode", kHonoured,
      "false: the recording is samples of 16 bits at 16 kHz, mono, without a header"},
     TakeEncode},
    {{"model", kHonoured, "a model of the server; whisper-asr-webservice has no such parameter"},
     TakeModel},
    {{"task", kHonoured, "transcribe, or translate into English"}, TakeTask},
    {{"language", kHonoured, "code such as `en`; nothing detects it"}, TakeLanguage},
    {{"initial_prompt", kHonoured, "text before the first window"}, TakePrompt},
    {{"vad_filter", kHonoured, "true: only what holds speech"}, TakeVad},
    {{"word_timestamps", kHonoured, "true: times of words, in json"}, TakeWords},
    {{"output", kHonoured, "txt, vtt, srt, tsv, json: as `ironscribe transcribe` writes them"},
     TakeOutput},
    {{"diarize", kHonoured, "false; true is refused, speakers are not told apart"}, TakeDiarize},
    {{"min_speakers", Treatment::kRefused, "speakers are not told apart yet"}, nullptr},
    {{"max_speakers", Treatment::kRefused, "speakers are not told apart yet"}, nullptr},
};
constexpr size_t kNumDetectionRows = 3;  // Of /detect-language.

// {"detail": message}, as FastAPI says it.
Reply ErrorReply(int http_status, const std::string& message) {
  const nlohmann::json body = {{"detail", message}};
  Reply reply =
      JsonReply(http_status, body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  if (http_status == 429 || http_status == 503) reply.headers.Add("retry-after", "1");
  return reply;
}

class AsrCall final : public FormCall {
 public:
  AsrCall(RouteRequest request, bool detects, Backend& backend)
      : FormCall(std::move(request), kFileField, backend.spool),
        detects_(detects),
        backend_(backend) {}

 protected:
  Reply Refusal(const Status& status, int http_status) override {
    return ErrorReply(http_status, status.message());
  }

  void Answer(Form form, ReplyWriter& writer, std::stop_token client_gone) override {
    Request asked;
    if (const Status status = Read(form, asked); !status.ok()) {
      // What FastAPI answers to parameters that are not what they should be.
      (void)writer.Send(ErrorReply(422, status.message()));
      return;
    }
    BackendRequest work(backend_, asked.recognition, request().work(), std::move(client_gone));
    Recognized recognized;
    auto failure = work.OpenModel();
    if (!failure.has_value()) failure = work.Recognize(*form.file, {}, recognized);
    (void)writer.Send(failure.has_value() ? Explain(*failure)
                      : detects_          ? LanguageReply(recognized.transcript)
                                          : TranscriptReply(recognized.transcript, asked));
  }

 private:
  std::span<const Row> Rows() const {
    return detects_ ? std::span(kRows).first(kNumDetectionRows) : std::span<const Row>(kRows);
  }

  Status Read(const Form& form, Request& asked) const {
    asked.format = transcript::FindOutputFormat("txt");
    if (const auto options = request().head.headers.Find(kOptionsHeader)) {
      RETURN_IF_ERROR(ApplyOptions(*options, asked.recognition));
    }
    for (const QueryParameter& parameter : request().head.query) {
      RETURN_IF_ERROR(TakeParameter(Rows(), parameter.name, parameter.value, asked).status);
    }
    for (const FormField& field : form.fields) {
      if (field.name != kOptionsField) {
        return InvalidArgumentError("parameters belong into the query, not into the form");
      }
      RETURN_IF_ERROR(ApplyOptions(field.value, asked.recognition));
    }
    if (form.file == nullptr) return InvalidArgumentError("'audio_file' is missing");
    models::DecodingOptions& decoding = asked.recognition.decoding;
    const bool cues =
        asked.format->has_cues && asked.recognition.write.cues == transcript::CueStyle::kRules;
    decoding.word_times = asked.recognition.word_times.value_or(asked.words || cues);
    if (detects_) decoding.clips = {{.start_seconds = 0, .end_seconds = kDetectionSeconds}};
    return OkStatus();
  }

  Reply Explain(const BackendError& error) {
    request().notes->error = "failed";
    const int http_status = HttpStatusOf(error);
    // Internal errors may name files of the server.
    Reply reply =
        ErrorReply(http_status, http_status == 500 ? "the server failed to process the request"
                                                   : error.status.message());
    SetRetryAfter(reply, error.retry_after_seconds);
    return reply;
  }

  static Reply TranscriptReply(const transcript::Transcript& transcript, const Request& asked) {
    // Of text/plain whatever the format, as the original.
    return {.status = 200,
            .headers = {{"content-type", "text/plain; charset=utf-8"},
                        {"asr-engine", "ironscribe"},
                        {"content-disposition", fmt::format("attachment; filename=\"transcript{}\"",
                                                            asked.format->extension)}},
            .body = asked.format->write(transcript, asked.recognition.write)};
  }

  static Reply LanguageReply(const transcript::Transcript& transcript) {
    const text::Language* language = text::FindLanguageByCode(transcript.language);
    const double confidence = transcript.language_probabilities.empty()
                                  ? 1.0
                                  : transcript.language_probabilities[0].probability;
    const nlohmann::ordered_json body = {
        {"detected_language", language != nullptr ? language->name : ""},
        {"language_code", transcript.language},
        {"confidence", confidence}};
    return JsonReply(200, body.dump());
  }

  const bool detects_;
  Backend& backend_;
};

void AddRoute(Router& router, Backend& backend, const char* path, bool detects) {
  router.Add({.method = "POST",
              .pattern = path,
              .access = RouteAccess::kKey,
              .api = "asr",
              .recognizes = true,
              .handle = [&backend, detects](RouteRequest request) -> RouteOutcome {
                return std::make_unique<AsrCall>(std::move(request), detects, backend);
              },
              .refuse =
                  [](const Status& status) {
                    return ErrorReply(HttpStatusOf(status.code()), status.message());
                  }});
}

std::string Table(std::span<const Row> rows) {
  std::vector<ParameterDescription> descriptions;
  for (const Row& row : rows) descriptions.push_back(row.description);
  return WriteParameterTable(descriptions);
}

}  // namespace

void AddRoutes(Router& router, Backend& backend) {
  AddRoute(router, backend, "/asr", false);
  AddRoute(router, backend, "/detect-language", true);
}

std::vector<ParameterDescription> Parameters(bool detects) {
  std::vector<ParameterDescription> rows;
  for (const Row& row : detects ? std::span(kRows).first(kNumDetectionRows) : std::span(kRows)) {
    rows.push_back(row.description);
  }
  return rows;
}

std::string WriteDocument() {
  return "# whisper-asr-webservice\n\n"
         "Made from the table that requests are read by (`src/api/asr/asr.cc`); do not edit.\n\n"
         "Bazarr's provider \"Whisper\" works with the server's address as its endpoint. Errors "
         "are\n"
         "`{\"detail\": message}`. What no row names is refused with 422.\n\n"
         "## POST /asr\n\n" +
         Table(kRows) +
         "\nThe reply is text/plain whatever the output, with `asr-engine: ironscribe`.\n\n"
         "## POST /detect-language\n\n" +
         Table(std::span(kRows).first(kNumDetectionRows)) +
         "\nHears the first 30 s; the reply is `detected_language`, `language_code`, "
         "`confidence`.\n";
}

}  // namespace ironscribe::api::asr
