#include "models/whisper/silence_cache.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace ironscribe::models::whisper {
namespace {

// Levels are rounded to these. Speech recorded at ordinary loudness is near the first; a window of
// silence at 0.3 above or below it gives the same error rates (docs/decisions/0009), so half a unit
// between two steps (20 dB) is fine enough.
constexpr float kUsualLevel = -0.6f;
constexpr float kStep = 0.5f;

// Recordings of one source need one or two steps. Each costs the keys and values of all encoder and
// decoder layers: with int8 14 MB for tiny, 29 MB for base, 386 MB for large-v3 (995 MB in
// float32).
constexpr size_t kMaxKept = 2;

// Levels follow from the loudest sound of a window and stay between -3.5 (nothing but silence) and
// about 0; absurd features may not fill the table with levels of their own.
constexpr float kMinStep = -8, kMaxStep = 8;

}  // namespace

std::shared_ptr<const SilentWindow> SilenceCache::Get(float level, const Encoder& encode) {
  const float steps = std::nearbyint((level - kUsualLevel) / kStep);
  const int step = std::isnan(steps) ? 0 : static_cast<int>(std::clamp(steps, kMinStep, kMaxStep));
  std::lock_guard lock(mutex_);
  const auto found = std::find_if(kept_.begin(), kept_.end(),
                                  [&](const auto& kept) { return kept.first == step; });
  if (found != kept_.end()) {
    kept_.splice(kept_.begin(), kept_, found);
  } else {
    const std::vector<float> features(
        static_cast<size_t>(2 * dims_.audio_context) * static_cast<size_t>(dims_.num_mels),
        kUsualLevel + kStep * static_cast<float>(step));
    kept_.emplace_front(step, encode(features));
    if (kept_.size() > kMaxKept) kept_.pop_back();
  }
  return kept_.front().second;
}

}  // namespace ironscribe::models::whisper
