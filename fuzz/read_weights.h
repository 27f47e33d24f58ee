// Reads all that a reader accepted, in pieces; shared by the fuzz targets of weight formats.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "base/safe_math.h"
#include "base/status.h"
#include "formats/weight_source.h"

namespace ironscribe::fuzz {

inline void ReadWeights(const Result<std::unique_ptr<formats::WeightSource>>& source) {
  if (!source.ok()) return;
  std::vector<float> piece(997);
  for (const formats::TensorInfo& info : (*source)->tensors()) {
    const uint64_t elements = CheckedProduct(info.shape).value();
    for (uint64_t offset = 0; offset < elements; offset += piece.size()) {
      const size_t count = std::min<uint64_t>(piece.size(), elements - offset);
      if (!(*source)->Read(info.name, offset, std::span(piece).first(count)).ok()) break;
    }
  }
}

}  // namespace ironscribe::fuzz
