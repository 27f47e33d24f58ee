#include "api/whispercpp/request.h"

#include <string>

#include "api/options.h"
#include "api/parameter_values.h"

namespace ironscribe::api::whispercpp {
namespace {

constexpr int kMaxMs = 3'600'000;
constexpr double kMaxSeconds = 1e7;
constexpr float kEntropyThreshold = 2.4f;

Status TakeBool(std::string_view text, bool& value) {
  return api::TakeBool(text, {.yes = {"true", "1"}, .no = {"false", "0"}}, value);
}

// Of what is not done: only the value that asks for nothing.
Status OnlyFalse(std::string_view text, Request&) {
  bool value = false;
  RETURN_IF_ERROR(TakeBool(text, value));
  return value ? UnimplementedError("is not supported") : OkStatus();
}

template <int kNothing>
Status OnlyNumber(std::string_view text, Request&) {
  int value = 0;
  RETURN_IF_ERROR(TakeNumber(text, -1, 1'000'000, value));
  return value == kNothing ? OkStatus() : UnimplementedError("is not supported");
}

Status TakeModel(std::string_view value, Request& request) {
  request.recognition.model = value;
  return OkStatus();
}

Status TakeLanguage(std::string_view value, Request& request) {
  request.recognition.decoding.language = value == "auto" ? "" : value;
  return OkStatus();
}

Status TakeTranslate(std::string_view value, Request& request) {
  bool translate = false;
  RETURN_IF_ERROR(TakeBool(value, translate));
  request.recognition.decoding.task =
      translate ? models::Task::kTranslate : models::Task::kTranscribe;
  return OkStatus();
}

Status TakePrompt(std::string_view value, Request& request) {
  request.recognition.decoding.initial_prompt = value;
  return OkStatus();
}

Status TakeCarry(std::string_view value, Request& request) {
  return TakeBool(value, request.recognition.decoding.carry_prompt);
}

Status TakeFormat(std::string_view value, Request& request) {
  constexpr std::string_view kNames[] = {"json", "text", "srt", "verbose_json", "vtt"};
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] != value) continue;
    request.format = static_cast<ReplyFormat>(i);
    return OkStatus();
  }
  return Wrong("json, text, srt, verbose_json or vtt");
}

Status TakeTemperature(std::string_view value, Request& request) {
  return TakeNumber(value, 0.0f, 1.0f, request.temperature);
}

Status TakeTemperatureStep(std::string_view value, Request& request) {
  return TakeNumber(value, 0.0f, 1.0f, request.temperature_step);
}

Status TakeBestOf(std::string_view value, Request& request) {
  return TakeNumber(value, 1, models::kMaxBestOf, request.recognition.decoding.best_of);
}

// -1, as there, is greedy search.
Status TakeBeamSize(std::string_view value, Request& request) {
  int size = 1;
  RETURN_IF_ERROR(TakeNumber(value, -1, models::kMaxBeamSize, size));
  request.recognition.decoding.beam_size = size < 1 ? 1 : size;
  return OkStatus();
}

Status TakeEntropy(std::string_view value, Request&) {
  float threshold = 0;
  RETURN_IF_ERROR(TakeNumber(value, -1000.0f, 1000.0f, threshold));
  return threshold == kEntropyThreshold ? OkStatus() : UnimplementedError("has to be 2.4");
}

Status TakeLogprob(std::string_view value, Request& request) {
  return TakeNumber(value, -1000.0f, 1000.0f,
                    request.recognition.decoding.log_probability_threshold);
}

Status TakeNoSpeech(std::string_view value, Request& request) {
  return TakeNumber(value, 0.0f, 1.0f, request.recognition.decoding.no_speech_threshold);
}

Status TakeNoTimestamps(std::string_view value, Request& request) {
  return TakeBool(value, request.recognition.decoding.without_timestamps);
}

Status TakeSuppress(std::string_view value, Request& request) {
  bool suppress = true;
  RETURN_IF_ERROR(TakeBool(value, suppress));
  if (!suppress) request.recognition.decoding.suppress_tokens.clear();
  return OkStatus();
}

