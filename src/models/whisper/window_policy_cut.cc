#include "models/whisper/window_policy_cut.h"

#include <algorithm>
#include <vector>

#include "base/check.h"

namespace ironscribe::models::whisper {
namespace {

// Half of the stretch that is to be quiet: 0.2 s in all, longer than the closure of a stop
// consonant (up to about 0.1 s), shorter than most pauses between words.
constexpr int64_t kReachFrames = 10;

// How much louder than the quietest place (1) on the way to the average (0) a later cut may be:
// longer pieces waste less of a window. At a quarter the pauses of a speaker count as alike, and
// the weakest sounds inside words do not.
constexpr float kTolerance = 0.25f;

// Mean log energy of each frame.
std::vector<float> FrameLevels(std::span<const float> energies, int num_mels, int64_t frames) {
  std::vector<float> levels;
  const auto bands = static_cast<size_t>(num_mels);
  for (size_t frame = 0; frame < static_cast<size_t>(frames); ++frame) {
    float sum = 0;
    for (float energy : energies.subspan(frame * bands, bands)) sum += energy;
    levels.push_back(sum / static_cast<float>(num_mels));
  }
  return levels;
}

// The loudest frame within reach: a place is as quiet as what is around it.
float LoudestAround(std::span<const float> levels, int64_t frame) {
  const int64_t begin = std::max<int64_t>(0, frame - kReachFrames);
  const int64_t end =
      std::min(static_cast<int64_t>(levels.size()), std::max(frame + kReachFrames, begin + 1));
  return *std::max_element(levels.begin() + begin, levels.begin() + end);
}

}  // namespace

int MaxPieceFrames(const DecodingOptions& options, int window_frames) {
  // A second of silence in a window of 30 s tells the model that its text ends: models learnt to
  // leave out the text of a segment that the end of a window cuts.
  if (!options.language_per_segment) return std::max(1, window_frames * 29 / 30);
  // Where languages change, a piece should hold one: ten seconds are enough to tell which.
  return std::max(1, window_frames / 3);
}

int64_t QuietestCut(std::span<const float> energies, int num_mels, const CutLimits& limits) {
  IRONSCRIBE_CHECK(limits.min_frames > 0 && limits.min_frames <= limits.max_frames);
  IRONSCRIBE_CHECK(energies.size() >= static_cast<size_t>(limits.max_frames * num_mels));
  const std::vector<float> levels = FrameLevels(energies, num_mels, limits.max_frames);
  std::vector<float> around;
  for (int64_t frame = limits.min_frames; frame <= limits.max_frames; ++frame) {
    around.push_back(LoudestAround(levels, frame));
  }
  const float quietest = *std::min_element(around.begin(), around.end());
  float mean = 0;
  for (float level : around) mean += level / static_cast<float>(around.size());
  // Where all is alike, rounding may put the mean below all of it.
  const float enough = quietest + kTolerance * std::max(0.0f, mean - quietest);
  // The last stretch below, then its middle.
  const auto is_quiet = [&](float level) { return level <= enough; };
  const auto last = std::find_if(around.rbegin(), around.rend(), is_quiet);
  const auto before = std::find_if_not(last, around.rend(), is_quiet);
  const auto end = around.rend() - last;      // One behind the stretch.
  const auto begin = around.rend() - before;  // Its first frame.
  return limits.min_frames + (begin + end - 1) / 2;
}

}  // namespace ironscribe::models::whisper
