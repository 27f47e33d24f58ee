#include "api/options.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "api/parameter_values.h"
#include "base/nearest_names.h"
#include "text/languages.h"
#include "text/redaction/redactor.h"
#include "transcript/cues.h"

namespace ironscribe::api {
namespace {

using Json = nlohmann::json;
using Request = RecognitionRequest;

constexpr size_t kMaxNames = 16;       // Channels that can be split.
constexpr size_t kMaxNameBytes = 100;  // Of a channel: it stands on lines of subtitles.
constexpr int kMaxMilliseconds = 3'600'000;

Status Take(const Json& json, bool& value) {
  if (!json.is_boolean()) return Wrong("true or false");
  value = json.get<bool>();
  return OkStatus();
}

Status Take(const Json& json, std::string& value) {
  if (!json.is_string()) return Wrong("a text");
  value = json.get<std::string>();
  return OkStatus();
}

Status Take(const Json& json, double least, double most, double& value) {
  if (!json.is_number() || !(json.get<double>() >= least && json.get<double>() <= most)) {
    return Wrong(fmt::format("a number from {} to {}", least, most));
  }
  value = json.get<double>();
  return OkStatus();
}

Status Take(const Json& json, double least, double most, float& value) {
  double wide = 0;
  RETURN_IF_ERROR(Take(json, least, most, wide));
  value = static_cast<float>(wide);
  return OkStatus();
}

Status Take(const Json& json, int least, int most, int& value) {
  if (!json.is_number_integer())
    return Wrong(fmt::format("a whole number from {} to {}", least, most));
  double wide = 0;
  RETURN_IF_ERROR(Take(json, least, most, wide));
  value = static_cast<int>(wide);
  return OkStatus();
}

// A number, or "off".
Status TakeThreshold(const Json& json, float& value) {
  if (json.is_string() && json.get<std::string>() == "off") {
    value = std::numeric_limits<float>::quiet_NaN();
    return OkStatus();
  }
  return Take(json, -1000, 1000, value);
}

Status TakeTexts(const Json& json, size_t max_count, std::vector<std::string>& values) {
  if (!json.is_array() || json.size() > max_count) {
    return Wrong(fmt::format("a list of at most {} texts", max_count));
  }
  values.clear();
  for (const Json& element : json) {
    RETURN_IF_ERROR(Take(element, values.emplace_back()));
  }
  return OkStatus();
}

// One of `names`, as its place among them.
Result<size_t> Choose(const Json& json, std::span<const std::string_view> names) {
  const std::string chosen = json.is_string() ? json.get<std::string>() : "";
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == chosen) return i;
  }
  std::string known;
  for (const std::string_view name : names)
    known += fmt::format("{}'{}'", known.empty() ? "" : ", ", name);
  return Wrong("one of " + known);
}

Status TakeSegmentation(const Json& json, Request& request) {
  constexpr std::string_view kNames[] = {"sequential", "fixed", "vad"};
  ASSIGN_OR_RETURN(const size_t chosen, Choose(json, kNames));
  request.decoding.segmentation = static_cast<models::Segmentation>(chosen);
  return OkStatus();
}

Status TakeWindow(const Json& json, Request& request) {
  constexpr std::string_view kNames[] = {"full", "speech"};
  ASSIGN_OR_RETURN(const size_t chosen, Choose(json, kNames));
  request.decoding.fit_windows = chosen == 1;
  return OkStatus();
}

Status TakeChannels(const Json& json, Request& request) {
  constexpr std::string_view kNames[] = {"mix", "split"};
  ASSIGN_OR_RETURN(const size_t chosen, Choose(json, kNames));
  request.split_channels = chosen == 1;
  return OkStatus();
}

Status TakeChannelNames(const Json& json, Request& request) {
  RETURN_IF_ERROR(TakeTexts(json, kMaxNames, request.channel_names));
  for (const std::string& name : request.channel_names) {
    const bool has_control = std::any_of(name.begin(), name.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    });
    if (name.empty() || name.size() > kMaxNameBytes || has_control) {
      return Wrong(fmt::format("names of one line and at most {} bytes", kMaxNameBytes));
    }
  }
  return OkStatus();
}