Status TakeNoContext(std::string_view value, Request& request) {
  bool no_context = false;
  RETURN_IF_ERROR(TakeBool(value, no_context));
  request.recognition.decoding.condition_on_previous_text = !no_context;
  return OkStatus();
}

Status TakeOffset(std::string_view value, Request& request) {
  RETURN_IF_ERROR(TakeNumber(value, 0.0, kMaxSeconds * 1000, request.offset_seconds));
  request.offset_seconds /= 1000;
  return OkStatus();
}

// 0 is everything.
Status TakeDuration(std::string_view value, Request& request) {
  double duration_ms = 0;
  RETURN_IF_ERROR(TakeNumber(value, 0.0, kMaxSeconds * 1000, duration_ms));
  if (duration_ms > 0) request.duration_seconds = duration_ms / 1000;
  return OkStatus();
}

Status TakeVad(std::string_view value, Request& request) {
  bool vad = false;
  RETURN_IF_ERROR(TakeBool(value, vad));
  if (vad) request.recognition.decoding.segmentation = models::Segmentation::kVoiceActivity;
  return OkStatus();
}

Status TakeVadThreshold(std::string_view value, Request& request) {
  return TakeNumber(value, 0.01f, 1.0f, request.recognition.decoding.speech.threshold);
}

Status TakeVadSpeech(std::string_view value, Request& request) {
  return TakeNumber(value, 0, kMaxMs, request.recognition.decoding.speech.min_speech_ms);
}

Status TakeVadSilence(std::string_view value, Request& request) {
  return TakeNumber(value, 0, kMaxMs, request.recognition.decoding.speech.min_silence_ms);
}

Status TakeVadMost(std::string_view value, Request& request) {
  double seconds = 0;
  RETURN_IF_ERROR(TakeNumber(value, 0.1, kMaxMs / 1000.0, seconds));
  request.recognition.decoding.speech.max_speech_ms = static_cast<int>(seconds * 1000);
  return OkStatus();
}

Status TakeVadPadding(std::string_view value, Request& request) {
  return TakeNumber(value, 0, kMaxMs, request.recognition.decoding.speech.padding_ms);
}

Status TakeOptions(std::string_view value, Request& request) {
  return ApplyOptions(value, request.recognition);
}

constexpr Treatment kHonoured = Treatment::kHonoured;
constexpr Treatment kRefused = Treatment::kRefused;
constexpr Treatment kHint = Treatment::kHint;

