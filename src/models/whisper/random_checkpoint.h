// A tiny Whisper checkpoint with random weights, for tests: under the names of each converter, in a
// folder that can be opened like a real model.
#pragma once

#include <filesystem>
#include <string>

#include "formats/testing/checkpoint_writer.h"
#include "models/whisper/config.h"

namespace ironscribe::models::whisper {

// Two layers of two heads on each side, 64 wide, 100 frames, the vocabulary of the small tokenizer
// of src/text/testdata with its special tokens.
Dimensions RandomDimensions();

// By the names of openai/whisper (also ggml's), Hugging Face and CTranslate2: the same values.
formats::testing::Checkpoint RandomOpenAiCheckpoint(uint64_t seed,
                                                    const Dimensions& dims = RandomDimensions());
formats::testing::Checkpoint ToHuggingFace(const formats::testing::Checkpoint& openai);
formats::testing::Checkpoint ToCTranslate2(const formats::testing::Checkpoint& openai);

// Writes files into a new folder below the test's temporary folder, with the small tokenizer beside
// them, and removes it at the end.
class ModelFolder {
 public:
  ModelFolder();
  ~ModelFolder();
  ModelFolder(const ModelFolder&) = delete;
  ModelFolder& operator=(const ModelFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void Write(const std::string& name, const std::string& bytes) const;

 private:
  std::filesystem::path path_;
};

}  // namespace ironscribe::models::whisper