Status TakeNumbers(const Json& json, Request& request) {
  constexpr std::string_view kNames[] = {"as_recognized", "digits", "words"};
  ASSIGN_OR_RETURN(const size_t chosen, Choose(json, kNames));
  request.finishing.numbers = static_cast<finishing::Numbers>(chosen);
  return OkStatus();
}

// "all" alone may stand without a list.
Status TakeRedact(const Json& json, Request& request) {
  constexpr size_t kMaxKinds = 32;
  std::vector<std::string> names;
  if (json.is_string()) {
    names = {json.get<std::string>()};
  } else {
    RETURN_IF_ERROR(TakeTexts(json, kMaxKinds, names));
  }
  ASSIGN_OR_RETURN(request.finishing.redact, text::ParsePiiTypes(names));
  // An empty value must not mean that nothing is redacted.
  return request.finishing.redact.empty() ? Wrong("kinds of personal data, or 'all'") : OkStatus();
}

Status TakeRedactList(const Json& json, Request& request) {
  request.finishing.redaction_list.name = "redact_list";
  return Take(json, request.finishing.redaction_list.text);
}

Status TakeProfanityList(const Json& json, Request& request) {
  request.finishing.profanity_list.name = "profanity_list";
  request.finishing.mask_profanity = true;
  return Take(json, request.finishing.profanity_list.text);
}

Status TakeLanguages(const Json& json, Request& request) {
  std::vector<std::string> names;
  RETURN_IF_ERROR(TakeTexts(json, text::AllLanguages().size(), names));
  request.decoding.languages.clear();
  for (const std::string& name : names) {
    const text::Language* language = text::FindLanguage(name);
    if (language == nullptr) return Wrong("codes of languages such as 'de'");
    request.decoding.languages.emplace_back(language->code);
  }
  return OkStatus();
}

Status TakeTemperatures(const Json& json, Request& request) {
  constexpr size_t kMaxTemperatures = 16;
  if (!json.is_array() || json.empty() || json.size() > kMaxTemperatures) {
    return Wrong("a list of 1 to 16 numbers");
  }
  request.decoding.temperatures.clear();
  for (const Json& element : json) {
    RETURN_IF_ERROR(Take(element, 0, 2, request.decoding.temperatures.emplace_back()));
  }
  return OkStatus();
}

Status TakeCues(const Json& json, Request& request) {
  constexpr std::string_view kNames[] = {"rules", "segments"};
  ASSIGN_OR_RETURN(const size_t chosen, Choose(json, kNames));
  request.write.cues = static_cast<transcript::CueStyle>(chosen);
  return OkStatus();
}

Status TakeClips(const Json& json, Request& request) {
  constexpr size_t kMaxClips = 1000;
  if (!json.is_array() || json.size() > kMaxClips)
    return Wrong("a list of [start, end] in seconds");
  request.decoding.clips.clear();
  for (const Json& element : json) {
    if (!element.is_array() || element.size() != 2)
      return Wrong("a list of [start, end] in seconds");
    models::Clip clip;
    RETURN_IF_ERROR(Take(element[0], 0, 1e7, clip.start_seconds));
    if (!element[1].is_null()) RETURN_IF_ERROR(Take(element[1], 0, 1e7, clip.end_seconds));
    const double earliest =
        request.decoding.clips.empty() ? 0 : request.decoding.clips.back().end_seconds;
    if (clip.start_seconds >= clip.end_seconds || clip.start_seconds < earliest) {
      return Wrong("parts in order and without overlap");
    }
    request.decoding.clips.push_back(clip);
  }
  return OkStatus();
}

struct Option {
  OptionDescription description;
  Status (*take)(const Json& json, Request& request);
};

// Functions of one member.
#define IRONSCRIBE_TAKE(...) \
  [](const Json& json, Request& request) -> Status { return Take(json, __VA_ARGS__); }

