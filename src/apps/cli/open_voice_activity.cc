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
  const auto path = engine::ResolveModel(engine::kVoiceActivityModelName, store);
  if (path.ok()) return engine::LoadVoiceActivity(*path, level);
  return decoding.segmentation == models::Segmentation::kVoiceActivity ? path.status()
                                                                       : Result(none);
}

}  // namespace ironscribe::cli
