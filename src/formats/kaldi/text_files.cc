#include "formats/kaldi/text_files.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace ironscribe::formats::kaldi {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr int32_t kMaxPhone = 1 << 20;

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

template <typename T>
bool ParseWhole(std::string_view text, T* value) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size();
}

Status BadLine(std::string_view name, std::string_view line, std::string_view what) {
  return InvalidArgumentError("'" + std::string(name) + "': line '" +
                              std::string(line.substr(0, 100)) + "': " + std::string(what));
}

}  // namespace

Result<Options> Options::Parse(std::string_view text, std::string_view name) {
  Options options;
  options.name_ = std::string(name);
  for (std::string_view line : Lines(text)) {
    line = Trimmed(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    if (!line.starts_with("--") || line.size() == 2) return BadLine(name, line, "no option");
    const size_t equals = std::min(line.find('='), line.size());
    std::string key(Trimmed(line.substr(2, equals - 2)));
    std::replace(key.begin(), key.end(), '_', '-');
    const std::string_view value =
        equals == line.size() ? "true" : Trimmed(line.substr(equals + 1));
    options.values_[key] = std::string(value);
  }
  return options;
}

Result<double> Options::Number(std::string_view option, double otherwise) const {
  const auto found = values_.find(option);
  if (found == values_.end()) return otherwise;
  double value = 0;
  if (!ParseWhole(std::string_view(found->second), &value) || !std::isfinite(value)) {
    return BadLine(name_, "--" + std::string(option) + "=" + found->second, "no number");
  }
  return value;
}

Result<int32_t> Options::Int(std::string_view option, int32_t otherwise) const {
  const auto found = values_.find(option);
  if (found == values_.end()) return otherwise;
  int32_t value = 0;
  if (!ParseWhole(std::string_view(found->second), &value)) {
    return BadLine(name_, "--" + std::string(option) + "=" + found->second, "no whole number");
  }
  return value;
}

Result<bool> Options::Bool(std::string_view option, bool otherwise) const {
  const auto found = values_.find(option);
  if (found == values_.end()) return otherwise;
  if (found->second == "true" || found->second == "t" || found->second == "1") return true;
  if (found->second == "false" || found->second == "f" || found->second == "0") return false;
  return BadLine(name_, "--" + std::string(option) + "=" + found->second, "neither true nor false");
}

std::string Options::Text(std::string_view option, std::string_view otherwise) const {
  const auto found = values_.find(option);
  return found == values_.end() ? std::string(otherwise) : found->second;
}

Result<std::vector<int32_t>> ParseIntegers(std::string_view text, std::string_view name,
                                           std::string_view separators) {
  const std::string all = std::string(kSpace) + std::string(separators);
  std::vector<int32_t> values;
  size_t begin = text.find_first_not_of(all);
  while (begin != std::string_view::npos) {
    const size_t end = std::min(text.find_first_of(all, begin), text.size());
    int32_t value = 0;
    if (!ParseWhole(text.substr(begin, end - begin), &value)) {
      return BadLine(name, text.substr(begin, end - begin), "no whole number");
    }
    values.push_back(value);
    begin = text.find_first_not_of(all, end);
  }
  return values;
}

Result<std::vector<PhonePlace>> ParseWordBoundaries(std::string_view text, std::string_view name) {
  std::vector<PhonePlace> places;
  for (std::string_view line : Lines(text)) {
    line = Trimmed(line);
    if (line.empty()) continue;
    const size_t space = std::min(line.find_first_of(kSpace), line.size());
    const std::string_view kind = Trimmed(line.substr(space));
    int32_t phone = 0;
    if (!ParseWhole(line.substr(0, space), &phone) || phone < 1 || phone > kMaxPhone) {
      return BadLine(name, line, "no phone");
    }
    PhonePlace place = PhonePlace::kNone;
    if (kind == "nonword") place = PhonePlace::kNonWord;
    if (kind == "begin") place = PhonePlace::kBegin;
    if (kind == "end") place = PhonePlace::kEnd;
    if (kind == "internal") place = PhonePlace::kInternal;
    if (kind == "singleton") place = PhonePlace::kSingleton;
    if (place == PhonePlace::kNone) return BadLine(name, line, "unknown kind of phone");
    const auto needed = static_cast<size_t>(phone) + 1;
    if (places.size() < needed) places.resize(needed, PhonePlace::kNone);
    places[static_cast<size_t>(phone)] = place;
  }
  return places;
}

}  // namespace ironscribe::formats::kaldi
