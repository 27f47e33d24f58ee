#include "api/jobs/job_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/jobs/job_result.h"
#include "api/options.h"
#include "api/parameter_values.h"
#include "net/outbound_rules.h"
#include "text/utf8.h"

namespace ironscribe::api::jobs {
namespace {

using Json = nlohmann::json;

constexpr int kPayloadVersion = 1;
// A path of Linux; kernels refuse longer ones.
constexpr size_t kMaxPathBytes = 4095;
constexpr double kMaxRetentionHours = 24.0 * 366;

Status TakeModel(std::string_view value, JobOrder& order) {
  order.recognition.model = value;
  return OkStatus();
}

Status TakeLanguage(std::string_view value, JobOrder& order) {
  order.recognition.decoding.language = value == "auto" ? "" : value;
  return OkStatus();
}

Status TakePrompt(std::string_view value, JobOrder& order) {
  order.recognition.decoding.initial_prompt = value;
  return OkStatus();
}

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Status TakeName(std::string_view value, JobOrder& order) {
  if (value.size() > kMaxNameBytes || HasControl(value)) {
    return Wrong(fmt::format("one line of at most {} bytes", kMaxNameBytes));
  }
  order.name = value;
  return OkStatus();
}

Status TakePath(std::string_view value, JobOrder& order) {
  if (value.empty() || value.size() > kMaxPathBytes || value.front() == '/' ||
      value.find('\0') != std::string_view::npos) {
    return Wrong("a path below the server's folder of recordings, without '/' in front");
  }
  order.path = value;
  return OkStatus();
}

// No priority above the normal one: it would go before everybody else's jobs.
Status TakePriority(std::string_view value, JobOrder& order) {
  if (value != "normal" && value != "low") return Wrong("normal or low");
  order.priority = value == "low" ? -1 : 0;
  return OkStatus();
}

Status TakeRetention(std::string_view value, JobOrder& order) {
  constexpr double kLeastHours = 0.01;
  return TakeNumber(value, kLeastHours, kMaxRetentionHours, order.retention_hours);
}

Status TakeUrl(std::string_view value, std::string& url) {
  RETURN_IF_ERROR(net::HttpUrl::Parse(value).status());
  url = value;
  return OkStatus();
}

Status TakeAudioUrl(std::string_view value, JobOrder& order) {
  return TakeUrl(value, order.audio_url);
}

Status TakeCallbackUrl(std::string_view value, JobOrder& order) {
  return TakeUrl(value, order.callback_url);
}

Status TakeCallbackResult(std::string_view value, JobOrder& order) {
  if (value != "none" && ContentTypeOf(value).empty()) {
    return Wrong("none, json, txt, srt, vtt or tsv");
  }
  order.callback_result = value == "none" ? "" : value;
  return OkStatus();
}

Status TakeOptions(std::string_view value, JobOrder& order) {
  return ApplyOptions(value, order.recognition);
}

using Row = Parameter<JobOrder>;
constexpr Treatment kHonoured = Treatment::kHonoured;

constexpr Row kRows[] = {
    {{kFileField, kHonoured, "the recording, in any format that `ironscribe transcribe` reads"},
     nullptr},
    {{"path", kHonoured,
      "in place of `file`: a recording below the folder that the operator gave with "
      "`--recordings-dir`"},
     TakePath},
    {{"audio_url", kHonoured,
      "in place of `file`: where the server fetches the recording, by GET, from hosts that the "
      "operator named with `--audio-url-host`"},
     TakeAudioUrl},
    {{"model", kHonoured, "a model of the server; without it, its default"}, TakeModel},
    {{"language", kHonoured, "code such as `en`; nothing, or `auto`, detects it"}, TakeLanguage},
    {{"prompt", kHonoured, "text before the first window"}, TakePrompt},
    {{"name", kHonoured, "what the client calls it, one line; lists and status repeat it"},
     TakeName},
    {{"priority", kHonoured, "`normal`, or `low`: when no normal job waits"}, TakePriority},
    {{"retention_hours", kHonoured,
      "how long the job is kept when it is final, with audio and results; at most the server's"},
     TakeRetention},
    {{"callback_url", kHonoured,
      "told by POST when the job is final, on hosts that the operator named with "
      "`--callback-host`"},
     TakeCallbackUrl},
    {{"callback_result", kHonoured,
      "`none`, or the format in which the transcript is told too: `json`, `txt`, `srt`, `vtt` or "
      "`tsv` (none)"},
     TakeCallbackResult},
    {{kOptionsField, kHonoured, "our own options, a JSON object"}, TakeOptions},
};

// Words are timed unless the client says otherwise, since subtitles are cut at them.
void SettleWordTimes(RecognitionRequest& request) {
  const bool cut_at_words = request.write.cues == transcript::CueStyle::kRules;
  request.decoding.word_times = request.word_times.value_or(cut_at_words);
}

std::string TextOf(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// Of the batch as a whole; its lines have their own names.
bool IsOfBatch(std::string_view name) {
  return name == "name" || name == "priority" || name == "retention_hours";
}

Result<OrderText> ReadLine(std::string_view line, const OrderText& common) {
  const Json object = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return InvalidArgumentError("not a JSON object");
  OrderText text{.key_id = common.key_id, .fields = {}, .options = common.options};
  for (const FormField& field : common.fields) {
    const bool replaced = object.contains(field.name);
    if (!replaced && !IsOfBatch(field.name)) text.fields.push_back(field);
  }
  for (const auto& [name, value] : object.items()) {
    if (IsOfBatch(name) && name != "name") {
      return InvalidArgumentError(fmt::format("'{}' is of the batch as a whole", name));
    }
    text.fields.push_back({name, TextOf(value)});
  }
  JobOrder order;
  RETURN_IF_ERROR(ReadOrder(text, order).status);
  if (order.path.empty() == order.audio_url.empty()) {
    return InvalidArgumentError(
        "the recording is missing or given twice: one of 'path' and "
        "'audio_url'");
  }
  return text;
}

}  // namespace

std::span<const Parameter<JobOrder>> OrderParameters() { return kRows; }

ParameterError ReadOrder(const OrderText& text, JobOrder& order) {
  order = JobOrder();
  if (!text.options.empty()) {
    if (Status status = ApplyOptions(text.options, order.recognition); !status.ok()) {
      return {std::move(status), ""};
    }
  }
  // Our own options win over the other fields, wherever they stand.
  for (const bool options : {false, true}) {
    for (const FormField& field : text.fields) {
      if ((field.name == kOptionsField) != options) continue;
      ParameterError error =
          TakeParameter(std::span<const Row>(kRows), field.name, field.value, order);
      if (!error.status.ok()) return error;
    }
  }
  SettleWordTimes(order.recognition);
  return {};
}

std::string WritePayload(const OrderText& text) {
  Json fields = Json::array();
  for (const FormField& field : text.fields) fields.push_back({field.name, field.value});
  return Json{{"version", kPayloadVersion},
              {"key", text.key_id},
              {"fields", std::move(fields)},
              {"options", text.options}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<OrderText> ReadPayload(std::string_view payload) {
  const Json json = Json::parse(payload, nullptr, /*allow_exceptions=*/false);
  const auto damaged = [] { return DataLossError("the order of the job cannot be read"); };
  if (!json.is_object() || json.value("version", Json()) != Json(kPayloadVersion) ||
      !json.value("key", Json()).is_string() || !json.value("options", Json()).is_string() ||
      !json.value("fields", Json()).is_array()) {
    return damaged();
  }
  OrderText text{.key_id = json["key"].get<std::string>(),
                 .fields = {},
                 .options = json["options"].get<std::string>()};
  for (const Json& field : json["fields"]) {
    const bool sound =
        field.is_array() && field.size() == 2 && field[0].is_string() && field[1].is_string();
    if (!sound) return damaged();
    text.fields.push_back({field[0].get<std::string>(), field[1].get<std::string>()});
  }
  return text;
}

Result<std::vector<OrderText>> ReadManifest(std::string_view manifest, const OrderText& common,
                                            size_t max_items) {
  std::vector<OrderText> orders;
  int64_t number = 0;
  while (!manifest.empty()) {
    const size_t end = manifest.find('\n');
    std::string_view line = manifest.substr(0, end);
    manifest.remove_prefix(end == std::string_view::npos ? manifest.size() : end + 1);
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const auto at = [number] { return fmt::format("line {} of the manifest", number); };
    if (orders.size() == max_items) {
      return InvalidArgumentError(fmt::format("{}: a batch has at most {}", at(), max_items));
    }
    if (!text::IsValidUtf8(line)) return InvalidArgumentError(at() + ": it is not UTF-8");
    auto order = ReadLine(line, common);
    if (!order.ok()) return order.status().Annotate(at());
    orders.push_back(*std::move(order));
  }
  if (orders.empty()) return InvalidArgumentError("the manifest has no line");
  return orders;
}

}  // namespace ironscribe::api::jobs
