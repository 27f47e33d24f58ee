// whisper.cpp's ggml-*.bin: hyperparameters, mel filters (skipped), vocabulary and tensors in f32,
// f16, q8_0, q5_0, q5_1, q4_0 or q4_1. FORMAT.md has the layout.
//
// metadata() has the header fields by name ("n_vocab", "n_audio_state", ...); vocabulary() the raw
// bytes of each token, which may be fewer than n_vocab (special tokens are left out). Names are
// OpenAI's.
#pragma once

#include <filesystem>
#include <memory>

#include "base/status.h"
#include "formats/file_bytes.h"
#include "formats/weight_source.h"

namespace ironscribe::formats {

// Errors: those of opening a file, DataLoss for a damaged one, Unimplemented for other element
// types.
Result<std::unique_ptr<WeightSource>> OpenGgml(const std::filesystem::path& path);
Result<std::unique_ptr<WeightSource>> ParseGgml(FileBytes file);

}  // namespace ironscribe::formats
