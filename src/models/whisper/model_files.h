// The small files beside a Whisper checkpoint: configuration in the forms of Hugging Face and
// CTranslate2. All hostile input; absent files and fields are fine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/status.h"
#include "models/whisper/config.h"

namespace ironscribe::models::whisper {

struct ModelFiles {
  int audio_heads = 0;  // 0: the files do not say.
  int text_heads = 0;
  std::vector<AlignmentHead> alignment_heads;
  std::vector<int32_t> suppress_ids;
  std::vector<int32_t> begin_suppress_ids;
};

// Reads config.json and generation_config.json of a folder. Errors: InvalidArgument naming the file
// that is not JSON.
Result<ModelFiles> ReadModelFiles(const std::filesystem::path& folder);

}  // namespace ironscribe::models::whisper
