// Our own options, the same for every protocol: a JSON object in the header X-Ironscribe-Options or
// in a field of the protocol. They are those of `ironscribe transcribe`, under the names of its
// flags.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "api/recognition.h"
#include "base/status.h"

namespace ironscribe::api {

inline constexpr std::string_view kOptionsHeader = "x-ironscribe-options";
inline constexpr std::string_view kOptionsField = "ironscribe_options";

struct OptionDescription {
  std::string_view name;
  std::string_view values;
  std::string_view note;
};

// In the order to list them.
std::span<const OptionDescription> OptionDescriptions();

// docs/protocols/options.md, made of them.
std::string WriteOptionsDocument();

// Takes over what the object says; what it does not name stays. Errors: InvalidArgument for text
// that is no JSON object, an option there is none of (naming the nearest), and values that are not
// allowed.
Status ApplyOptions(std::string_view json, RecognitionRequest& request);

}  // namespace ironscribe::api
