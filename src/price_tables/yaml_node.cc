#include "price_tables/yaml_node.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "base/nearest_names.h"

namespace ironscribe::price_tables {
namespace {

// A line that holds more is no price table.
constexpr size_t kMaxTextBytes = 2000;

}  // namespace

YamlNode::YamlNode(YAML::Node node, std::shared_ptr<const std::string> file)
    : node_(std::move(node)), file_(std::move(file)), line_(node_.Mark().line + 1) {}

Result<YamlNode> YamlNode::Parse(const std::string& text, const std::string& file) {
  if (text.size() > kMaxTableBytes) {
    return InvalidArgumentError(
        fmt::format("{}: {} bytes; a table has at most {}", file, text.size(), kMaxTableBytes));
  }
  auto name = std::make_shared<const std::string>(file);
  try {
    std::vector<YAML::Node> documents = YAML::LoadAll(text);
    // An empty text has no place of its own.
    if (documents.empty() || documents[0].IsNull()) {
      return InvalidArgumentError(fmt::format("{}:1: expected 'key: value' lines", file));
    }
    if (documents.size() > 1) {
      return InvalidArgumentError(fmt::format("{}:{}: a second document; a file holds one", file,
                                              std::max(1, documents[1].Mark().line + 1)));
    }
    return YamlNode(documents[0], std::move(name));
  } catch (const YAML::Exception& error) {
    return InvalidArgumentError(fmt::format("{}:{}: {}", file, error.mark.line + 1, error.msg));
  }
}

std::string YamlNode::Place() const { return fmt::format("{}:{}", *file_, line_); }

Status YamlNode::Error(std::string_view message) const {
  return InvalidArgumentError(fmt::format("{}: {}", Place(), message));
}

std::vector<std::pair<std::string, YamlNode>> YamlNode::Entries() const {
  std::vector<std::pair<std::string, YamlNode>> entries;
  if (!node_.IsMap()) return entries;
  for (const auto& entry : node_) {
    YamlNode value(entry.second, file_);
    // An empty value has no place of its own.
    if (value.node_.IsNull()) value.line_ = entry.first.Mark().line + 1;
    entries.emplace_back(entry.first.IsScalar() ? entry.first.Scalar() : "", std::move(value));
  }
  return entries;
}

std::optional<YamlNode> YamlNode::Find(const std::string& key) const {
  for (auto& [name, value] : Entries()) {
    if (name == key) return value;
  }
  return std::nullopt;
}

Result<YamlNode> YamlNode::Get(const std::string& key) const {
  auto found = Find(key);
  if (!found.has_value()) return Error(fmt::format("'{}' is missing", key));
  return *found;
}

Status YamlNode::CheckKeys(std::initializer_list<std::string_view> known) const {
  if (!node_.IsMap()) return Error("expected 'key: value' lines");
  std::set<std::string> seen;
  for (const auto& [name, value] : Entries()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      const std::vector<std::string> names(known.begin(), known.end());
      const auto nearest = NearestNames(name, names, 1);
      return value.Error(fmt::format("unknown key '{}'; {}", name,
                                     nearest.empty()
                                         ? fmt::format("known are {}", fmt::join(names, ", "))
                                         : fmt::format("did you mean '{}'?", nearest[0])));
    }
    if (!seen.insert(name).second) return value.Error(fmt::format("'{}' stands twice", name));
  }
  return OkStatus();
}

Result<std::vector<std::pair<std::string, YamlNode>>> YamlNode::UniqueEntries() const {
  if (!node_.IsMap()) return Error("expected 'key: value' lines");
  auto entries = Entries();
  std::set<std::string> seen;
  for (const auto& [name, value] : entries) {
    if (!seen.insert(name).second) return value.Error(fmt::format("'{}' stands twice", name));
  }
  return entries;
}

Result<std::vector<YamlNode>> YamlNode::Items() const {
  if (!node_.IsSequence()) return Error("expected a list");
  std::vector<YamlNode> items;
  for (const YAML::Node& item : node_) items.push_back(YamlNode(item, file_));
  return items;
}

Result<std::string> YamlNode::Text() const {
  if (!node_.IsScalar()) return Error("expected a text");
  if (node_.Scalar().find_first_not_of(" \t\r\n") == std::string::npos) {
    return Error("the text is empty");
  }
  if (node_.Scalar().size() > kMaxTextBytes) return Error("the text is too long");
  return node_.Scalar();
}

Result<double> YamlNode::Number(double min, double max) const {
  const std::string text = node_.IsScalar() ? node_.Scalar() : "";
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return Error(fmt::format("expected a number, not '{}'", text.substr(0, 40)));
  }
  if (value < min || value > max) {
    return Error(fmt::format("{:g} is outside {:g} to {:g}", value, min, max));
  }
  return value;
}

Result<size_t> YamlNode::Choice(std::initializer_list<std::string_view> known) const {
  ASSIGN_OR_RETURN(const std::string text, Text());
  const auto found = std::find(known.begin(), known.end(), text);
  if (found != known.end()) return static_cast<size_t>(found - known.begin());
  return Error(fmt::format("unknown '{}'; known are {}", text, fmt::join(known, ", ")));
}

Result<std::string> YamlNode::TextOr(const std::string& key, std::string fallback) const {
  const auto found = Find(key);
  return found.has_value() ? found->Text() : Result<std::string>(std::move(fallback));
}

Result<double> YamlNode::NumberOr(const std::string& key, double fallback, double min,
                                  double max) const {
  const auto found = Find(key);
  return found.has_value() ? found->Number(min, max) : Result<double>(fallback);
}

Result<std::string> YamlNode::GetText(const std::string& key) const {
  ASSIGN_OR_RETURN(const YamlNode found, Get(key));
  return found.Text();
}

Result<double> YamlNode::GetNumber(const std::string& key, double min, double max) const {
  ASSIGN_OR_RETURN(const YamlNode found, Get(key));
  return found.Number(min, max);
}

}  // namespace ironscribe::price_tables
