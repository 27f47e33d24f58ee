#include "apps/cli/muted_copy.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "audio/wav_writer.h"

namespace ironscribe::cli {
namespace {

// Word times of a Whisper model are right within about this (docs/accuracy.md): too much silence
// costs a syllable beside, too little a digit.
constexpr double kMarginSeconds = 0.2;
constexpr double kLongestSeconds = 1e9;  // Keeps sample numbers in range.

struct SampleSpan {
  int64_t first;
  int64_t end;
};

std::vector<SampleSpan> ToSamples(std::span<const finishing::RedactedSpan> spans) {
  std::vector<SampleSpan> samples;
  for (const finishing::RedactedSpan& span : spans) {
    const auto at = [](double seconds) {
      // Spans may reach to the end of the recording, wherever that is.
      seconds = std::clamp(seconds, 0.0, kLongestSeconds);
      return static_cast<int64_t>(std::llround(seconds * audio::kSampleRateHz));
    };
    samples.push_back(
        {at(span.start_seconds - kMarginSeconds), at(span.end_seconds + kMarginSeconds)});
  }
  return samples;
}

}  // namespace

std::filesystem::path MutedCopyPath(const std::filesystem::path& output) {
  std::filesystem::path path = output;
  return path.replace_extension("redacted.wav");
}

Status WriteMutedCopy(audio::PcmSource& source, std::span<const finishing::RedactedSpan> spans,
                      const std::filesystem::path& output, std::stop_token stop) {
  const std::vector<SampleSpan> muted = ToSamples(spans);
  ASSIGN_OR_RETURN(const auto writer, audio::WavWriter::Create(output, audio::kSampleRateHz));
  std::vector<float> block(static_cast<size_t>(audio::kSampleRateHz));
  for (int64_t position = 0;;) {
    if (stop.stop_requested()) return CancelledError("interrupted");
    ASSIGN_OR_RETURN(const size_t count, source.Read(block));
    if (count == 0) break;
    for (const SampleSpan& span : muted) {
      const int64_t first =
          std::clamp<int64_t>(span.first - position, 0, static_cast<int64_t>(count));
      const int64_t end = std::clamp<int64_t>(span.end - position, 0, static_cast<int64_t>(count));
      if (first < end) std::fill(block.begin() + first, block.begin() + end, 0.0f);
    }
    RETURN_IF_ERROR(writer->Write(std::span(block).first(count)));
    position += static_cast<int64_t>(count);
  }
  return writer->Commit();
}

}  // namespace ironscribe::cli
