#include "apps/cli/flag_values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/nearest_names.h"
#include "text/languages.h"
#include "transcript/display_width.h"
#include "transcript/plain_text.h"

namespace ironscribe::cli {
namespace {

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t at = text.find(separator); at != std::string_view::npos; at = text.find(separator)) {
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at + 1);
  }
  parts.push_back(text);
  return parts;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Stands on the line of a subtitle, together with what is said.
constexpr int kMaxChannelNameColumns = 32;

bool IsPlainDecimal(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

// "unknown value 'x'; did you mean 'y'? Known: ..."
Status UnknownName(std::string_view name, const std::vector<std::string>& known) {
  const auto nearest = NearestNames(name, known, 1);
  const std::string hint = nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest[0]);
  return InvalidArgumentError(
      fmt::format("unknown value '{}'{} (known: {})", name, hint, fmt::join(known, ", ")));
}

template <typename Value>
struct Named {
  std::string_view name;
  Value value;
};

template <typename Value, size_t kCount>
Result<Value> Choose(std::string_view name, const Named<Value> (&table)[kCount]) {
  std::vector<std::string> known;
  for (const auto& row : table) {
    if (row.name == name) return row.value;
    known.emplace_back(row.name);
  }
  return UnknownName(name, known);
}

Status BadClip(std::string_view text, std::string_view why) {
  return InvalidArgumentError(
      fmt::format("'{}' {}; write START-END in seconds or h:m:s, e.g. 30-1:15", text, why));
}

}  // namespace

Result<double> ParseNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return InvalidArgumentError(fmt::format("'{}' is not a number", text));
  }
  return value;
}

Result<double> ParseSeconds(std::string_view text) {
  const auto parts = Split(text, ':');
  const Status wrong = InvalidArgumentError(
      fmt::format("'{}' is not a time; write seconds, m:s or h:m:s, e.g. 75.5 or 1:15.5", text));
  if (parts.size() > 3) return wrong;
  double seconds = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    const bool last = i + 1 == parts.size();
    if (!IsPlainDecimal(parts[i])) return wrong;
    if (!last && parts[i].find('.') != std::string_view::npos) return wrong;
    const auto value = ParseNumber(parts[i]);
    // Only the first part may count beyond 59.
    if (!value.ok() || (i > 0 && *value >= 60)) return wrong;
    seconds = seconds * 60 + *value;
  }
  return seconds;
}

Result<models::Clip> ParseClip(std::string_view text) {
  const auto parts = Split(text, '-');
  if (parts.size() != 2) return BadClip(text, "is not a clip");
  models::Clip clip;
  if (!parts[0].empty()) {
    ASSIGN_OR_RETURN(clip.start_seconds, ParseSeconds(parts[0]));
  }
  if (!parts[1].empty()) {
    ASSIGN_OR_RETURN(clip.end_seconds, ParseSeconds(parts[1]));
  }
  if (parts[0].empty() && parts[1].empty()) return BadClip(text, "is not a clip");
  if (clip.end_seconds <= clip.start_seconds) return BadClip(text, "ends before it starts");
  return clip;
}

Result<std::vector<float>> ParseTemperatures(std::string_view text,
                                             std::optional<double> increment) {
  constexpr double kLargest = 1.0;  // As far as the reference's ladder goes.
  std::vector<float> temperatures;
  for (std::string_view part : Split(text, ',')) {
    ASSIGN_OR_RETURN(const double value, ParseNumber(Trim(part)));
    if (value < 0) {
      return InvalidArgumentError(fmt::format("'{}' must not be negative", Trim(part)));
    }
    temperatures.push_back(static_cast<float>(value));
  }
  if (!increment.has_value()) return temperatures;
  if (temperatures.size() != 1) {
    return InvalidArgumentError("an increment goes with one temperature, not with a list");
  }
  if (!(*increment >= 0.01)) return InvalidArgumentError("the increment must be at least 0.01");
  const double start = temperatures[0];
  // Counted in steps, because adding 0.2 five times does not give 1.
  for (int step = 1; start + step * *increment <= kLargest + 1e-6; ++step) {
    temperatures.push_back(static_cast<float>(start + step * *increment));
  }
  return temperatures;
}

Result<float> ParseThreshold(std::string_view text) {
  if (text == "off") return std::numeric_limits<float>::quiet_NaN();
  const auto value = ParseNumber(text);
  if (!value.ok()) {
    return InvalidArgumentError(fmt::format("'{}' is neither a number nor 'off'", text));
  }
  return static_cast<float>(*value);
}

