// An acoustic model of Kaldi (final.mdl) as named tensors: "component.Tag" for each array of each
// component of its network. Mixtures of Gaussians have no tensors.
#pragma once

#include <memory>

#include "base/status.h"
#include "formats/file_bytes.h"
#include "formats/weight_source.h"

namespace ironscribe::formats {

// Errors: those of ReadAcousticModel.
Result<std::unique_ptr<WeightSource>> ParseKaldi(FileBytes file);

}  // namespace ironscribe::formats
