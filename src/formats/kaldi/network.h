// An nnet3 network as it stands in the file: nodes, how they are connected, and components. Nothing
// is checked here beyond what reading needs; models/kaldi makes sense of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "formats/kaldi/component.h"
#include "formats/kaldi/descriptor.h"
#include "formats/kaldi/object_reader.h"

namespace ironscribe::formats::kaldi {

struct NetworkNode {
  enum class Kind { kInput, kComponent, kDimRange, kOutput };
  Kind kind = Kind::kInput;
  std::string name;
  int32_t dim = 0;         // Of inputs and ranges.
  int32_t dim_offset = 0;  // Of ranges.
  std::string component;   // Of components.
  Descriptor input;        // Of components and outputs; of ranges a node.
};

struct Network {
  std::vector<NetworkNode> nodes;
  std::vector<Component> components;

  const NetworkNode* Node(std::string_view name) const;
  const Component* FindComponent(std::string_view name) const;
};

// "<Nnet3> ... </Nnet3>". Errors: DataLoss for a file that breaks off or contradicts itself,
// Unimplemented for what no model here has.
Result<Network> ReadNetwork(ObjectReader& reader);

}  // namespace ironscribe::formats::kaldi
