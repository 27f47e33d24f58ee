// What a finished job leaves: its transcript in every format, each byte for byte what `ironscribe
// transcribe` writes. Made when the job ends, so that a later version does not change results.
#pragma once

#include <string>
#include <string_view>

#include "api/recognition.h"
#include "base/status.h"
#include "transcript/transcript.h"
#include "transcript/writers.h"

namespace ironscribe::api::jobs {

// For the queue to keep.
std::string WriteResult(const transcript::Transcript& transcript,
                        const transcript::WriteOptions& options);

// One format out of it. Errors: DataLoss. Requires: `format` is one of transcript::OutputFormats.
Result<std::string> ReadResultFormat(std::string_view result, std::string_view format);

// The type of HTTP for a format; empty for one there is none of.
std::string_view ContentTypeOf(std::string_view format);

}  // namespace ironscribe::api::jobs
