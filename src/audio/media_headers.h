// Header walks of the containers of compressed sound and video; see container_facts.h.
#pragma once

#include "audio/container_facts.h"
#include "audio/header_cursor.h"
#include "base/status.h"

namespace ironscribe::audio {

// Errors: FailedPrecondition for protected sound, DataLoss without an index ('moov').
Result<ContainerFacts> ReadMp4Header(const HeaderCursor& file);
// Errors: FailedPrecondition for protected content.
Result<ContainerFacts> ReadAsfHeader(const HeaderCursor& file);
ContainerFacts ReadMatroskaHeader(const HeaderCursor& file);
ContainerFacts ReadAviHeader(const HeaderCursor& file);
// Looks at the last pages.
ContainerFacts ReadOggEnd(const io::InputFile& file);
// These look at the last frames or packets; a file cut between two of them cannot be told from a
// whole one.
ContainerFacts ReadMpegAudioEnd(const io::InputFile& file);
ContainerFacts ReadAdtsEnd(const io::InputFile& file);
ContainerFacts ReadAc3End(const io::InputFile& file);
ContainerFacts ReadMpegTsEnd(const io::InputFile& file);
ContainerFacts ReadMpegPsEnd(const io::InputFile& file);
// Size and last tag.
ContainerFacts ReadFlvEnd(const HeaderCursor& file);
// The table of all frames.
ContainerFacts ReadTtaHeader(const HeaderCursor& file);
// The number of samples and all block headers.
ContainerFacts ReadWavPackEnd(const HeaderCursor& file);
// Always an error: what is in the archive, and whether it needs a password.
Status RefuseZip(const HeaderCursor& file);

}  // namespace ironscribe::audio
