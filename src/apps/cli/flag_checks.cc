#include "apps/cli/flag_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "decoding/beam_search.h"
#include "text/languages.h"

namespace ironscribe::cli {
namespace {

// As models/whisper limits them: beyond temperature 2 the choice is nearly even over the
// vocabulary, and no useful beam finishes more than 16 times its size.
constexpr float kMaxTemperature = 2.0f;
constexpr size_t kMaxTemperatures = 16;
constexpr float kMaxPatience = 16.0f;

Status CheckSearch(const models::DecodingOptions& options) {
  if (!(options.patience > 0 && options.patience <= kMaxPatience)) {
    return InvalidArgumentError(fmt::format("--patience: {} must be above 0 and at most {}",
                                            options.patience, kMaxPatience));
  }
  if (decoding::MaxFinished(options.beam_size, options.patience) < 1) {
    return InvalidArgumentError(
        fmt::format("--patience: {} leaves no hypothesis of --beam-size {}; raise one of them",
                    options.patience, options.beam_size));
  }
  if (options.temperatures.size() > kMaxTemperatures) {
    return InvalidArgumentError(fmt::format("--temperature: {} temperatures; give at most {}",
                                            options.temperatures.size(), kMaxTemperatures));
  }
  for (float temperature : options.temperatures) {
    if (!(temperature >= 0 && temperature <= kMaxTemperature)) {
      return InvalidArgumentError(
          fmt::format("--temperature: {} is not from 0 to {}", temperature, kMaxTemperature));
    }
  }
  return OkStatus();
}

Status CheckClips(const std::vector<models::Clip>& clips) {
  for (size_t i = 1; i < clips.size(); ++i) {
    if (clips[i].start_seconds >= clips[i - 1].end_seconds) continue;
    return InvalidArgumentError(
        fmt::format("--clip: the part from {} s begins before the one before it ends; give parts "
                    "in order and without overlap",
                    clips[i].start_seconds));
  }
  return OkStatus();
}

Status CheckLanguage(const std::string& language) {
  if (language.empty() || text::FindLanguage(language) != nullptr) return OkStatus();
  return InvalidArgumentError(
      fmt::format("--language: unknown language '{}'; did you mean {}? (auto detects it)", language,
                  fmt::join(text::NearestLanguages(language, 3), ", ")));
}

}  // namespace

Status CheckDecodingFlags(const models::DecodingOptions& options) {
  RETURN_IF_ERROR(CheckSearch(options));
  RETURN_IF_ERROR(CheckLanguage(options.language));
  return CheckClips(options.clips);
}

Status CheckAlignmentHeads(std::string_view text) {
  if (text.empty()) return OkStatus();
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    int number = 0;
    const auto layer = std::from_chars(at, end, number);
    if (layer.ec != std::errc() || number < 0 || layer.ptr == end || *layer.ptr != ':') break;
    const auto head = std::from_chars(layer.ptr + 1, end, number);
    if (head.ec != std::errc() || number < 0) break;
    if (head.ptr == end) return OkStatus();
    if (*head.ptr != ',') break;
    at = head.ptr + 1;
  }
  return InvalidArgumentError(
      fmt::format("--alignment-heads: '{}' is not a list of layer:head such as 2:0,3:5", text));
}

}  // namespace ironscribe::cli
