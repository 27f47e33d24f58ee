// Encoded windows of silence, shared by all windows that end in silence: what stands behind audio
// that is shorter than a window, without encoding it again and again.
//
// Thread rule: safe from many threads. Whoever needs a level first computes it; all others wait
// meanwhile, also those who want a level that is kept.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <utility>

#include "models/whisper/config.h"
#include "models/whisper/forward.h"

namespace ironscribe::models::whisper {

class SilenceCache {
 public:
  using Encoder = std::function<std::shared_ptr<const SilentWindow>(std::span<const float>)>;

  explicit SilenceCache(const Dimensions& dims) : dims_(dims) {}

  // The encoding of a whole window of features of about `level`. What it is depends on the level
  // alone, not on what is kept. `encode` takes [frames, num_mels].
  std::shared_ptr<const SilentWindow> Get(float level, const Encoder& encode);

 private:
  const Dimensions dims_;
  std::mutex mutex_;
  // Most recently used first.
  std::list<std::pair<int, std::shared_ptr<const SilentWindow>>> kept_;
};

}  // namespace ironscribe::models::whisper
