// What every protocol asks of the models: a recording with options, a transcript in return. The
// models behind it are an interface, so that protocols are tested without any.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "audio/open_audio.h"
#include "audio/pcm_source.h"
#include "base/compute_shares.h"
#include "base/status.h"
#include "finishing/finisher.h"
#include "io/descriptor.h"
#include "models/decoding_options.h"
#include "models/model.h"
#include "transcript/transcript.h"
#include "transcript/writers.h"

namespace ironscribe::api {

// What is the same for all protocols; the defaults are those of `ironscribe transcribe`.
struct RecognitionRequest {
  std::string model;  // As the client names it; empty: the default.
  // The name stands for the default one where the server has no model of that name.
  bool model_may_be_default = false;
  models::DecodingOptions decoding;
  // Unset: as the format of the reply needs it.
  std::optional<bool> word_times;
  finishing::FinishingOptions finishing;
  bool split_channels = false;
  std::vector<std::string> channel_names;
  transcript::WriteOptions write;
  // The recording is samples without a header (audio/raw_pcm.h), unless it begins like a WAV file.
  bool raw_pcm = false;
};

// A model that is loaded, for as long as somebody holds it. Safe from many threads.
class SpeechModel {
 public:
  virtual ~SpeechModel() = default;
  virtual transcript::ModelInfo info() const = 0;
  virtual Status CheckOptions(const models::DecodingOptions& options) const = 0;
  virtual Result<transcript::Transcript> Transcribe(audio::PcmSource& source,
                                                    const models::DecodingOptions& options,
                                                    const models::RecognitionCallbacks& callbacks,
                                                    std::stop_token stop) = 0;
};

struct ModelEntry {
  std::string name;
  int64_t created_unix_seconds = 0;
};

// The models a server offers. Safe from many threads.
class SpeechModels {
 public:
  virtual ~SpeechModels() = default;
  // Those that clients may name, the default first. Does not block.
  virtual std::vector<ModelEntry> List() const = 0;
  // The own name of the model that serves a request; "" is the default, and an alias may stand for
  // different models in different requests. Does not block. Errors: NotFound.
  virtual Result<std::string> Resolve(std::string_view name, std::string_view request_id) const = 0;
  // By its own name. May block while it loads. Errors: NotFound; what loading says.
  virtual Result<std::shared_ptr<SpeechModel>> Open(std::string_view name,
                                                    std::stop_token stop) = 0;
};

struct Recognized {
  transcript::Transcript transcript;
  finishing::FinishingReport finishing;
};

// Opens recordings under the limits of the server and has them recognised. Immutable; safe from
// many threads.
class RecordingRecognizer {
 public:
  // Of `options`, the limits, the decode program and the temporary folder count.
  explicit RecordingRecognizer(audio::OpenOptions options) : options_(std::move(options)) {}

  struct Progress {
    // How long the recording says it is, where it does, before it is recognised. An error ends it.
    std::function<Status(double seconds)> length = {};
    // The recording could be opened; recognition begins.
    std::function<void()> begun = {};
    // As models::RecognitionCallbacks; not called where texts are finished or channels split, since
    // no text is final before the end there.
    std::function<void(const transcript::Segment& segment)> segment = {};
    // Seconds of the recording that are finished, ascending, and how many it has by its header;
    // negative: it does not say.
    std::function<void(double done_seconds, double expected_seconds)> seconds = {};
    // As models::RecognitionCallbacks; both may be null.
    models::ResultStore* results = nullptr;
    std::shared_ptr<ComputeShare> share = nullptr;
  };

  // `recording` may be read at any position. Requires: request.decoding passes model.CheckOptions.
  // Errors: those of audio::OpenAudio and of the model; InvalidArgument for a recording without a
  // sample. None names anything of the client's.
  Result<Recognized> Recognize(SpeechModel& model, const io::Descriptor& recording,
                               const RecognitionRequest& request, const Progress& progress,
                               std::stop_token stop) const;

  // Whether Progress::segment is called.
  static bool StreamsText(const RecognitionRequest& request) {
    return !request.split_channels && !request.finishing.changes_text();
  }

 private:
  const audio::OpenOptions options_;
};

}  // namespace ironscribe::api