Result<std::vector<int32_t>> ParseTokenList(std::string_view text) {
  std::vector<int32_t> tokens;
  if (text.empty() || text == "none") return tokens;
  for (std::string_view part : Split(text, ',')) {
    part = Trim(part);
    int32_t token = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), token);
    if (error != std::errc() || end != part.data() + part.size() || token < -1) {
      return InvalidArgumentError(
          fmt::format("'{}' is not a token id; write ids with commas, -1 for the model's own list, "
                      "or none",
                      part));
    }
    tokens.push_back(token);
  }
  return tokens;
}

Result<std::vector<const transcript::OutputFormat*>> ParseFormats(
    std::span<const std::string> names) {
  std::vector<const transcript::OutputFormat*> formats;
  for (const std::string& name : names) {
    const transcript::OutputFormat* format = transcript::FindOutputFormat(name);
    if (format == nullptr) {
      std::vector<std::string> known;
      for (const auto& row : transcript::OutputFormats()) known.emplace_back(row.name);
      return UnknownName(name, known);
    }
    if (std::find(formats.begin(), formats.end(), format) == formats.end()) {
      formats.push_back(format);
    }
  }
  return formats;
}

Result<ProgressMode> ParseProgressMode(std::string_view name) {
  static constexpr Named<ProgressMode> kTable[] = {{"auto", ProgressMode::kAuto},
                                                   {"bar", ProgressMode::kBar},
                                                   {"json", ProgressMode::kJson},
                                                   {"none", ProgressMode::kNone}};
  return Choose(name, kTable);
}

Result<models::Task> ParseTask(std::string_view name) {
  static constexpr Named<models::Task> kTable[] = {{"transcribe", models::Task::kTranscribe},
                                                   {"translate", models::Task::kTranslate}};
  return Choose(name, kTable);
}

Result<models::Segmentation> ParseSegmentation(std::string_view name) {
  static constexpr Named<models::Segmentation> kTable[] = {
      {"sequential", models::Segmentation::kSequential},
      {"fixed", models::Segmentation::kFixed},
      {"vad", models::Segmentation::kVoiceActivity}};
  return Choose(name, kTable);
}

Result<bool> ParseSplitChannels(std::string_view name) {
  static constexpr Named<bool> kTable[] = {{"mix", false}, {"split", true}};
  return Choose(name, kTable);
}

Result<std::optional<std::vector<std::string>>> ParseChannelNames(std::string_view text) {
  if (text == "none") return std::optional<std::vector<std::string>>();
  std::vector<std::string> names;
  for (std::string_view part : Split(text, ',')) {
    std::string name(Trim(part));
    if (name.empty() || transcript::SingleLine(name) != name) {
      return InvalidArgumentError(fmt::format(
          "'{}' is not a list of names; write them with commas, e.g. agent,customer, or none",
          transcript::SingleLine(text)));
    }
    if (transcript::DisplayColumns(name) > kMaxChannelNameColumns) {
      return InvalidArgumentError(
          fmt::format("'{}' is longer than {} characters", name, kMaxChannelNameColumns));
    }
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      return InvalidArgumentError(fmt::format("'{}' stands twice", name));
    }
    names.push_back(std::move(name));
  }
  return std::optional(std::move(names));
}

Result<transcript::CueStyle> ParseCueStyle(std::string_view name) {
  static constexpr Named<transcript::CueStyle> kTable[] = {
      {"rules", transcript::CueStyle::kRules}, {"segments", transcript::CueStyle::kSegments}};
  return Choose(name, kTable);
}

Result<std::vector<std::string>> ParseLanguages(std::span<const std::string> names) {
  std::vector<std::string> codes;
  for (const std::string& name : names) {
    const text::Language* language = text::FindLanguage(name);
    if (language == nullptr) {
      return InvalidArgumentError(fmt::format("unknown language '{}'; did you mean {}?", name,
                                              fmt::join(text::NearestLanguages(name, 3), ", ")));
    }
    const std::string code(language->code);
    if (std::find(codes.begin(), codes.end(), code) == codes.end()) codes.push_back(code);
  }
  return codes;
}

Result<bool> ParseFitWindows(std::string_view name) {
  static constexpr Named<bool> kTable[] = {{"full", false}, {"speech", true}};
  return Choose(name, kTable);
}

Result<bool> ParseOnOff(std::string_view name) {
  static constexpr Named<bool> kTable[] = {{"on", true}, {"off", false}};
  return Choose(name, kTable);
}

}  // namespace ironscribe::cli
