// From a model folder to a loaded model: finds family and format, packs on first use, maps the
// packed file afterwards.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/status.h"
#include "engine/recognizer.h"
#include "models/model.h"

namespace ironscribe::engine {

struct LoadedModel {
  std::unique_ptr<models::Model> model;
  // What the user should know, e.g. that no cache could be written and what that costs; may be
  // empty.
  std::string note;
  int64_t size_bytes = 0;  // Of the packed weights.
};

// A packed file is used when the files it was made from still have the same size, times and inode.
// It is replaced in one step, so two processes may do this at once; where it cannot be written
// (read-only folder, full disk) the model is packed in memory. Errors: those of the model's files.
Result<LoadedModel> LoadModel(const std::filesystem::path& model_path,
                              const RecognizerOptions& options);

// What the weights will take about: as much as the packed form if there is one, else what their
// shapes let expect. Errors: those of finding and opening the model.
Result<int64_t> EstimateModelBytes(const std::filesystem::path& model_path,
                                   const RecognizerOptions& options);

// Makes the packed form ahead of time and returns its path. Errors also when it cannot be written.
// Requires: options.cache_folder is not empty.
Result<std::filesystem::path> PackModel(const std::filesystem::path& model_path,
                                        const RecognizerOptions& options);

}  // namespace ironscribe::engine
