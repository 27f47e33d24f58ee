// Opens any supported weight file. The kind is found by content, never by extension.
#pragma once

#include <filesystem>
#include <memory>

#include "base/status.h"
#include "formats/file_bytes.h"
#include "formats/weight_source.h"

namespace ironscribe::formats {

// The weight file a model folder holds: model.bin, model.safetensors, model.safetensors.index.json,
// pytorch_model.bin, am/final.mdl, final.mdl, or else the only *.pt or ggml-*.bin. A path to a file is returned as it is.
// Errors: NotFound naming what was looked for, InvalidArgument when several files fit.
Result<std::filesystem::path> FindWeightFile(const std::filesystem::path& path);

// `path`: a model folder or a weight file. Errors: those of FindWeightFile and of the format's
// reader; InvalidArgument for a file of no known format.
Result<std::unique_ptr<WeightSource>> OpenWeights(const std::filesystem::path& path);

// A single file whose bytes the caller keeps; shards cannot be reached this way.
Result<std::unique_ptr<WeightSource>> ParseWeights(FileBytes file);

}  // namespace ironscribe::formats
