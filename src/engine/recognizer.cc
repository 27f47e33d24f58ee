#include "engine/recognizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "base/memory.h"
#include "engine/model_loader.h"
#include "engine/scheduler.h"
#include "guard/text_guard.h"

namespace ironscribe::engine {
namespace {

// The rest is for the audio, what is fetched ahead, and other processes.
constexpr double kUsableMemory = 0.8;

int64_t MemoryBudget(const RecognizerOptions& options) {
  if (options.memory_bytes > 0) return options.memory_bytes;
  const std::optional<int64_t> available = AvailableMemoryBytes();
  if (!available) return std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(kUsableMemory * static_cast<double>(*available));
}

// What the user should know when the batch does not fit, or "".
std::string NoteOnMemory(const models::WindowModel& model, const SchedulerOptions& options) {
  constexpr double kMega = 1e6;
  const int64_t each = model.encoding_bytes() + model.state_bytes(/*num_slots=*/1);
  const int64_t fitting = std::max<int64_t>(1, options.memory_bytes / std::max<int64_t>(1, each));
  if (fitting >= options.batch_size) return "";
  return fmt::format(
      "a batch of {} windows needs {:.0f} MB and {:.0f} MB are free, so at most {} will be worked "
      "on "
      "at once; --batch-size {} says so from the start",
      options.batch_size, static_cast<double>(each * options.batch_size) / kMega,
      static_cast<double>(options.memory_bytes) / kMega, fitting, fitting);
}

}  // namespace

struct Recognizer::Impl {
  Impl(LoadedModel loaded_model, const SchedulerOptions& scheduler_options)
      : loaded(std::move(loaded_model)),
        options(scheduler_options),
        scheduler(loaded.model->window_model(), WithJudge(options, guard)) {}

  static SchedulerOptions WithJudge(SchedulerOptions options, const models::TextJudge& judge) {
    options.judge = &judge;
    return options;
  }

  LoadedModel loaded;
  SchedulerOptions options;
  guard::TextGuard guard;
  Scheduler scheduler;  // Last: it stops before the model goes.
};

Recognizer::Recognizer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Recognizer::~Recognizer() = default;

Result<std::unique_ptr<Recognizer>> Recognizer::Open(const std::filesystem::path& model_path,
                                                     const RecognizerOptions& options) {
  ASSIGN_OR_RETURN(LoadedModel loaded, LoadModel(model_path, options));
  const SchedulerOptions scheduler_options{
      .num_threads = options.num_threads > 0 ? options.num_threads : UsableCpus(),
      .batch_size = std::max(1, options.batch_size),
      .profile = options.profile,
      .memory_bytes = MemoryBudget(options),
      .voice_activity = options.voice_activity,
      .pool = options.pool,
      .memory = options.memory,
      .on_step = options.on_step};
  // Shared memory is told of by whoever shares it.
  const std::string note = options.memory != nullptr
                               ? std::string()
                               : NoteOnMemory(loaded.model->window_model(), scheduler_options);
  if (!loaded.note.empty() && !note.empty()) loaded.note += "; ";
  loaded.note += note;
  return std::unique_ptr<Recognizer>(
      new Recognizer(std::make_unique<Impl>(std::move(loaded), scheduler_options)));
}

transcript::ModelInfo Recognizer::model_info() const {
  transcript::ModelInfo info = impl_->loaded.model->info();
  const auto& voice_activity = impl_->options.voice_activity;
  if (voice_activity != nullptr) info.voice_activity = voice_activity->family();
  return info;
}

const std::string& Recognizer::note() const { return impl_->loaded.note; }

Status Recognizer::CheckOptions(const models::DecodingOptions& options) const {
  return impl_->loaded.model->CheckOptions(options);
}

std::optional<double> Recognizer::live_latency_seconds() const {
  return impl_->loaded.model->live_latency_seconds();
}

int Recognizer::batch_size() const { return impl_->options.batch_size; }

int64_t Recognizer::size_bytes() const { return impl_->loaded.size_bytes; }

SchedulerProgress Recognizer::progress() const { return impl_->scheduler.progress(); }

const models::Model& Recognizer::model() const { return *impl_->loaded.model; }

models::WindowRunner& Recognizer::runner() { return impl_->scheduler; }

Result<transcript::Transcript> Recognizer::Transcribe(audio::PcmSource& source,
                                                      const models::DecodingOptions& options,
                                                      const models::RecognitionCallbacks& callbacks,
                                                      std::stop_token stop) {
  SchedulerClient runner(impl_->scheduler, callbacks.share.get());
  ASSIGN_OR_RETURN(
      transcript::Transcript transcript,
      impl_->loaded.model->Transcribe(source, options, runner, callbacks, std::move(stop)));
  transcript.model = model_info();
  return transcript;
}

}  // namespace ironscribe::engine
