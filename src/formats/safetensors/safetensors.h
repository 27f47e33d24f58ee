// Hugging Face safetensors: one file, or shards listed by a model.safetensors.index.json.
// metadata() has the file's __metadata__ (of all shards together). FORMAT.md has the layout.
#pragma once

#include <filesystem>
#include <memory>

#include "base/status.h"
#include "formats/file_bytes.h"
#include "formats/weight_source.h"

namespace ironscribe::formats {

// `path`: a .safetensors file, an index, or a folder with model.safetensors or, failing that,
// model.safetensors.index.json. Errors: those of opening a file, DataLoss for a damaged one,
// Unimplemented for an element type that no speech model uses.
Result<std::unique_ptr<WeightSource>> OpenSafetensors(const std::filesystem::path& path);
// A single file.
Result<std::unique_ptr<WeightSource>> ParseSafetensors(FileBytes file);

}  // namespace ironscribe::formats
