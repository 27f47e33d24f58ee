// What a protocol does with each of its parameters: one table that requests are read by and that
// docs/protocols is written from. What no row names is refused: a parameter that would change text,
// labels or privacy is never swallowed.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/nearest_names.h"
#include "base/status.h"

namespace ironscribe::api {

enum class Treatment {
  kHonoured,
  kRefused,
  kHint,  // Harmless: taken and not needed.
};

std::string_view TreatmentName(Treatment treatment);

struct ParameterDescription {
  std::string_view name;  // Without the brackets of arrays.
  Treatment treatment = Treatment::kHonoured;
  // What it does; of a refused one, why, as the client is told.
  std::string_view note;
};

// The rows of one protocol; `Request` collects the values.
template <typename Request>
struct Parameter {
  ParameterDescription description;
  // Null where it is not honoured, and for what is dealt with elsewhere (the file).
  Status (*take)(std::string_view value, Request& request) = nullptr;
};

// Refusals carry the parameter's name, which is the table's own, apart from the message.
struct ParameterError {
  Status status;
  std::string parameter;
};

// `name` with or without "[]". Requires: value is UTF-8.
template <typename Request>
ParameterError TakeParameter(std::span<const Parameter<Request>> table, std::string_view name,
                             std::string_view value, Request& request) {
  if (name.ends_with("[]")) name.remove_suffix(2);
  for (const Parameter<Request>& row : table) {
    const ParameterDescription& description = row.description;
    if (description.name != name) continue;
    if (description.treatment == Treatment::kRefused) {
      return {UnimplementedError(
                  fmt::format("'{}' is not supported: {}", description.name, description.note)),
              std::string(description.name)};
    }
    if (row.take == nullptr) return {};
    Status status = row.take(value, request).Annotate(fmt::format("'{}'", description.name));
    return {std::move(status), std::string(description.name)};
  }
  std::vector<std::string> known;
  for (const Parameter<Request>& row : table) known.emplace_back(row.description.name);
  const auto nearest = NearestNames(name, known, 1);
  return {InvalidArgumentError(
              nearest.empty() ? std::string("unknown parameter")
                              : fmt::format("unknown parameter; did you mean '{}'?", nearest[0])),
          ""};
}

// The table as Markdown.
std::string WriteParameterTable(std::span<const ParameterDescription> rows);

}  // namespace ironscribe::api
