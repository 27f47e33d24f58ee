// What a run needs from the outside: something that recognises and something that opens recordings.
// The program gives it the engine and the decoders, tests give it fakes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "apps/cli/input_files.h"
#include "audio/live_source.h"
#include "audio/open_audio.h"
#include "audio/pcm_source.h"
#include "base/status.h"
#include "models/decoding_options.h"
#include "models/model.h"
#include "transcript/transcript.h"

namespace ironscribe::cli {

// As engine::Recognizer; safe from many threads.
class Transcriber {
 public:
  virtual ~Transcriber() = default;
  virtual transcript::ModelInfo model_info() const = 0;
  // What the user should know before the work begins; or "".
  virtual std::string note() const { return ""; }
  // See models::Model::live_latency_seconds.
  virtual std::optional<double> live_latency_seconds() const { return std::nullopt; }
  virtual Status CheckOptions(const models::DecodingOptions& options) const = 0;
  virtual Result<transcript::Transcript> Transcribe(audio::PcmSource& source,
                                                    const models::DecodingOptions& options,
                                                    const models::RecognitionCallbacks& callbacks,
                                                    std::stop_token stop) = 0;
};

// Called from many threads at once; ends with Cancelled after `stop`.
using OpenInput = std::function<Result<std::unique_ptr<audio::PcmSource>>(const InputFile& input,
                                                                          std::stop_token stop)>;

// The same for a recording whose channels are read each on its own.
using OpenChannels =
    std::function<Result<audio::ChannelSources>(const InputFile& input, std::stop_token stop)>;

// Sound that arrives on standard input while it is made.
using OpenLiveInput = std::function<Result<audio::LiveInput>(const audio::LiveOptions& options)>;

}  // namespace ironscribe::cli
