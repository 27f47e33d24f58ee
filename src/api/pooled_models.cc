#include "api/pooled_models.h"

#include <algorithm>
#include <utility>

#include "engine/recognizer.h"

namespace ironscribe::api {
namespace {

// Keeps the model loaded as long as somebody holds this.
class PooledModel final : public SpeechModel {
 public:
  explicit PooledModel(engine::ModelPool::Handle handle) : handle_(std::move(handle)) {}
  transcript::ModelInfo info() const override { return handle_.recognizer().model_info(); }
  Status CheckOptions(const models::DecodingOptions& options) const override {
    return handle_.recognizer().CheckOptions(options);
  }
  Result<transcript::Transcript> Transcribe(audio::PcmSource& source,
                                            const models::DecodingOptions& options,
                                            const models::RecognitionCallbacks& callbacks,
                                            std::stop_token stop) override {
    return handle_.recognizer().Transcribe(source, options, callbacks, std::move(stop));
  }

 private:
  const engine::ModelPool::Handle handle_;
};

}  // namespace

std::vector<ModelEntry> PooledModels::List() const {
  std::vector<ModelEntry> entries;
  for (const engine::ModelReport& report : pool_.Report()) {
    entries.push_back({report.name, created_unix_seconds_});
  }
  for (const engine::ModelAlias& alias : pool_.Aliases()) {
    entries.push_back({alias.name, created_unix_seconds_});
  }
  std::stable_partition(entries.begin(), entries.end(),
                        [this](const ModelEntry& entry) { return entry.name == default_name_; });
  return entries;
}

Result<std::string> PooledModels::Resolve(std::string_view name,
                                          std::string_view request_id) const {
  auto resolved = pool_.Resolve(name.empty() ? default_name_ : name, request_id);
  if (resolved.ok()) return resolved;
  // The pool's own words repeat what the client wrote, which may be anything.
  return NotFoundError("the server has no such model; GET /v1/models lists those it has");
}

Result<std::shared_ptr<SpeechModel>> PooledModels::Open(std::string_view name,
                                                        std::stop_token stop) {
  ASSIGN_OR_RETURN(auto handle, pool_.Acquire(name, "", std::move(stop)));
  return std::shared_ptr<SpeechModel>(std::make_shared<PooledModel>(std::move(handle)));
}

}  // namespace ironscribe::api
