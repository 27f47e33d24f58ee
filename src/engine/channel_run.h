// Recognises the channels of one recording each on its own, and merges what they say by time.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "audio/open_audio.h"
#include "base/status.h"
#include "models/decoding_options.h"
#include "models/model.h"
#include "transcript/transcript.h"

namespace ironscribe::engine {

// A call has two, a meeting room a handful; above this, a recording holds music or sensors, and
// decoding it once per channel would take a day.
inline constexpr int kMaxSplitChannels = 16;

// As Recognizer::Transcribe; called from several threads at once.
using TranscribeFunction = std::function<Result<transcript::Transcript>(
    audio::PcmSource& source, const models::DecodingOptions& options,
    const models::RecognitionCallbacks& callbacks, std::stop_token stop)>;

struct ChannelRun {
  const TranscribeFunction& transcribe;
  const models::DecodingOptions& decoding;  // The same for every channel.
  const std::vector<std::string>& names;    // See transcript::MergeChannels.
  int max_together = 1;                     // Channels under way at once; changes no text.
  // `progress` is told the seconds that are done on average over the channels, ascending; `segment`
  // nothing, since channels are merged at the end.
  models::RecognitionCallbacks callbacks = {};
};

// What each channel says is what it would say as a recording of its own. Errors: InvalidArgument
// above kMaxSplitChannels; the first failure of a channel, named, after which the others are
// stopped; Cancelled.
Result<transcript::Transcript> TranscribeChannels(const audio::ChannelSources& sources,
                                                  const ChannelRun& run, std::stop_token stop);

}  // namespace ironscribe::engine
