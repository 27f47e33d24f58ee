#include "api/jobs/job_result.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace ironscribe::api::jobs {
namespace {

using Json = nlohmann::json;

constexpr int kResultVersion = 1;

}  // namespace

std::string WriteResult(const transcript::Transcript& transcript,
                        const transcript::WriteOptions& options) {
  Json outputs = Json::object();
  for (const transcript::OutputFormat& format : transcript::OutputFormats()) {
    outputs[std::string(format.name)] = format.write(transcript, options);
  }
  return Json{{"version", kResultVersion}, {"outputs", std::move(outputs)}}.dump(
      -1, ' ', false, Json::error_handler_t::replace);
}

Result<std::string> ReadResultFormat(std::string_view result, std::string_view format) {
  Json json = Json::parse(result, nullptr, /*allow_exceptions=*/false);
  const bool sound = json.is_object() && json.value("version", Json()) == Json(kResultVersion) &&
                     json.value("outputs", Json()).is_object();
  if (!sound) return DataLossError("the result of the job cannot be read");
  Json& outputs = json["outputs"];
  const auto found = outputs.find(format);
  if (found == outputs.end() || !found->is_string()) {
    return DataLossError("the result of the job lacks the format");
  }
  return std::move(found->get_ref<std::string&>());
}

std::string_view ContentTypeOf(std::string_view format) {
  if (format == "json") return "application/json";
  if (format == "txt") return "text/plain; charset=utf-8";
  if (format == "srt") return "application/x-subrip; charset=utf-8";
  if (format == "vtt") return "text/vtt; charset=utf-8";
  if (format == "tsv") return "text/tab-separated-values; charset=utf-8";
  return "";
}

}  // namespace ironscribe::api::jobs
