#include "apps/cli/run_manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "engine/model_digest.h"
#include "io/file.h"
#include "io/partial_file.h"
#include "transcript/json_writer.h"
#include "transcript/plain_text.h"

namespace ironscribe::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kManifestVersion = 1;
constexpr uint64_t kMaxManifestBytes = uint64_t{1} << 30;  // Some three million recordings.

// A path as JSON can hold it: file names need not be UTF-8, and two must never look the same.
std::string PathText(const fs::path& path) {
  const std::string& bytes = path.native();
  if (transcript::ValidUtf8(bytes) == bytes) return bytes;
  std::string text = "bytes:";
  for (unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

std::optional<FinishedRecording> ParseLine(std::string_view line) {
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || json.value("version", Json()) != kManifestVersion) return std::nullopt;
  const auto input = json.find("input");
  const auto size = json.find("size_bytes");
  const auto modified = json.find("modified_ns");
  const auto settings = json.find("settings");
  const auto outputs = json.find("outputs");
  const auto end = json.end();
  if (input == end || size == end || modified == end || settings == end || outputs == end ||
      !input->is_string() || !size->is_number_unsigned() || !modified->is_number_integer() ||
      !settings->is_string() || !outputs->is_array()) {
    return std::nullopt;
  }
  FinishedRecording recording{.input = input->get<std::string>(),
                              .size_bytes = size->get<uint64_t>(),
                              .modified_ns = modified->get<int64_t>(),
                              .settings = settings->get<std::string>(),
                              .outputs = {}};
  for (const Json& output : *outputs) {
    if (!output.is_string()) return std::nullopt;
    recording.outputs.push_back(output.get<std::string>());
  }
  return recording;
}

std::string WriteLine(const FinishedRecording& recording) {
  const Json json = {{"version", kManifestVersion},        {"input", recording.input},
                     {"size_bytes", recording.size_bytes}, {"modified_ns", recording.modified_ns},
                     {"settings", recording.settings},     {"outputs", recording.outputs}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string SettingsDigest(const TranscribeOptions& all, const transcript::ModelInfo& model) {
  const models::DecodingOptions& options = all.decoding;
  // JSON, because it keeps strings apart from each other whatever they hold.
  Json clips = Json::array();
  for (const models::Clip& clip : options.clips) {
    clips.push_back({fmt::format("{}", clip.start_seconds), fmt::format("{}", clip.end_seconds)});
  }
  const auto exact = [](float value) { return fmt::format("{}", value); };  // NaN included.
  Json temperatures = Json::array();
  for (float temperature : options.temperatures) temperatures.push_back(exact(temperature));
  const Json settings = {
      transcript::kJsonFormatVersion,
      model.digest,
      model.family,
      model.compute_type,
      all.recognizer.alignment_heads,
      options.language,
      static_cast<int>(options.task),
      options.word_times,
      options.initial_prompt,
      options.carry_prompt,
      options.condition_on_previous_text,
      options.beam_size,
      options.best_of,
      exact(options.patience),
      exact(options.length_penalty),
      temperatures,
      exact(options.compression_ratio_threshold),
      exact(options.log_probability_threshold),
      exact(options.no_speech_threshold),
      options.suppress_tokens,
      options.without_timestamps,
      clips,
      options.seed,
      options.reference,
  };
  engine::Digest digest;
  digest.Update(settings.dump(-1, ' ', false, Json::error_handler_t::replace));
  return digest.Finish();
}

Result<FinishedRecording> DescribeRecording(const fs::path& input, const fs::path& output_folder,
                                            const std::vector<fs::path>& outputs,
                                            std::string settings) {
  ASSIGN_OR_RETURN(const io::FileIdentity identity, io::IdentifyFile(input));
  std::error_code error;
  const fs::path absolute = fs::absolute(input, error);
  FinishedRecording recording{.input = PathText(error ? input : absolute.lexically_normal()),
                              .size_bytes = identity.size_bytes,
                              .modified_ns = identity.modified_ns,
                              .settings = std::move(settings),
                              .outputs = {}};
  for (const fs::path& output : outputs) {
    recording.outputs.push_back(PathText(output.lexically_relative(output_folder)));
  }
  return recording;
}

Result<std::unique_ptr<RunManifest>> RunManifest::Open(const fs::path& output_folder) {
  std::unique_ptr<RunManifest> manifest(new RunManifest(output_folder));
  const auto text = io::ReadFile(output_folder / kManifestName, kMaxManifestBytes);
  if (!text.ok()) {
    if (text.status().code() == StatusCode::kNotFound) return manifest;
    return text.status().Annotate("reading what the output folder holds");
  }
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (auto recording = ParseLine(line)) {
      manifest->finished_.insert_or_assign(recording->input, *recording);
    }
  }
  manifest->ends_inside_line_ = !text->empty() && text->back() != '\n';
  return manifest;
}

bool RunManifest::IsFinished(const FinishedRecording& recording) const {
  const std::lock_guard lock(mutex_);
  const auto found = finished_.find(recording.input);
  if (found == finished_.end() || found->second != recording) return false;
  for (const std::string& output : recording.outputs) {
    std::error_code error;
    // A name that is not UTF-8 is not looked for: better done twice than missed.
    if (!fs::is_regular_file(output_folder_ / output, error)) return false;
  }
  return true;
}

Status RunManifest::Append(const FinishedRecording& recording) {
  const std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(const auto file, io::PartialFile::Open(output_folder_ / kManifestName));
  // One write, so that lines of two processes do not mix.
  const std::string line = (ends_inside_line_ ? "\n" : "") + WriteLine(recording);
  ends_inside_line_ = true;  // Until the whole line is known to be there.
  RETURN_IF_ERROR(file->Append(line));
  ends_inside_line_ = false;
  RETURN_IF_ERROR(file->Sync());
  finished_.insert_or_assign(recording.input, recording);
  return OkStatus();
}

}  // namespace ironscribe::cli