constexpr Option kOptions[] = {
    {{"segmentation", "sequential, fixed, vad", "how the recording becomes windows"},
     TakeSegmentation},
    {{"window", "full, speech", "encode 30 s for every window, or only the audio that is there"},
     TakeWindow},
    {{"guard", "true, false", "leave out, and report, text that was probably not said"},
     IRONSCRIBE_TAKE(request.decoding.guard)},
    {{"vad_threshold", "0 to 1", "speech begins at this probability"},
     IRONSCRIBE_TAKE(0, 1, request.decoding.speech.threshold)},
    {{"vad_negative_threshold", "0 to 1", "speech may end below this probability"},
     IRONSCRIBE_TAKE(0, 1, request.decoding.speech.negative_threshold.emplace())},
    {{"vad_min_speech_ms", "0 to 3600000", "leave out speech that is not longer"},
     IRONSCRIBE_TAKE(0, kMaxMilliseconds, request.decoding.speech.min_speech_ms)},
    {{"vad_min_silence_ms", "0 to 3600000", "silence that ends a stretch of speech"},
     IRONSCRIBE_TAKE(0, kMaxMilliseconds, request.decoding.speech.min_silence_ms)},
    {{"vad_padding_ms", "0 to 3600000", "added before and after each stretch of speech"},
     IRONSCRIBE_TAKE(0, kMaxMilliseconds, request.decoding.speech.padding_ms)},
    {{"vad_max_speech_ms", "1 to 3600000", "cut stretches that are longer at a pause"},
     IRONSCRIBE_TAKE(1, kMaxMilliseconds, request.decoding.speech.max_speech_ms.emplace())},
    {{"channels", "mix, split", "all channels as one, or each on its own, merged by time"},
     TakeChannels},
    {{"channel_names", "list of texts", "names of split channels in texts and subtitles"},
     TakeChannelNames},
    {{"word_times", "true, false", "find the times of words; the formats that need them imply it"},
     IRONSCRIBE_TAKE(request.word_times.emplace())},
    {{"numbers", "as_recognized, digits, words", "how numbers are written (English)"}, TakeNumbers},
    {{"redact", "list of kinds, or \"all\"", "replace personal data by its kind"}, TakeRedact},
    {{"redact_list", "text", "more to replace: LABEL = words, or LABEL ~ expression, one a line"},
     TakeRedactList},
    {{"mask_profanity", "true, false", "write strong language with stars (English)"},
     IRONSCRIBE_TAKE(request.finishing.mask_profanity)},
    {{"profanity_list", "text", "more words to mask, one a line; masks by itself"},
     TakeProfanityList},
    {{"punctuation", "true, false", "keep punctuation"},
     IRONSCRIBE_TAKE(request.finishing.keeps_punctuation)},
    {{"verbatim", "true, false", "keep um, uh and words said twice"},
     IRONSCRIBE_TAKE(request.finishing.keeps_fillers)},
    {{"languages", "list of codes", "detect none but these"}, TakeLanguages},
    {{"language_per_segment", "true, false", "detect the language anew in each stretch"},
     IRONSCRIBE_TAKE(request.decoding.language_per_segment)},
    {{"clips", "list of [start, end]", "only these parts, in seconds; null is the end"}, TakeClips},
    {{"carry_prompt", "true, false", "put the prompt before every window"},
     IRONSCRIBE_TAKE(request.decoding.carry_prompt)},
    {{"condition_on_previous_text", "true, false", "give each window the text before it"},
     IRONSCRIBE_TAKE(request.decoding.condition_on_previous_text)},
    {{"timestamps", "true, false", "false: the model writes text only, one segment a window"},
     [](const Json& json, Request& request) -> Status {
       bool wanted = true;
       RETURN_IF_ERROR(Take(json, wanted));
       request.decoding.without_timestamps = !wanted;
       return OkStatus();
     }},
    {{"beam_size", "1 to 16", "hypotheses kept at temperature 0"},
     IRONSCRIBE_TAKE(1, models::kMaxBeamSize, request.decoding.beam_size)},
    {{"best_of", "1 to 16", "samples at temperatures above 0"},
     IRONSCRIBE_TAKE(1, models::kMaxBestOf, request.decoding.best_of)},
    {{"patience", "0 to 16", "beam search goes on by this factor"},
     IRONSCRIBE_TAKE(0, 16, request.decoding.patience)},
    {{"length_penalty", "0 to 1", "exponent of the length penalty; without it, scores per token"},
     IRONSCRIBE_TAKE(0, 1, request.decoding.length_penalty)},
    {{"temperatures", "list of 0 to 2", "to fall back along"}, TakeTemperatures},
    {{"compression_ratio_threshold", "number, off", "fall back when text repeats itself more"},
     [](const Json& json, Request& request) {
       return TakeThreshold(json, request.decoding.compression_ratio_threshold);
     }},
    {{"logprob_threshold", "number, off", "fall back when the mean log probability is below"},
     [](const Json& json, Request& request) {
       return TakeThreshold(json, request.decoding.log_probability_threshold);
     }},
    {{"no_speech_threshold", "number, off", "silence when the probability of none is above"},
     [](const Json& json, Request& request) {
       return TakeThreshold(json, request.decoding.no_speech_threshold);
     }},
    {{"cues", "rules, segments", "subtitles cut for readers, or one cue per segment"}, TakeCues},
    {{"max_line_width", "10 to 200", "columns of a line of subtitles"},
     IRONSCRIBE_TAKE(transcript::kMinLineColumns, transcript::kMaxLineColumns,
                     request.write.cue_rules.max_line_columns)},
    {{"max_lines", "1 to 10", "lines of a cue"},
     IRONSCRIBE_TAKE(1, transcript::kMaxCueLines, request.write.cue_rules.max_lines)},
    {{"max_reading_speed", "1 to 1000", "characters a second that viewers read"},
     IRONSCRIBE_TAKE(transcript::kMinReadingSpeed, transcript::kMaxReadingSpeed,
                     request.write.cue_rules.max_columns_per_second)},
};

