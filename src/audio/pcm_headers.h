// Header walks of the containers of plain samples (WAV, AIFF, AU, CAF, SPHERE, Wave64); see
// container_facts.h, which is what others use.
#pragma once

#include "audio/container_facts.h"
#include "audio/header_cursor.h"

namespace ironscribe::audio {

ContainerFacts ReadWavHeader(const HeaderCursor& file);
ContainerFacts ReadWave64Header(const HeaderCursor& file);
ContainerFacts ReadAiffHeader(const HeaderCursor& file);
ContainerFacts ReadAuHeader(const HeaderCursor& file);
ContainerFacts ReadCafHeader(const HeaderCursor& file);
// FLAC counts its samples itself; only its rate and channels are looked at here.
ContainerFacts ReadFlacHeader(const HeaderCursor& file);
ContainerFacts ReadSphereHeader(const HeaderCursor& file);

}  // namespace ironscribe::audio
