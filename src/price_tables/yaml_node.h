// A value of a YAML file that knows file and line, so that whatever is wrong with it can be found.
// For .cc files of this folder: it brings in yaml-cpp.
#pragma once

#include <yaml-cpp/yaml.h>

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace ironscribe::price_tables {

// Bytes of a table or scenario; those of the project have a few thousand.
inline constexpr uint64_t kMaxTableBytes = 1 << 20;

class YamlNode {
 public:
  // Errors: InvalidArgument with file and line of what is no YAML, of a second document and of a
  // text that holds nothing.
  static Result<YamlNode> Parse(const std::string& text, const std::string& file);

  bool IsNull() const { return node_.IsNull(); }
  bool IsList() const { return node_.IsSequence(); }
  int line() const { return line_; }
  std::string Place() const;  // "prices.yaml:12"

  // InvalidArgument, "prices.yaml:12: message".
  Status Error(std::string_view message) const;

  // Of a map. Nothing when the key is not there.
  std::optional<YamlNode> Find(const std::string& key) const;
  // Errors: InvalidArgument when the key is not there.
  Result<YamlNode> Get(const std::string& key) const;
  // Errors: InvalidArgument for a key that is not among `known`, with the nearest one, for one that
  // stands twice, and for anything but a map.
  Status CheckKeys(std::initializer_list<std::string_view> known) const;
  // In the order of the file; nothing of what is no map.
  std::vector<std::pair<std::string, YamlNode>> Entries() const;
  // The same of a map whose keys are free. Errors: InvalidArgument for anything but a map, and for
  // a key that stands twice.
  Result<std::vector<std::pair<std::string, YamlNode>>> UniqueEntries() const;
  // Errors: InvalidArgument for anything but a list.
  Result<std::vector<YamlNode>> Items() const;

  // Errors: InvalidArgument for what is no text, empty, or no number between the bounds.
  Result<std::string> Text() const;
  Result<double> Number(double min, double max) const;
  // The position of the text among `known`; anything else is an error that lists them.
  Result<size_t> Choice(std::initializer_list<std::string_view> known) const;

  // The same of a key; the default when it is not there.
  Result<std::string> TextOr(const std::string& key, std::string fallback) const;
  Result<double> NumberOr(const std::string& key, double fallback, double min, double max) const;
  Result<std::string> GetText(const std::string& key) const;
  Result<double> GetNumber(const std::string& key, double min, double max) const;

 private:
  YamlNode(YAML::Node node, std::shared_ptr<const std::string> file);
  YAML::Node node_;
  std::shared_ptr<const std::string> file_;
  int line_ = 0;
};

}  // namespace ironscribe::price_tables
