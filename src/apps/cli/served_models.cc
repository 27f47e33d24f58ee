#include "apps/cli/served_models.h"

#include <chrono>
#include <filesystem>
#include <utility>

#include "apps/cli/model_error.h"
#include "apps/cli/open_voice_activity.h"
#include "engine/model_store.h"
#include "engine/recognizer.h"
#include "engine/voice_activity_loader.h"

namespace ironscribe::cli {
namespace {

class LoadedModel final : public api::SpeechModel {
 public:
  explicit LoadedModel(std::unique_ptr<engine::Recognizer> recognizer)
      : recognizer_(std::move(recognizer)) {}
  transcript::ModelInfo info() const override { return recognizer_->model_info(); }
  Status CheckOptions(const models::DecodingOptions& options) const override {
    return recognizer_->CheckOptions(options);
  }
  Result<transcript::Transcript> Transcribe(audio::PcmSource& source,
                                            const models::DecodingOptions& options,
                                            const models::RecognitionCallbacks& callbacks,
                                            std::stop_token stop) override {
    return recognizer_->Transcribe(source, options, callbacks, std::move(stop));
  }

 private:
  const std::unique_ptr<engine::Recognizer> recognizer_;
};

// What clients call it: a path's last part says nothing of the machine.
std::string PublicName(const std::string& name) {
  const std::filesystem::path path(name);
  std::error_code error;
  const bool is_path = name.find('/') != std::string::npos && std::filesystem::exists(path, error);
  if (!is_path) return name;
  return path.has_filename() ? path.filename().string() : path.parent_path().filename().string();
}

int64_t NowUnixSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Status ServedModels::Load(std::stop_token stop,
                          const std::function<void(const std::string&)>& on_note) {
  const engine::StoreOptions store{.models_folder = options_.models_folder,
                                   .cache_folder = options_.recognizer.cache_folder};
  engine::RecognizerOptions recognizer_options = options_.recognizer;
  recognizer_options.stop = stop;
  ASSIGN_OR_RETURN(recognizer_options.voice_activity,
                   OpenVoiceActivity({}, store, options_.recognizer.cpu_level));
  if (recognizer_options.voice_activity == nullptr) {
    on_note(
        "without silero-vad, silence and noise are more likely to become text; `ironscribe models "
        "pull silero-vad` fetches it");
  }
  for (const std::string& name : options_.models) {
    ASSIGN_OR_RETURN(const auto path, engine::ResolveModel(name, store));
    recognizer_options.model_name = PublicName(name);
    auto recognizer = engine::Recognizer::Open(path, recognizer_options);
    if (!recognizer.ok()) {
      return ExplainModelError(recognizer.status(), name, path, options_.models_folder);
    }
    if (!(*recognizer)->note().empty()) on_note((*recognizer)->note());
    const std::lock_guard lock(mutex_);
    const auto model = std::make_shared<LoadedModel>(*std::move(recognizer));
    if (!models_.emplace(recognizer_options.model_name, model).second) {
      return InvalidArgumentError("--model: two are called '" + recognizer_options.model_name +
                                  "'");
    }
    entries_.push_back({recognizer_options.model_name, NowUnixSeconds()});
  }
  return OkStatus();
}

std::vector<api::ModelEntry> ServedModels::List() const {
  const std::lock_guard lock(mutex_);
  return entries_;
}

Result<std::shared_ptr<api::SpeechModel>> ServedModels::Open(std::string_view name,
                                                             std::stop_token) {
  const std::lock_guard lock(mutex_);
  const auto found =
      name.empty() && !entries_.empty() ? models_.find(entries_[0].name) : models_.find(name);
  if (found != models_.end()) return found->second;
  if (entries_.size() < options_.models.size()) {
    return UnavailableError("models are being loaded; try again in a moment");
  }
  return NotFoundError("the server has no such model; GET /v1/models lists those it has");
}

}  // namespace ironscribe::cli
