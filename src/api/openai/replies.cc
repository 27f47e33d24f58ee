#include "api/openai/replies.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "api/router.h"
#include "text/languages.h"
#include "transcript/writers.h"

namespace ironscribe::api::openai {
namespace {

using Json = nlohmann::ordered_json;

// Floats come with noise behind; the precision is that of `transcribe --format json`.
double Rounded(double value, double scale) {
  return std::isfinite(value) ? std::round(value * scale) / scale : 0;
}
double Seconds(double value) { return Rounded(value, 1e3); }
double Score(double value) { return Rounded(value, 1e6); }

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string Stripped(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(" \t\n"), text.size());
  const size_t end = text.find_last_not_of(" \t\n");
  return end == std::string_view::npos ? "" : std::string(text.substr(begin, end + 1 - begin));
}

Json UsageOf(const transcript::Transcript& transcript) {
  return {{"type", "duration"}, {"seconds", Seconds(transcript.duration_seconds)}};
}

Json LogprobsOf(const transcript::Transcript& transcript) {
  // A probability of 0 has no logarithm that JSON can hold; the smallest float's is as good.
  constexpr double kLeastProbability = 1e-38;
  Json units = Json::array();
  for (const transcript::Segment& segment : transcript.segments) {
    for (const transcript::Word& word : segment.words) {
      Json bytes = Json::array();
      for (const char c : word.text) bytes.push_back(static_cast<unsigned char>(c));
      const double probability = std::max<double>(word.probability, kLeastProbability);
      units.push_back({{"token", word.text},
                       {"logprob", Score(std::log(probability))},
                       {"bytes", std::move(bytes)}});
    }
  }
  return units;
}

// What json and the last event of a stream have.
void AddDetails(const transcript::Transcript& transcript, const Request& request, Json& json) {
  if (request.logprobs) json["logprobs"] = LogprobsOf(transcript);
  if (!request.recognition.decoding.languages.empty()) {
    json["languages"] = Json::array({{{"code", transcript.language}}});
  }
  json["usage"] = UsageOf(transcript);
}

std::string LanguageName(const transcript::Transcript& transcript) {
  if (transcript.task == "translate") return "english";
  const text::Language* language = text::FindLanguageByCode(transcript.language);
  return std::string(language != nullptr ? language->name : transcript.language);
}

Json ToJson(const transcript::Segment& segment) {
  Json json = {{"id", segment.id},
               {"seek", segment.seek_frames},
               {"start", Seconds(segment.start_seconds)},
               {"end", Seconds(segment.end_seconds)},
               {"text", segment.text},
               {"tokens", segment.tokens},
               {"temperature", Score(segment.temperature)},
               {"avg_logprob", Score(segment.average_log_probability)},
               {"compression_ratio", Score(segment.compression_ratio)},
               {"no_speech_prob", Score(segment.no_speech_probability)}};
  if (segment.channel != transcript::kNoChannel) json["channel"] = segment.channel;
  return json;
}

Json WordsOf(const transcript::Transcript& transcript) {
  Json words = Json::array();
  for (const transcript::Segment& segment : transcript.segments) {
    for (const transcript::Word& word : segment.words) {
      words.push_back({{"word", Stripped(word.text)},
                       {"start", Seconds(word.start_seconds)},
                       {"end", Seconds(word.end_seconds)}});
      if (segment.channel != transcript::kNoChannel) words.back()["channel"] = segment.channel;
    }
  }
  return words;
}

std::string VerboseJson(const transcript::Transcript& transcript, const Request& request) {
  Json json = {{"task", transcript.task},
               {"language", LanguageName(transcript)},
               {"duration", Seconds(transcript.duration_seconds)},
               {"text", PlainText(transcript)}};
  if (request.words) json["words"] = WordsOf(transcript);
  if (request.segments) {
    Json& segments = json["segments"] = Json::array();
    for (const transcript::Segment& segment : transcript.segments) {
      segments.push_back(ToJson(segment));
    }
  }
  Json& dropped = json["dropped"] = Json::array();
  for (const transcript::DroppedSpan& span : transcript.dropped) {
    dropped.push_back({{"start", Seconds(span.start_seconds)},
                       {"end", Seconds(span.end_seconds)},
                       {"reason", span.reason}});
  }
  json["usage"] = UsageOf(transcript);
  return Dump(json);
}

Reply TextReply(std::string body) {
  return {.status = 200,
          .headers = {{"content-type", "text/plain; charset=utf-8"}},
          .body = std::move(body)};
}

Reply FileReply(const char* format, const transcript::Transcript& transcript,
                const Request& request) {
  return TextReply(
      transcript::FindOutputFormat(format)->write(transcript, request.recognition.write));
}

}  // namespace

std::string PlainText(const transcript::Transcript& transcript) {
  return Stripped(transcript.text);
}

Reply TranscriptReply(const transcript::Transcript& transcript, const Request& request) {
  switch (request.format) {
    case ReplyFormat::kText:
      return TextReply(PlainText(transcript) + "\n");
    case ReplyFormat::kSrt:
      return FileReply("srt", transcript, request);
    case ReplyFormat::kVtt:
      return FileReply("vtt", transcript, request);
    case ReplyFormat::kVerboseJson:
      return JsonReply(200, VerboseJson(transcript, request));
    case ReplyFormat::kJson:
      break;
  }
  Json json = {{"text", PlainText(transcript)}};
  AddDetails(transcript, request, json);
  return JsonReply(200, Dump(json));
}

std::string DeltaEvent(const std::string& delta) {
  return Dump({{"type", "transcript.text.delta"}, {"delta", delta}});
}

std::string DoneEvent(const transcript::Transcript& transcript, const Request& request) {
  Json json = {{"type", "transcript.text.done"}, {"text", PlainText(transcript)}};
  AddDetails(transcript, request, json);
  return Dump(json);
}

}  // namespace ironscribe::api::openai
