// How far the cross-attention of known models lags behind the speech it belongs to.
#pragma once

#include "models/whisper/config.h"

namespace ironscribe::models::whisper {

// In positions of the encoding; negative: attention comes first. 0 for models and choices of
// alignment heads that were not measured.
int AttentionLag(const Config& config);

}  // namespace ironscribe::models::whisper
