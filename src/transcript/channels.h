// Recordings whose channels were transcribed each on its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "transcript/transcript.h"

namespace ironscribe::transcript {

// The name of a channel on one line; empty for kNoChannel and what is no index.
std::string ChannelName(const Transcript& transcript, int channel);

// The language spoken on a channel; that of the transcript for kNoChannel and what is no index.
std::string_view ChannelLanguage(const Transcript& transcript, int channel);

// One transcript of those of the channels of one recording, in the order of the channels: segments
// and dropped spans in the order of their starts, those of one channel in their own order, with
// the channel noted and ids counted anew. Nothing else of them changes. Names are taken in order;
// channels beyond them are "channel 2" and so on, counted from 1. Task and model are those of the
// first channel, language and its probabilities those of the first channel with text, the duration
// is the longest. Requires: not empty.
Transcript MergeChannels(std::vector<Transcript> channels, const std::vector<std::string>& names);

}  // namespace ironscribe::transcript