constexpr Parameter<Request> kRows[] = {
    {{"file", kHonoured, "the recording, in any format that `ironscribe transcribe` reads"},
     nullptr},
    {{"model", kHonoured, "a model of the server; nothing is its default"}, TakeModel},
    {{"language", kHonoured, "code such as `en`; nothing, or `auto`, detects it"}, TakeLanguage},
    {{"translate", kHonoured, "true: into English"}, TakeTranslate},
    {{"prompt", kHonoured, "text before the first window"}, TakePrompt},
    {{"carry_initial_prompt", kHonoured, "true: before every window"}, TakeCarry},
    {{"response_format", kHonoured, "json, text, srt, verbose_json, vtt"}, TakeFormat},
    {{"temperature", kHonoured, "where falling back begins, 0 to 1"}, TakeTemperature},
    {{"temperature_inc", kHonoured, "in which steps; 0 does not fall back"}, TakeTemperatureStep},
    {{"best_of", kHonoured, "samples at temperatures above 0"}, TakeBestOf},
    {{"beam_size", kHonoured, "hypotheses at temperature 0; -1 is greedy search"}, TakeBeamSize},
    {{"logprob_thold", kHonoured, "fall back when the mean log probability is below"}, TakeLogprob},
    {{"no_speech_thold", kHonoured, "silence when the probability of none is above"}, TakeNoSpeech},
    {{"entropy_thold", kHonoured, "2.4 only: texts that repeat themselves are told otherwise here"},
     TakeEntropy},
    {{"offset_t", kHonoured, "begin here, in milliseconds"}, TakeOffset},
    {{"duration", kHonoured, "so much of it, in milliseconds; 0 is all"}, TakeDuration},
    {{"no_timestamps", kHonoured, "true: the model writes text only"}, TakeNoTimestamps},
    {{"no_context", kHonoured, "true: windows do not see the text before them"}, TakeNoContext},
    {{"suppress_non_speech", kHonoured, "false: tokens of what is no speech may be chosen"},
     TakeSuppress},
    {{"suppress_nst", kHonoured, "the same"}, TakeSuppress},
    {{"vad", kHonoured, "true: only what holds speech"}, TakeVad},
    {{"vad_threshold", kHonoured, "speech begins at this probability"}, TakeVadThreshold},
    {{"vad_min_speech_duration_ms", kHonoured, "leave out what is shorter"}, TakeVadSpeech},
    {{"vad_min_silence_duration_ms", kHonoured, "silence that ends speech"}, TakeVadSilence},
    {{"vad_max_speech_duration_s", kHonoured, "cut what is longer"}, TakeVadMost},
    {{"vad_speech_pad_ms", kHonoured, "added on both sides"}, TakeVadPadding},
    {{"vad_samples_overlap", kRefused, "stretches of speech do not overlap"}, nullptr},
    {{"diarize", kHonoured, "false; true is refused, speakers are not told apart"}, OnlyFalse},
    {{"tinydiarize", kHonoured, "false; true is refused"}, OnlyFalse},
    {{"detect_language", kHonoured, "false; true is refused, `POST /detect-language` does it"},
     OnlyFalse},
    {{"split_on_word", kHonoured, "false; true is refused"}, OnlyFalse},
    {{"max_len", kHonoured, "0; others are refused, `ironscribe_options` has rules for cues"},
     OnlyNumber<0>},
    {{"max_context", kHonoured, "-1; others are refused"}, OnlyNumber<-1>},
    {{"audio_ctx", kHonoured, "0; others are refused"}, OnlyNumber<0>},
    {{"offset_n", kHonoured, "0; others are refused"}, OnlyNumber<0>},
    {{"word_thold", kHint, "times of words are found in another way"}, nullptr},
    {{"token_timestamps", kHint, "verbose_json has times of words"}, nullptr},
    {{"no_language_probabilities", kHint, "they cost nothing here and are left out"}, nullptr},
    {{"debug_mode", kHint, "nothing is written"}, nullptr},
    {{"ironscribe_options", kHonoured, "our own options, a JSON object"}, TakeOptions},
};

}  // namespace

std::span<const Parameter<Request>> Parameters() { return kRows; }

Status ReadRequest(std::span<const FormField> fields, std::optional<std::string_view> options,
                   Request& request) {
  request = Request();
  models::DecodingOptions& decoding = request.recognition.decoding;
  for (const FormField& field : fields) {
    RETURN_IF_ERROR(TakeParameter(Parameters(), field.name, field.value, request).status);
  }
  // By whole steps, so that no sum of small errors leaves out the last.
  decoding.temperatures = {request.temperature};
  for (int i = 1; request.temperature_step > 0 && i < 16; ++i) {
    const float next = request.temperature + static_cast<float>(i) * request.temperature_step;
    if (next > 1.0f + 1e-4f) break;
    decoding.temperatures.push_back(next);
  }
  if (request.offset_seconds > 0 || request.duration_seconds.has_value()) {
    models::Clip clip{.start_seconds = request.offset_seconds};
    if (request.duration_seconds.has_value()) {
      clip.end_seconds = request.offset_seconds + *request.duration_seconds;
    }
    decoding.clips = {clip};
  }
  if (options.has_value()) RETURN_IF_ERROR(ApplyOptions(*options, request.recognition));
  const bool cues = request.format == ReplyFormat::kSrt || request.format == ReplyFormat::kVtt;
  const bool needs_words = request.format == ReplyFormat::kVerboseJson ||
                           (cues && request.recognition.write.cues == transcript::CueStyle::kRules);
  decoding.word_times = request.recognition.word_times.value_or(needs_words);
  return models::CheckSpeechOptions(decoding.speech).Annotate("'vad_...'");
}

}  // namespace ironscribe::api::whispercpp
