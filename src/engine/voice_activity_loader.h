// Opens a model that finds speech: what voice activity detection starts with.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "base/cpu.h"
#include "base/status.h"
#include "models/voice_activity.h"

namespace ironscribe::engine {

// The name in the catalog of the model to use where none is asked for; ResolveModel finds it.
inline constexpr std::string_view kVoiceActivityModelName = "silero-vad";

// `model_path`: a model folder or a weight file. The model is immutable and shared by any number of
// recordings. Errors: those of opening the weights and of the family; InvalidArgument for a model
// of another task.
Result<std::shared_ptr<const models::VoiceActivityModel>> LoadVoiceActivity(
    const std::filesystem::path& model_path, CpuLevel level);

}  // namespace ironscribe::engine
