// CTranslate2 model.bin, versions 1 to 6: what faster-whisper models are. FORMAT.md has the layout.
//
// Integer weights come with a scale and are dequantised by dividing; the scales themselves are not
// listed as tensors. metadata() has "binary_version", "spec" and "revision".
#pragma once

#include <filesystem>
#include <memory>

#include "base/status.h"
#include "formats/file_bytes.h"
#include "formats/weight_source.h"

namespace ironscribe::formats {

// Errors: those of opening a file, DataLoss for a damaged one, Unimplemented for other versions and
// for weights with zero points (AWQ).
Result<std::unique_ptr<WeightSource>> OpenCTranslate2(const std::filesystem::path& path);
Result<std::unique_ptr<WeightSource>> ParseCTranslate2(FileBytes file);

}  // namespace ironscribe::formats
