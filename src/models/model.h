// A loaded model of any family as the engine sees it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "audio/pcm_source.h"
#include "base/compute_shares.h"
#include "base/status.h"
#include "models/decoding_options.h"
#include "models/result_store.h"
#include "models/window_model.h"
#include "models/window_runner.h"
#include "transcript/transcript.h"

namespace ironscribe::models {

// All may be empty. The functions are called on the thread that runs the recognition.
struct RecognitionCallbacks {
  // Seconds of the recording that are finished, ascending.
  std::function<void(double seconds)> progress = {};
  // Each finished segment, in order. Its text is final.
  std::function<void(const transcript::Segment& segment)> segment = {};
  // What the model hears, by now, behind the last finished segment: each replaces the one before,
  // and the next segment all of them. Of models with a live latency only.
  std::function<void(const std::string& text)> partial = {};
  // What an interrupted recognition with the same model and options left behind; takes what this
  // one finishes. Changes no result. Not owned.
  ResultStore* results = nullptr;
  // Whose work this is, where several share the machine; null: nobody's, it waits its turn.
  std::shared_ptr<ComputeShare> share = nullptr;
};

class Model {
 public:
  virtual ~Model() = default;

  virtual transcript::ModelInfo info() const = 0;
  virtual const WindowModel& window_model() const = 0;

  // How long after a sound the text that it belongs to is known at the latest, computing left out,
  // where the model works while sound arrives; nullopt: it waits for whole windows.
  virtual std::optional<double> live_latency_seconds() const { return std::nullopt; }

  // Checks options against the model before any audio is read: unknown language (names the nearest
  // ones), translation with an English-only model, ids outside the vocabulary, values out of range.
  virtual Status CheckOptions(const DecodingOptions& options) const = 0;

  // Transcribes one recording, or sound that is still being made, from start to end. Blocking; safe
  // from many threads at once, each with its own source. Errors: those of the source after what
  // came before it was transcribed (the caller decides what to keep), Cancelled.
  virtual Result<transcript::Transcript> Transcribe(audio::PcmSource& source,
                                                    const DecodingOptions& options,
                                                    WindowRunner& runner,
                                                    const RecognitionCallbacks& callbacks,
                                                    std::stop_token stop) const = 0;
};

}  // namespace ironscribe::models
