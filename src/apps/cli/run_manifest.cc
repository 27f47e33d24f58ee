#include "apps/cli/run_manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "io/file.h"
#include "io/partial_file.h"
#include "transcript/plain_text.h"

namespace ironscribe::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kManifestVersion = 1;
constexpr uint64_t kMaxManifestBytes = uint64_t{1} << 30;  // Some three million recordings.

// Stands before a path that is written as hexadecimal bytes.
constexpr std::string_view kBytesPrefix = "bytes:";

// A path as JSON can hold it: file names need not be UTF-8, and two must never look the same.
std::string PathText(const fs::path& path) {
  const std::string& bytes = path.native();
  if (transcript::ValidUtf8(bytes) == bytes && !bytes.starts_with(kBytesPrefix)) return bytes;
  std::string text(kBytesPrefix);
  for (unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

// PathText's inverse; text that it never gives, from an edited manifest, is taken as it stands.
fs::path PathOf(std::string_view text) {
  if (!text.starts_with(kBytesPrefix) || text.size() % 2 != 0) return text;
  std::string bytes;
  for (size_t at = kBytesPrefix.size(); at < text.size(); at += 2) {
    unsigned char byte = 0;
    const auto [end, error] = std::from_chars(&text[at], &text[at] + 2, byte, 16);
    if (error != std::errc() || end != &text[at] + 2) return text;
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

std::string WriteLine(const FinishedRecording& recording, const std::vector<uint64_t>& sizes) {
  const Json json = {{"version", kManifestVersion},        {"input", recording.input},
                     {"size_bytes", recording.size_bytes}, {"modified_ns", recording.modified_ns},
                     {"settings", recording.settings},     {"outputs", recording.outputs},
                     {"output_sizes_bytes", sizes}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

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

std::optional<RunManifest::Entry> RunManifest::ParseLine(std::string_view line) {
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
  Entry entry{.recording = std::move(recording), .output_sizes_bytes = {}};
  const auto sizes = json.find("output_sizes_bytes");
  if (sizes == end) return entry;
  if (!sizes->is_array() || sizes->size() != outputs->size()) return std::nullopt;
  for (const Json& output_size : *sizes) {
    if (!output_size.is_number_unsigned()) return std::nullopt;
    entry.output_sizes_bytes.push_back(output_size.get<uint64_t>());
  }
  return entry;
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
    if (auto entry = ParseLine(line)) manifest->Remember(*std::move(entry));
  }
  manifest->ends_inside_line_ = !text->empty() && text->back() != '\n';
  return manifest;
}

void RunManifest::Remember(Entry entry) {
  for (const std::string& output : entry.recording.outputs) {
    owners_.insert_or_assign(output, entry.recording.input);
  }
  std::string input = entry.recording.input;
  finished_.insert_or_assign(std::move(input), std::move(entry));
}

bool RunManifest::IsFinished(const FinishedRecording& recording) const {
  const std::lock_guard lock(mutex_);
  const auto found = finished_.find(recording.input);
  if (found == finished_.end() || found->second.recording != recording) return false;
  const std::vector<uint64_t>& sizes = found->second.output_sizes_bytes;
  for (size_t i = 0; i < recording.outputs.size(); ++i) {
    const auto owner = owners_.find(recording.outputs[i]);
    if (owner == owners_.end() || owner->second != recording.input) return false;
    std::error_code error;
    const fs::path path = output_folder_ / PathOf(recording.outputs[i]);
    if (!fs::is_regular_file(path, error)) return false;
    // Another size is somebody's correction of the text, which is kept; no text at all is damage.
    if (i < sizes.size() && sizes[i] > 0 && fs::file_size(path, error) == 0) return false;
  }
  return true;
}

Result<std::vector<RunManifest::Overwritten>> RunManifest::TakeOver(
    const FinishedRecording& recording) {
  const std::lock_guard lock(mutex_);
  std::vector<Overwritten> overwritten;
  for (const std::string& output : recording.outputs) {
    const auto owner = owners_.find(output);
    if (owner == owners_.end() || owner->second == recording.input) continue;
    std::error_code error;
    if (!fs::exists(output_folder_ / PathOf(output), error)) continue;
    overwritten.push_back({output_folder_ / PathOf(output), PathOf(owner->second)});
    Entry nothing;
    nothing.recording.input = owner->second;
    RETURN_IF_ERROR(WriteEntry(std::move(nothing)));
  }
  return overwritten;
}

Status RunManifest::Append(const FinishedRecording& recording) {
  const std::lock_guard lock(mutex_);
  Entry entry{.recording = recording, .output_sizes_bytes = {}};
  for (const std::string& output : recording.outputs) {
    std::error_code error;
    const uint64_t size = fs::file_size(output_folder_ / PathOf(output), error);
    entry.output_sizes_bytes.push_back(error ? 0 : size);
  }
  return WriteEntry(std::move(entry));
}

Status RunManifest::WriteEntry(Entry entry) {
  ASSIGN_OR_RETURN(const auto file, io::PartialFile::Open(output_folder_ / kManifestName));
  // One write, so that lines of two processes do not mix.
  const std::string line =
      (ends_inside_line_ ? "\n" : "") + WriteLine(entry.recording, entry.output_sizes_bytes);
  ends_inside_line_ = true;  // Until the whole line is known to be there.
  RETURN_IF_ERROR(file->Append(line));
  ends_inside_line_ = false;
  RETURN_IF_ERROR(file->Sync());
  Remember(std::move(entry));
  return OkStatus();
}

}  // namespace ironscribe::cli
