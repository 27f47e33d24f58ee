// How much is transcribed: hours by month, how long the recordings are, how many channels they have
// and what is asked for beside the text. Pure data and functions.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cost/units.h"

namespace ironscribe::cost {

// What providers sell beside the plain text.
enum class Feature { kRedaction, kDiarization, kCustomModel, kMedical };
inline constexpr Feature kAllFeatures[] = {Feature::kRedaction, Feature::kDiarization,
                                           Feature::kCustomModel, Feature::kMedical};
std::string_view FeatureName(Feature feature);
std::optional<Feature> FindFeature(std::string_view name);

// A share of the requests that have this length.
struct ClipLength {
  AudioSeconds length = {};
  double share = 0;
};

struct Usage {
  std::array<AudioHours, kMonthsPerYear> months = {};
  double growth_per_year = 0;          // 0.1: a tenth more each year.
  std::vector<ClipLength> clips = {};  // Empty: so long that minimums and rounding do not matter.
  double channels = 1;                 // Mean of the recordings.
  std::vector<Feature> features = {};

  AudioHours year() const;
};

// A year of equal months.
Usage EvenUsage(AudioHours per_year);

// The same usage with all hours multiplied.
Usage Scaled(const Usage& usage, double factor);

// Shares are typed with a few decimals: thirds as 0.333 are meant to be all.
inline constexpr double kShareTolerance = 0.005;
// As long as `transcribe` takes.
inline constexpr AudioSeconds kMaxClipLength(1000.0 * 3600);
// More than every telephone call of mankind: what is above was typed wrong.
inline constexpr AudioHours kMaxHoursPerYear(1e12);

// Errors: InvalidArgument for hours that are negative, not finite or absurd, shares that do not sum
// to 1, lengths and channels out of range, a shrinking of all and more.
Status CheckUsage(const Usage& usage);
Status CheckClips(std::span<const ClipLength> clips);

AudioSeconds MeanLength(std::span<const ClipLength> clips);
// Variance over squared mean.
double SquaredVariation(std::span<const ClipLength> clips);

}  // namespace ironscribe::cost
