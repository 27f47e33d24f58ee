// The expressions that connect the nodes of an nnet3 network: Append(Offset(input, -1), input).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace ironscribe::formats::kaldi {

struct Descriptor {
  enum class Kind {
    kNode,          // name
    kAppend,        // parts side by side
    kSum,           // parts added
    kFailover,      // parts[0], or parts[1] where it cannot be computed
    kIfDefined,     // parts[0], or zero
    kOffset,        // parts[0], `number` frames later
    kScale,         // parts[0] times `scale`
    kRound,         // parts[0] at the frame rounded down to a multiple of `number`
    kReplaceIndex,  // parts[0] at the fixed frame `number`
    kConst,         // `scale` in `number` columns
  };
  Kind kind = Kind::kNode;
  std::string name;
  int32_t number = 0;
  float scale = 1;
  std::vector<Descriptor> parts;
};

// Errors: DataLoss for what is no expression, Unimplemented for Switch.
Result<Descriptor> ParseDescriptor(std::string_view text);

}  // namespace ironscribe::formats::kaldi
