// What tells that two runs were asked for the same: digests, because a prompt or a list of names
// may be confidential.
#pragma once

#include <string>

#include "apps/cli/transcribe_options.h"
#include "models/decoding_options.h"
#include "transcript/transcript.h"

namespace ironscribe::cli {

// SHA-256 over everything that the transcript depends on besides the recording.
std::string SettingsDigest(const TranscribeOptions& all, const transcript::ModelInfo& model);

// Over what recognition depends on besides the recording and the model.
std::string DecodingDigest(const models::DecodingOptions& options);

}  // namespace ironscribe::cli
