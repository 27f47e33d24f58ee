// What kind of value stands behind each tag of a component; binary files do not say.
#pragma once

#include <string_view>

namespace ironscribe::formats::kaldi {

enum class ComponentValue {
  kInt,
  kFloat,
  kBool,
  kArray,
  kInts,
  kPairs,
  kTwoInts,    // Read and dropped: of the optimiser.
  kTwoFloats,  // As kTwoInts.
  kNothing,    // The tag stands alone.
};

struct ComponentTag {
  std::string_view tag;
  ComponentValue kind;
  // Of this component only; empty: of all others.
  std::string_view component = {};
};

// Null for a tag that is not known.
const ComponentTag* FindComponentTag(std::string_view component, std::string_view tag);

}  // namespace ironscribe::formats::kaldi
