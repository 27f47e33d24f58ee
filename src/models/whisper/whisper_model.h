// The Whisper family as the registry knows it; see models/registry.h for the contracts.
#pragma once

#include <memory>
#include <string>

#include "models/registry.h"

namespace ironscribe::models::whisper {

bool DetectWhisper(const formats::WeightSource& source);
Result<std::string> PackWhisper(const PackRequest& request, formats::PackedWriter& writer);
Result<std::unique_ptr<Model>> LoadWhisper(const LoadRequest& request);

}  // namespace ironscribe::models::whisper
