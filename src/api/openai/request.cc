#include "api/openai/request.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "api/options.h"
#include "api/parameter_values.h"
#include "text/languages.h"

namespace ironscribe::api::openai {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kAliases[] = {
    "whisper-1",
    "gpt-4o-transcribe",
    "gpt-4o-mini-transcribe",
    "gpt-4o-mini-transcribe-2025-12-15",
    "gpt-transcribe",
};

// Its answers tell speakers apart.
constexpr std::string_view kDiarizingModel = "gpt-4o-transcribe-diarize";

// Of chunking_strategy, by OpenAI's specification (2.3.0).
constexpr float kVadThreshold = 0.5f;
constexpr int kVadPrefixPaddingMs = 300;
constexpr int kVadSilenceMs = 200;
constexpr int kMaxVadMs = 3'600'000;

Status TakeBool(std::string_view text, bool& value) {
  return api::TakeBool(text, {.yes = {"true", "True", "1"}, .no = {"false", "False", "0"}}, value);
}

Status TakeModel(std::string_view value, Request& request) {
  if (value == kDiarizingModel) {
    return UnimplementedError("speakers are not told apart yet; name another model");
  }
  request.has_model = !value.empty();
  request.recognition.model = value;
  request.recognition.model_may_be_default =
      std::find(std::begin(kAliases), std::end(kAliases), value) != std::end(kAliases);
  return OkStatus();
}

Status TakeLanguage(std::string_view value, Request& request) {
  request.recognition.decoding.language = value == "auto" ? "" : value;
  return OkStatus();
}

Status TakeLanguages(std::string_view value, Request& request) {
  const text::Language* language = text::FindLanguage(value);
  if (language == nullptr) return Wrong("codes of languages such as 'de'");
  auto& codes = request.recognition.decoding.languages;
  if (std::find(codes.begin(), codes.end(), language->code) == codes.end()) {
    codes.emplace_back(language->code);
  }
  return OkStatus();
}

Status TakePrompt(std::string_view value, Request& request) {
  request.recognition.decoding.initial_prompt = value;
  return OkStatus();
}

Status TakeFormat(std::string_view value, Request& request) {
  constexpr std::string_view kNames[] = {"json", "text", "srt", "verbose_json", "vtt"};
  const auto* found = std::find(std::begin(kNames), std::end(kNames), value);
  if (value == "diarized_json") return UnimplementedError("speakers are not told apart yet");
  if (found == std::end(kNames)) return Wrong("json, text, srt, verbose_json or vtt");
  request.format = static_cast<ReplyFormat>(found - std::begin(kNames));
  return OkStatus();
}

// At 0 the ladder of temperatures stays, as OpenAI describes it.
Status TakeTemperature(std::string_view value, Request& request) {
  float temperature = 0;
  RETURN_IF_ERROR(TakeNumber(value, 0.0f, 1.0f, temperature));
  if (temperature > 0) request.recognition.decoding.temperatures = {temperature};
  return OkStatus();
}

Status TakeInclude(std::string_view value, Request& request) {
  request.logprobs = value == "logprobs";
  return request.logprobs ? OkStatus() : Wrong("logprobs");
}

Status TakeGranularity(std::string_view value, Request& request) {
  request.words = request.words || value == "word";
  request.segments = request.segments || value == "segment";
  return value == "word" || value == "segment" ? OkStatus() : Wrong("word or segment");
}

Status TakeStream(std::string_view value, Request& request) {
  return TakeBool(value, request.stream);
}

void UseServerVad(Request& request) {
  models::DecodingOptions& decoding = request.recognition.decoding;
  decoding.segmentation = models::Segmentation::kVoiceActivity;
  decoding.speech.threshold = kVadThreshold;
  decoding.speech.padding_ms = kVadPrefixPaddingMs;
  decoding.speech.min_silence_ms = kVadSilenceMs;
}

Status TakeVadThreshold(std::string_view value, Request& request) {
  return TakeNumber(value, 0.01f, 1.0f, request.recognition.decoding.speech.threshold);
}

Status TakeVadPadding(std::string_view value, Request& request) {
  return TakeNumber(value, 0, kMaxVadMs, request.recognition.decoding.speech.padding_ms);
}

Status TakeVadSilence(std::string_view value, Request& request) {
  return TakeNumber(value, 0, kMaxVadMs, request.recognition.decoding.speech.min_silence_ms);
}

Status TakeVadType(std::string_view value, Request& request) {
  if (value == "auto") {
    request.recognition.decoding.segmentation = models::Segmentation::kVoiceActivity;
    return OkStatus();
  }
  if (value != "server_vad") return Wrong("auto or server_vad");
  UseServerVad(request);
  return OkStatus();
}

// "auto", or an object as text.
Status TakeChunking(std::string_view value, Request& request) {
  if (!value.starts_with('{')) return TakeVadType(value, request);
  const Json json = Json::parse(value, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || json.value("type", Json()) != Json("server_vad")) {
    return Wrong("auto, or an object of the type server_vad");
  }
  UseServerVad(request);
  for (const auto& [name, member] : json.items()) {
    const std::string text = member.dump();
    if (name == "threshold") {
      RETURN_IF_ERROR(TakeVadThreshold(text, request));
    } else if (name == "prefix_padding_ms") {
      RETURN_IF_ERROR(TakeVadPadding(text, request));
    } else if (name == "silence_duration_ms") {
      RETURN_IF_ERROR(TakeVadSilence(text, request));
    } else if (name != "type") {
      return Wrong("an object of type, threshold, prefix_padding_ms and silence_duration_ms");
    }
  }
  return OkStatus();
}

Status TakeOptions(std::string_view value, Request& request) {
  return ApplyOptions(value, request.recognition);
}

using Row = Parameter<Request>;
constexpr Treatment kHonoured = Treatment::kHonoured;
constexpr Treatment kRefused = Treatment::kRefused;
constexpr Treatment kHint = Treatment::kHint;

// Those of both endpoints come first, and those that others of a form refer to.
constexpr Row kRows[] = {
    {{"file", kHonoured, "the recording, in any format that `ironscribe transcribe` reads"},
     nullptr},
    {{"model", kHonoured, "a model of the server; OpenAI's names stand for its default; required"},
     TakeModel},
    {{"prompt", kHonoured, "text before the first window"}, TakePrompt},
    {{"response_format", kHonoured,
      "json, text, srt, verbose_json, vtt; diarized_json is refused, speakers are not told apart"},
     TakeFormat},
    {{"temperature", kHonoured, "0 to 1; 0 falls back to higher ones where the text is poor"},
     TakeTemperature},
    {{"user", kHint, "an end user of the client's"}, nullptr},
    {{"ironscribe_options", kHonoured, "our own options, a JSON object"}, TakeOptions},
    {{"language", kHonoured, "code such as `en`; nothing, or `auto`, detects it"}, TakeLanguage},
    {{"languages", kHonoured, "codes of the languages that may be detected"}, TakeLanguages},
    {{"keywords", kRefused, "phrases are not preferred yet; `prompt` takes spellings"}, nullptr},
    {{"include", kHonoured,
      "`logprobs`, with json: the units are words, each with the logarithm of its tokens' mean "
      "probability"},
     TakeInclude},
    {{"timestamp_granularities", kHonoured, "`word`, `segment`, with verbose_json"},
     TakeGranularity},
    {{"stream", kHonoured,
      "with json: events as segments are finished, for every model; where texts are finished "
      "(redaction and the like) or channels split, all of the text comes at the end"},
     TakeStream},
    {{"chunking_strategy", kHonoured,
      "`auto`: voice activity cuts; an object of `server_vad`, as JSON or in brackets, says how"},
     TakeChunking},
    {{"chunking_strategy[type]", kHonoured, "`server_vad`"}, TakeVadType},
    {{"chunking_strategy[threshold]", kHonoured, "speech begins at this probability"},
     TakeVadThreshold},
    {{"chunking_strategy[prefix_padding_ms]", kHonoured,
      "added before and, other than at OpenAI, after each stretch of speech"},
     TakeVadPadding},
    {{"chunking_strategy[silence_duration_ms]", kHonoured, "silence that ends a stretch of speech"},
     TakeVadSilence},
    {{"known_speaker_names", kRefused, "speakers are not told apart yet"}, nullptr},
    {{"known_speaker_references", kRefused, "speakers are not told apart yet"}, nullptr},
};
constexpr size_t kNumCommonRows = 7;
static_assert(kRows[kNumCommonRows - 1].description.name == kOptionsField);

// chunking_strategy[type] resets what stands beside it, so it goes first; our own options last.
int OrderOf(std::string_view name) {
  if (name == "chunking_strategy[type]") return 0;
  return name == kOptionsField ? 2 : 1;
}

Error ErrorOfParameter(const ParameterError& error) {
  const char* code = error.status.code() == StatusCode::kUnimplemented ? "unsupported_parameter"
                     : error.parameter.empty()                         ? "unknown_parameter"
                                                                       : "invalid_value";
  return {400, error.status.message(), error.parameter, code};
}

std::optional<Error> ReadFields(const RequestSource& source, Request& request) {
  std::vector<const FormField*> fields;
  for (const FormField& field : source.fields) fields.push_back(&field);
  std::stable_sort(fields.begin(), fields.end(), [](const FormField* a, const FormField* b) {
    return OrderOf(a->name) < OrderOf(b->name);
  });
  for (const FormField* field : fields) {
    const ParameterError error =
        TakeParameter(ParametersOf(source.endpoint), field->name, field->value, request);
    if (!error.status.ok()) return ErrorOfParameter(error);
  }
  return std::nullopt;
}

bool NeedsWords(const Request& request) {
  const bool cues = request.format == ReplyFormat::kSrt || request.format == ReplyFormat::kVtt;
  return request.words || request.logprobs ||
         (cues && request.recognition.write.cues == transcript::CueStyle::kRules);
}

// What no single parameter can tell.
std::optional<Error> CheckTogether(Request& request) {
  const bool verbose = request.format == ReplyFormat::kVerboseJson;
  if ((request.words || request.segments) && !verbose) {
    return Error{400, "'timestamp_granularities' needs response_format verbose_json",
                 "timestamp_granularities", "invalid_value"};
  }
  if (request.logprobs && request.format != ReplyFormat::kJson) {
    return Error{400, "'include' logprobs needs response_format json", "include", "invalid_value"};
  }
  if (request.stream && request.format != ReplyFormat::kJson) {
    return Error{400, "'stream' needs response_format json", "stream", "invalid_value"};
  }
  models::DecodingOptions& decoding = request.recognition.decoding;
  if (!decoding.language.empty() && !decoding.languages.empty()) {
    return Error{400, "'language' and 'languages' exclude each other", "languages",
                 "invalid_value"};
  }
  if ((request.words || request.logprobs) && !request.recognition.word_times.value_or(true)) {
    return Error{400, "option 'word_times' false contradicts what is asked for of words", "",
                 "invalid_value"};
  }
  decoding.word_times = request.recognition.word_times.value_or(NeedsWords(request));
  if (verbose && !request.words) request.segments = true;
  return std::nullopt;
}

}  // namespace

std::span<const Parameter<Request>> ParametersOf(Endpoint endpoint) {
  return endpoint == Endpoint::kTranslations ? std::span(kRows).first(kNumCommonRows)
                                             : std::span<const Row>(kRows);
}

std::span<const std::string_view> ModelAliases() { return kAliases; }

std::optional<Error> ReadRequest(const RequestSource& source, Request& request) {
  request = Request();
  request.endpoint = source.endpoint;
  if (source.endpoint == Endpoint::kTranslations) {
    request.recognition.decoding.task = models::Task::kTranslate;
  }
  if (source.options.has_value()) {
    const Status status = ApplyOptions(*source.options, request.recognition);
    if (!status.ok()) return Error{400, status.message(), "", "invalid_value"};
  }
  if (auto error = ReadFields(source, request)) return error;
  if (source.deployment.has_value()) {
    const ParameterError error =
        TakeParameter(ParametersOf(source.endpoint), "model", *source.deployment, request);
    if (!error.status.ok()) return ErrorOfParameter(error);
  }
  if (!request.has_model) {
    return Error{400, "'model' is missing; GET /v1/models lists the server's models", "model",
                 "missing_required_parameter"};
  }
  return CheckTogether(request);
}

}  // namespace ironscribe::api::openai
