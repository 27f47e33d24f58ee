#include "engine/voice_activity_loader.h"

#include <fmt/format.h>

#include "formats/registry.h"
#include "models/registry.h"

namespace ironscribe::engine {

Result<std::shared_ptr<const models::VoiceActivityModel>> LoadVoiceActivity(
    const std::filesystem::path& model_path, CpuLevel level) {
  ASSIGN_OR_RETURN(const auto source, formats::OpenWeights(model_path));
  const models::VoiceActivityFamily* family = models::DetectVoiceActivity(*source);
  if (family == nullptr) {
    return InvalidArgumentError(fmt::format(
        "'{}' holds no model of voice activity; `ironscribe models pull {}` fetches one",
        model_path.string(), kVoiceActivityModelName));
  }
  auto model = family->load(*source, level);
  if (model.ok()) return model;
  return model.status().Annotate(fmt::format("'{}'", model_path.string()));
}

}  // namespace ironscribe::engine
