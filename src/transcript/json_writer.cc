#include "transcript/json_writer.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

namespace ironscribe::transcript {
namespace {

using Json = nlohmann::ordered_json;

// A decimal number of at most `decimals` digits after the point; floats come with noise behind.
double Rounded(double value, int decimals) {
  if (!std::isfinite(value)) return 0;
  const double scale = std::pow(10.0, decimals);
  const double rounded = std::round(value * scale) / scale;
  if (!std::isfinite(rounded)) return value;  // Too large to have decimals at all.
  return rounded == 0 ? 0 : rounded;          // No negative zero.
}

double Seconds(double value) { return Rounded(value, 3); }
double Score(double value) { return Rounded(value, 6); }

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The member stands only where channels were told apart.
void AddChannel(int channel, Json& json) {
  if (channel != kNoChannel) json["channel"] = channel;
}

Json ToJson(const Word& word, int channel) {
  Json json = {{"word", word.text},
               {"start", Seconds(word.start_seconds)},
               {"end", Seconds(word.end_seconds)},
               {"probability", Score(word.probability)}};
  if (word.confidence >= 0) json["confidence"] = Score(word.confidence);
  AddChannel(channel, json);
  return json;
}

Json ToJson(const Segment& segment) {
  Json words = Json::array();
  for (const Word& word : segment.words) words.push_back(ToJson(word, segment.channel));
  Json json = {{"id", segment.id},
               {"seek", segment.seek_frames},
               {"start", Seconds(segment.start_seconds)},
               {"end", Seconds(segment.end_seconds)},
               {"text", segment.text},
               {"tokens", segment.tokens},
               {"temperature", Score(segment.temperature)},
               {"avg_logprob", Score(segment.average_log_probability)},
               {"compression_ratio", Score(segment.compression_ratio)},
               {"no_speech_prob", Score(segment.no_speech_probability)},
               {"words", std::move(words)}};
  AddChannel(segment.channel, json);
  if (!segment.language.empty()) json["language"] = segment.language;
  return json;
}

Json ToJson(const DroppedSpan& span) {
  Json json = {{"start", Seconds(span.start_seconds)},
               {"end", Seconds(span.end_seconds)},
               {"reason", span.reason}};
  AddChannel(span.channel, json);
  return json;
}

Json ToJson(const SpeechCoverage& speech) {
  return {{"seconds", Seconds(speech.speech_seconds)},
          {"without_text", Seconds(speech.without_text_seconds)}};
}

Json ToJson(const LanguageProbability& language) {
  return {{"language", language.code}, {"probability", Score(language.probability)}};
}

Json ToJson(const Channel& channel) {
  Json languages = Json::array();
  for (const auto& language : channel.language_probabilities) languages.push_back(ToJson(language));
  return {{"name", channel.name},
          {"language", channel.language},
          {"language_probabilities", std::move(languages)}};
}

Json ToJson(const ModelInfo& model) {
  return {{"name", model.name},
          {"family", model.family},
          {"digest", model.digest},
          {"compute_type", model.compute_type},
          {"alignment_heads", model.alignment_heads},
          {"voice_activity", model.voice_activity}};
}

// Builds the outer object member by member, so that each segment stands on its own line: readable,
// and kind to line-based tools, where indenting every token would not be.
class ObjectLines {
 public:
  void Add(std::string_view key, const Json& value) {
    StartMember(key);
    text_ += Dump(value);
  }

  template <typename Item>
  void AddList(std::string_view key, const std::vector<Item>& items) {
    StartMember(key);
    text_ += '[';
    for (size_t i = 0; i < items.size(); ++i) {
      text_ += i == 0 ? "\n    " : ",\n    ";
      text_ += Dump(ToJson(items[i]));
    }
    text_ += items.empty() ? "]" : "\n  ]";
  }

  std::string Finish() && { return std::move(text_) + "\n}\n"; }

 private:
  void StartMember(std::string_view key) {
    text_ += text_.size() == 1 ? "\n  " : ",\n  ";
    text_ += Dump(Json(key));
    text_ += ": ";
  }

  std::string text_ = "{";
};

}  // namespace

std::string WriteJson(const Transcript& transcript) {
  ObjectLines object;
  object.Add("format_version", kJsonFormatVersion);
  object.Add("text", transcript.text);
  object.Add("task", transcript.task);
  object.Add("language", transcript.language);
  object.AddList("language_probabilities", transcript.language_probabilities);
  object.Add("duration", Seconds(transcript.duration_seconds));
  if (!transcript.channels.empty()) object.AddList("channels", transcript.channels);
  object.AddList("segments", transcript.segments);
  object.AddList("dropped", transcript.dropped);
  if (transcript.speech) object.Add("speech", ToJson(*transcript.speech));
  object.Add("model", ToJson(transcript.model));
  return std::move(object).Finish();
}

}  // namespace ironscribe::transcript
