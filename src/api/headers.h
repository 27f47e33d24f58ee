// The header fields of a request or a reply: lower-case names, in the order they came.
//
// A plain value. Names are case-insensitive in HTTP/1.1 and lower-case in HTTP/2, so they are kept
// in lower case everywhere; whoever adds one gives it so.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ironscribe::api {

struct Header {
  std::string name;  // lower case
  std::string value;
};

class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<Header> fields) : fields_(fields) {}

  // The value of the first field of that name, which is given in lower case.
  std::optional<std::string_view> Find(std::string_view name) const {
    const auto found = std::find_if(fields_.begin(), fields_.end(),
                                    [name](const Header& field) { return field.name == name; });
    if (found == fields_.end()) {
      return std::nullopt;
    }
    return found->value;
  }

  // The values of all fields of that name, in order.
  std::vector<std::string_view> FindAll(std::string_view name) const {
    std::vector<std::string_view> values;
    for (const Header& field : fields_) {
      if (field.name == name) {
        values.push_back(field.value);
      }
    }
    return values;
  }

  void Add(std::string name, std::string value) {
    fields_.push_back({std::move(name), std::move(value)});
  }

  // Replaces every field of that name by this one.
  void Set(std::string name, std::string value) {
    Remove(name);
    Add(std::move(name), std::move(value));
  }

  void Remove(std::string_view name) {
    std::erase_if(fields_, [name](const Header& field) { return field.name == name; });
  }

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  size_t size() const { return fields_.size(); }
  bool empty() const { return fields_.empty(); }

 private:
  std::vector<Header> fields_;
};

}  // namespace ironscribe::api
