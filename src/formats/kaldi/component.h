// One component of an nnet3 network as it stands in the file: its type and its values by name.
// What they mean is the network's business (models/kaldi).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "formats/kaldi/matrix.h"
#include "formats/kaldi/object_reader.h"

namespace ironscribe::formats::kaldi {

struct Component {
  std::string name;
  std::string type;  // "NaturalGradientAffineComponent"
  // All by their tag without brackets: "LinearParams", "Dim".
  std::map<std::string, Matrix, std::less<>> arrays;  // A vector is one row.
  std::map<std::string, double, std::less<>> numbers;
  std::map<std::string, std::vector<int32_t>, std::less<>> lists;
  std::map<std::string, std::vector<std::pair<int32_t, int32_t>>, std::less<>> pairs;

  const Matrix* Array(std::string_view tag) const;
  const std::vector<int32_t>* List(std::string_view tag) const;
  // Or the value to take where the file says nothing.
  double Number(std::string_view tag, double otherwise) const;
};

// Reads "<Type> ... </Type>". Tags that nothing is known about are refused by name, because their
// length is not known either.
Result<Component> ReadComponent(ObjectReader& reader);

}  // namespace ironscribe::formats::kaldi
