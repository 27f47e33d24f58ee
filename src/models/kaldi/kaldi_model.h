// The family of hybrid models (Kaldi's chain networks and graphs, as Vosk has them) as the registry
// knows it; see models/registry.h for the contracts.
#pragma once

#include <memory>
#include <string>

#include "models/registry.h"

namespace ironscribe::models::kaldi {

bool DetectKaldi(const formats::WeightSource& source);
Result<std::string> PackKaldi(const PackRequest& request, formats::PackedWriter& writer);
Result<std::unique_ptr<Model>> LoadKaldi(const LoadRequest& request);

}  // namespace ironscribe::models::kaldi
