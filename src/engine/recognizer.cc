#include "engine/recognizer.h"

#include <algorithm>

#include "engine/model_loader.h"
#include "engine/scheduler.h"

namespace ironscribe::engine {

struct Recognizer::Impl {
  Impl(LoadedModel loaded_model, const SchedulerOptions& scheduler_options)
      : loaded(std::move(loaded_model)),
        options(scheduler_options),
        scheduler(loaded.model->window_model(), options) {}

  LoadedModel loaded;
  SchedulerOptions options;
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
      .profile = options.profile};
  return std::unique_ptr<Recognizer>(
      new Recognizer(std::make_unique<Impl>(std::move(loaded), scheduler_options)));
}

transcript::ModelInfo Recognizer::model_info() const { return impl_->loaded.model->info(); }

const std::string& Recognizer::note() const { return impl_->loaded.note; }

Status Recognizer::CheckOptions(const models::DecodingOptions& options) const {
  return impl_->loaded.model->CheckOptions(options);
}

int Recognizer::batch_size() const { return impl_->options.batch_size; }

const models::Model& Recognizer::model() const { return *impl_->loaded.model; }

models::WindowRunner& Recognizer::runner() { return impl_->scheduler; }

Result<transcript::Transcript> Recognizer::Transcribe(audio::PcmSource& source,
                                                      const models::DecodingOptions& options,
                                                      const models::RecognitionCallbacks& callbacks,
                                                      std::stop_token stop) {
  return impl_->loaded.model->Transcribe(source, options, impl_->scheduler, callbacks, stop);
}

}  // namespace ironscribe::engine
