// What a model is for.
#pragma once

#include <cstdint>
#include <string_view>

namespace ironscribe::engine {

enum class ModelTask : uint8_t {
  kTranscription,
  kVoiceActivity,  // Finds speech; serves the others.
};

// As it is shown: "transcription", "voice activity".
inline std::string_view ModelTaskName(ModelTask task) {
  return task == ModelTask::kTranscription ? "transcription" : "voice activity";
}

}  // namespace ironscribe::engine
