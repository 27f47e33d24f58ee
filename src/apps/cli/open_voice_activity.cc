#include "apps/cli/open_voice_activity.h"

#include "engine/voice_activity_loader.h"

namespace ironscribe::cli {

bool WantsVoiceActivity(const models::DecodingOptions& decoding) {
  return decoding.segmentation == models::Segmentation::kVoiceActivity ||
         (decoding.guard && !decoding.reference);
}

Result<std::shared_ptr<const models::VoiceActivityModel>> OpenVoiceActivity(
    const models::DecodingOptions& decoding, const engine::StoreOptions& store, CpuLevel level) {
  std::shared_ptr<const models::VoiceActivityModel> none;
  if (!WantsVoiceActivity(decoding)) return none;
  // Installed models only: a folder of that name where the command is run is none.
  const auto model = engine::FindInstalledModel(engine::kVoiceActivityModelName, store);
  if (model.ok()) return engine::LoadVoiceActivity(model->path, level);
  return decoding.segmentation == models::Segmentation::kVoiceActivity ? model.status()
                                                                       : Result(none);
}

}  // namespace ironscribe::cli
