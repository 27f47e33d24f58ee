// For tests only: makes recordings, reads them back, compares them.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audio/open_audio.h"
#include "base/status.h"

namespace ironscribe::audio {

// A sweep through the speech band whose loudness moves, so that it aligns in one way only; peak
// 0.5.
std::vector<float> TestSweep(int rate_hz, double seconds);

// Writes interleaved samples by libsndfile; `format` as in SF_INFO. Fails the test on errors.
void WriteSound(const std::filesystem::path& path, int format, int rate_hz, int channels,
                std::span<const float> interleaved);

std::filesystem::path TemporaryPath(const std::string& name);
void WriteBytes(const std::filesystem::path& path, std::string_view bytes);
std::string ReadBytes(const std::filesystem::path& path);

// Little- and big-endian fields for hand-made headers.
std::string Le(uint64_t value, int length);
std::string Be(uint64_t value, int length);

// A WAV file by hand. `data_size` is what its header claims.
struct WavFields {
  uint32_t format_tag = 1;
  uint32_t channels = 1;
  uint32_t rate_hz = 16000;
  uint32_t bits = 16;
  uint32_t data_size = 0;
};
std::string MakeWav(const WavFields& fields, std::string_view data);

struct ReadOutcome {
  std::vector<float> samples;
  Status end;  // Ok, or what Read() returned at last.
};
// Reads to the end in blocks of an odd size.
ReadOutcome ReadAll(PcmSource& source);
// Opens and reads; an error on opening is the end.
ReadOutcome OpenAndReadAll(const std::filesystem::path& path, const OpenOptions& options);

// The largest correlation coefficient of `a` with `b` shifted by up to max_shift samples either
// way.
double BestCorrelation(std::span<const float> a, std::span<const float> b, int max_shift);

// The shared test data beside the source tree; empty when it is not there.
std::filesystem::path SharedData();

}  // namespace ironscribe::audio
