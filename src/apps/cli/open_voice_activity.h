// The model that finds speech, for commands that recognise.
#pragma once

#include <memory>

#include "base/cpu.h"
#include "base/status.h"
#include "engine/model_store.h"
#include "models/decoding_options.h"
#include "models/voice_activity.h"

namespace ironscribe::cli {

// Whether it would be of use.
bool WantsVoiceActivity(const models::DecodingOptions& decoding);

// Null where it is of no use or not installed. Errors: it is needed and not installed, or cannot be
// used.
Result<std::shared_ptr<const models::VoiceActivityModel>> OpenVoiceActivity(
    const models::DecodingOptions& decoding, const engine::StoreOptions& store, CpuLevel level);

}  // namespace ironscribe::cli
