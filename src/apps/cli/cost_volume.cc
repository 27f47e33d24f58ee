#include "apps/cli/cost_volume.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "apps/cli/input_files.h"
#include "io/file.h"
#include "price_tables/usage_export.h"

namespace ironscribe::cli {
namespace {

// Lengths are told apart by a quarter: minimums of seconds and shapes of queues need no more.
constexpr double kLengthSteps = 8;
// From so many on the mean length is known within 20 % (1.96 / sqrt(100), for lengths that vary as
// much as their mean).
constexpr double kEnoughRecordings = 100;

// Seconds of a recording; below 0 when it cannot be told. Headers mostly say it; what has none is
// decoded.
Result<double> LengthOf(const InputFile& input, const TranscribeServices& services,
                        std::stop_token stop) {
  ASSIGN_OR_RETURN(const auto source, services.open_input(input, stop));
  if (source->ExpectedSamples() >= 0) {
    return static_cast<double>(source->ExpectedSamples()) / audio::kSampleRateHz;
  }
  std::vector<float> block(audio::kSampleRateHz);
  double samples = 0;
  while (true) {
    ASSIGN_OR_RETURN(const size_t read, source->Read(block));
    if (read == 0) break;
    samples += static_cast<double>(read);
  }
  return samples / audio::kSampleRateHz;
}

// A few lengths that stand for all: those of an interval by their mean.
std::vector<cost::ClipLength> ClipsOf(const std::vector<double>& lengths) {
  struct Step {
    double sum = 0;
    double count = 0;
  };
  std::map<int, Step> steps;
  for (const double seconds : lengths) {
    Step& step = steps[static_cast<int>(std::floor(std::log2(seconds) * kLengthSteps))];
    step.sum += seconds;
    ++step.count;
  }
  std::vector<cost::ClipLength> clips;
  for (const auto& [position, step] : steps) {
    clips.push_back({cost::AudioSeconds(step.sum / step.count),
                     step.count / static_cast<double>(lengths.size())});
  }
  return clips;
}

// A few minutes are not 0.0 hours.
std::string HoursText(cost::AudioHours hours) {
  return hours.value() < 10 ? fmt::format("{:.2g}", hours.value())
                            : fmt::format("{:.1f}", hours.value());
}

std::string DoubtAboutMean(double recordings) {
  if (recordings >= kEnoughRecordings) return "";
  return fmt::format("; too few for a mean length, which is known within 20 % from {:g} on",
                     kEnoughRecordings);
}

// Months that an export by day begins or ends within.
std::string DoubtAboutEnds(const price_tables::UsageExport& usage) {
  if (usage.first_day.empty()) return "";
  return fmt::format(
      "; days from {} to {}: whether the first and the last month are whole, the export does not "
      "tell",
      usage.first_day, usage.last_day);
}

Result<VolumeRead> ReadExport(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const std::string text, io::ReadFile(path, price_tables::kMaxUsageBytes));
  ASSIGN_OR_RETURN(price_tables::UsageExport usage,
                   price_tables::ReadUsageExport(text, path.string()));
  VolumeRead volume{.usage = std::move(usage.usage), .description = {}, .mean_length_only = true};
  volume.description = fmt::format("{}: {} month{}, {} to {}, {:.0f} request{}", path.string(),
                                   usage.months, usage.months == 1 ? "" : "s", usage.first,
                                   usage.last, usage.requests, usage.requests == 1 ? "" : "s");
  if (!volume.usage.clips.empty()) {
    volume.description +=
        fmt::format(" of {:.1f} s on average{}", cost::MeanLength(volume.usage.clips).value(),
                    DoubtAboutMean(usage.requests));
  }
  if (usage.months < cost::kMonthsPerYear) {
    volume.description += "; the other months of the year are their mean";
  }
  volume.description += DoubtAboutEnds(usage);
  return volume;
}

}  // namespace

Result<VolumeRead> ReadVolume(const std::filesystem::path& path, double days,
                              const TranscribeServices& services, std::stop_token stop) {
  if (path.extension() == ".csv") return ReadExport(path);
  VolumeRead volume;
  const std::vector<InputFile> inputs = CollectInputs({path.string()}, {});
  // A folder without recordings and a missing one are a failure of the folder itself.
  if (inputs.size() == 1 && inputs[0].path == path && !inputs[0].status.ok()) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(path, ignored)) {
      return inputs[0].status.Annotate("--volume-from " + path.string());
    }
    return NotFoundError(
        fmt::format("--volume-from {}: the folder has no audio or video files", path.string()));
  }
  std::vector<double> lengths;
  double seconds = 0;
  size_t unreadable = 0;
  Status first_failure;
  for (const InputFile& input : inputs) {
    if (stop.stop_requested()) return CancelledError("reading lengths was interrupted");
    const auto length =
        input.status.ok() ? LengthOf(input, services, stop) : Result<double>(input.status);
    if (!length.ok()) {
      if (first_failure.ok()) first_failure = length.status();
      ++unreadable;
      continue;
    }
    if (!(*length > 0)) continue;
    lengths.push_back(*length);
    seconds += *length;
  }
  if (lengths.empty()) {
    if (!first_failure.ok()) return first_failure.Annotate("--volume-from " + path.string());
    return FailedPreconditionError(
        fmt::format("{}: no recording there has a length", path.string()));
  }
  const cost::AudioHours hours = cost::HoursOf(cost::AudioSeconds(seconds));
  volume.usage = cost::EvenUsage(hours * (cost::kDaysPerYear / days));
  volume.usage.clips = ClipsOf(lengths);
  volume.description =
      fmt::format("{} recording{} of {}, {} hours in {:g} day{}{}", lengths.size(),
                  lengths.size() == 1 ? "" : "s", path.string(), HoursText(hours), days,
                  days == 1 ? "" : "s", DoubtAboutMean(static_cast<double>(lengths.size())));
  if (unreadable > 0) {
    volume.description += fmt::format("; {} could not be read and are left out", unreadable);
  }
  RETURN_IF_ERROR(cost::CheckUsage(volume.usage));
  return volume;
}

}  // namespace ironscribe::cli
