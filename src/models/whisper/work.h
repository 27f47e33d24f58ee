// The operations and bytes of Whisper's forward passes, from its dimensions.
#pragma once

#include "models/whisper/config.h"
#include "models/whisper/weights.h"
#include "models/work.h"

namespace ironscribe::models::whisper {

// See WindowModel::WorkOf.
StageWork WhisperWork(const Dimensions& dims, const Arithmetic& arithmetic,
                      const WorkCounts& counts, WorkScheme scheme);

}  // namespace ironscribe::models::whisper
