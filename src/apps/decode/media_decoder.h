// Decodes the sound track of a recording from start to end.
#pragma once

#include <cstdint>

#include "apps/decode/block_writer.h"
#include "apps/decode/recording_io.h"
#include "base/status.h"

namespace ironscribe::decode {

// Writes the header block and all samples. Errors as those of MediaInput and FrameWriter, and
// DataLoss, after the last good sample, when the recording breaks off or much of it is damaged; a
// few damaged packets become silence. The caller writes the last block.
Status DecodeRecording(RecordingIo& io, int64_t max_seconds, BlockWriter& blocks);

}  // namespace ironscribe::decode