#undef IRONSCRIBE_TAKE

constexpr size_t kNumOptions = std::size(kOptions);

constexpr auto kDescriptions = [] {
  std::array<OptionDescription, kNumOptions> descriptions{};
  for (size_t i = 0; i < kNumOptions; ++i) descriptions[i] = kOptions[i].description;
  return descriptions;
}();

const Option* FindOption(std::string_view name) {
  for (const Option& option : kOptions) {
    if (option.description.name == name) return &option;
  }
  return nullptr;
}

Status UnknownOption(const std::string& name) {
  std::vector<std::string> known;
  for (const Option& option : kOptions) known.emplace_back(option.description.name);
  const auto nearest = NearestNames(name, known, 1);
  return InvalidArgumentError(
      nearest.empty() ? std::string("unknown option in the Ironscribe options")
                      : fmt::format("unknown option in the Ironscribe options; did you mean '{}'?",
                                    nearest[0]));
}

// What no single option can tell.
Status CheckTogether(const Request& request) {
  if (!request.channel_names.empty() && !request.split_channels) {
    return InvalidArgumentError("option 'channel_names': names go with channels 'split'");
  }
  const int columns = request.write.cue_rules.max_line_columns;
  for (const std::string& name : request.channel_names) {
    if (transcript::DisplayColumns({.text = "", .label = name}) > columns / 2) {
      return InvalidArgumentError(
          "option 'channel_names': a name fills more than half of a line of subtitles");
    }
  }
  return models::CheckSpeechOptions(request.decoding.speech).Annotate("options 'vad_...'");
}

}  // namespace

std::span<const OptionDescription> OptionDescriptions() { return kDescriptions; }

std::string WriteOptionsDocument() {
  std::string text =
      "# Options of every protocol\n\n"
      "Made from the table that they are read by (`src/api/options.cc`); do not edit.\n\n"
      "A JSON object in the header `X-Ironscribe-Options`, or in the field `ironscribe_options` "
      "of\n"
      "the form. Defaults are those of `ironscribe transcribe`, whose flags have the same names.\n"
      "Fields of the protocol win over the header, the form's object over its other fields.\n\n"
      "    X-Ironscribe-Options: {\"segmentation\": \"vad\", \"redact\": \"all\"}\n\n"
      "| option | values | what it does |\n|---|---|---|\n";
  for (const OptionDescription& row : kDescriptions) {
    text += fmt::format("| `{}` | {} | {} |\n", row.name, row.values, row.note);
  }
  return text;
}

Status ApplyOptions(std::string_view json, RecognitionRequest& request) {
  const Json object = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) {
    return InvalidArgumentError("the Ironscribe options have to be a JSON object");
  }
  for (const auto& [name, value] : object.items()) {
    const Option* option = FindOption(name);
    if (option == nullptr) return UnknownOption(name);
    RETURN_IF_ERROR(option->take(value, request).Annotate(fmt::format("option '{}'", name)));
  }
  return CheckTogether(request);
}

}  // namespace ironscribe::api
