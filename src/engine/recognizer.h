// The public face of the library: open a model, transcribe recordings. Many threads may call
// Transcribe at once; one scheduler batches their windows and decoding steps.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "audio/pcm_source.h"
#include "base/cpu.h"
#include "base/status.h"
#include "engine/scheduler_progress.h"
#include "models/compute_type.h"
#include "models/decoding_options.h"
#include "models/model.h"
#include "models/voice_activity.h"
#include "transcript/transcript.h"

namespace ironscribe::engine {

class MemoryGate;
class SharedPool;
using models::ComputeType;

struct RecognizerOptions {
  ComputeType compute = ComputeType::kInt8;
  int num_threads = 0;  // 0: as many as the process may use.
  int batch_size = 8;   // Windows decoded together at most.
  // What windows and searches may take, the model itself left out; 0: four fifths of what the
  // system has available when the model is opened.
  int64_t memory_bytes = 0;
  CpuLevel cpu_level = DetectCpuLevel();
  // Where packed models are kept. Empty: pack in memory at every start.
  std::filesystem::path cache_folder;
  // Name to show in results; empty uses the folder's name.
  std::string model_name;
  // Ends loading with Cancelled; packing a large model takes minutes.
  std::stop_token stop = {};
  // "layer:head,layer:head,..." for checkpoints that do not carry alignment heads. Those that the
  // model lacks are OutOfRange.
  std::string alignment_heads;
  // Takes what everything costs; not owned, outlives the recognizer; may be null.
  models::Profile* profile = nullptr;
  // Finds speech: needed to segment by voice activity, evidence against invented text otherwise.
  // May be null (LoadVoiceActivity opens one).
  std::shared_ptr<const models::VoiceActivityModel> voice_activity = nullptr;
  // Shared by several recognizers of one process, see SchedulerOptions; with them num_threads and
  // memory_bytes do not count.
  std::shared_ptr<SharedPool> pool = nullptr;
  std::shared_ptr<MemoryGate> memory = nullptr;
  std::function<void(int searches)> on_step = {};
};

class Recognizer {
 public:
  // Detects the family and format of the folder (or single .pt / ggml file), packs it on first use
  // (see design: packed cache) and maps it. Errors name the file and what is wrong with it.
  static Result<std::unique_ptr<Recognizer>> Open(const std::filesystem::path& model_path,
                                                  const RecognizerOptions& options);
  ~Recognizer();

  transcript::ModelInfo model_info() const;
  // What the user should know about loading, e.g. that the packed model could not be kept; or "".
  const std::string& note() const;
  Status CheckOptions(const models::DecodingOptions& options) const;
  // See models::Model::live_latency_seconds.
  std::optional<double> live_latency_seconds() const;
  int batch_size() const;
  int64_t size_bytes() const;  // Of the weights in memory.
  SchedulerProgress progress() const;

  // For measurements: what Transcribe runs, and what it runs on.
  const models::Model& model() const;
  models::WindowRunner& runner();

  // See models::Model::Transcribe.
  Result<transcript::Transcript> Transcribe(audio::PcmSource& source,
                                            const models::DecodingOptions& options,
                                            const models::RecognitionCallbacks& callbacks,
                                            std::stop_token stop);

 private:
  struct Impl;
  explicit Recognizer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ironscribe::engine
