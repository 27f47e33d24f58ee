// Reads what json_writer.h wrote back into a Transcript. The bytes are hostile.
#pragma once

#include <string_view>

#include "base/status.h"
#include "transcript/transcript.h"

namespace ironscribe::transcript {

// Text above this size is refused: about a thousand hours with word times.
inline constexpr size_t kMaxJsonBytes = size_t{256} << 20;

// Members not known are ignored, so that files of newer programs can be read. Errors:
// InvalidArgument naming the member ("segments[3].start: ..."), FailedPrecondition for a newer
// format version, ResourceExhausted above kMaxJsonBytes. `name` starts each message.
Result<Transcript> ReadJson(std::string_view json, std::string_view name);

}  // namespace ironscribe::transcript
