#include "cost/usage.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

namespace ironscribe::cost {
namespace {

constexpr double kMaxChannels = 64;
constexpr double kMaxGrowth = 100;

}  // namespace

std::string_view FeatureName(Feature feature) {
  switch (feature) {
    case Feature::kRedaction:
      return "redaction";
    case Feature::kDiarization:
      return "diarization";
    case Feature::kCustomModel:
      return "custom_lm";
    case Feature::kMedical:
      return "medical";
  }
  return "";
}

std::optional<Feature> FindFeature(std::string_view name) {
  for (const Feature feature : kAllFeatures) {
    if (FeatureName(feature) == name) return feature;
  }
  return std::nullopt;
}

AudioHours Usage::year() const {
  return std::accumulate(months.begin(), months.end(), AudioHours());
}

Usage EvenUsage(AudioHours per_year) {
  Usage usage;
  usage.months.fill(per_year / kMonthsPerYear);
  return usage;
}

Usage Scaled(const Usage& usage, double factor) {
  Usage scaled = usage;
  for (AudioHours& month : scaled.months) month = month * factor;
  return scaled;
}

Status CheckClips(std::span<const ClipLength> clips) {
  double sum = 0;
  for (const ClipLength& clip : clips) {
    const double seconds = clip.length.value();
    if (!(seconds > 0) || clip.length > kMaxClipLength) {
      return InvalidArgumentError(
          fmt::format("a clip of {} seconds; lengths lie above 0 and up to 1000 hours", seconds));
    }
    if (!(clip.share >= 0) || clip.share > 1) {
      return InvalidArgumentError(
          fmt::format("a share of {} for clips of {} seconds; shares lie between 0 and 1",
                      clip.share, seconds));
    }
    sum += clip.share;
  }
  if (!clips.empty() && std::abs(sum - 1) > kShareTolerance) {
    return InvalidArgumentError(
        fmt::format("the shares of the clip lengths sum to {:.4g}, not to 1", sum));
  }
  return OkStatus();
}

Status CheckUsage(const Usage& usage) {
  for (size_t month = 0; month < usage.months.size(); ++month) {
    const double hours = usage.months[month].value();
    if (!std::isfinite(hours) || hours < 0) {
      return InvalidArgumentError(
          fmt::format("month {} has {} hours; a volume is not negative", month + 1, hours));
    }
  }
  // Twelve twelfths may be a little more than the whole.
  constexpr double kRounding = 1 + 1e-12;
  if (usage.year() > kMaxHoursPerYear * kRounding) {
    return InvalidArgumentError(
        fmt::format("{:.4g} hours a year are absurd; at most {:.0e} are taken, that included",
                    usage.year().value(), kMaxHoursPerYear.value()));
  }
  if (!(usage.growth_per_year > -1) || usage.growth_per_year > kMaxGrowth) {
    return InvalidArgumentError(
        fmt::format("growth of {} a year; 0.1 is ten percent, and it lies above -1 and up to {}",
                    usage.growth_per_year, kMaxGrowth));
  }
  if (!(usage.channels >= 1) || usage.channels > kMaxChannels) {
    return InvalidArgumentError(
        fmt::format("{} channels; 1 to {} are possible", usage.channels, kMaxChannels));
  }
  return CheckClips(usage.clips);
}

AudioSeconds MeanLength(std::span<const ClipLength> clips) {
  AudioSeconds sum;
  double shares = 0;
  for (const ClipLength& clip : clips) {
    sum += clip.length * clip.share;
    shares += clip.share;
  }
  return shares > 0 ? sum / shares : AudioSeconds();
}

double SquaredVariation(std::span<const ClipLength> clips) {
  const double mean = MeanLength(clips).value();
  if (mean <= 0) return 0;
  double variance = 0;
  double shares = 0;
  for (const ClipLength& clip : clips) {
    const double distance = clip.length.value() - mean;
    variance += clip.share * distance * distance;
    shares += clip.share;
  }
  return variance / shares / (mean * mean);
}

}  // namespace ironscribe::cost
