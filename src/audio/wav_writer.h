// Writes a mono recording as WAV, 16 bits a sample, in bounded memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "base/status.h"
#include "io/file.h"

namespace ironscribe::audio {

// Used by one thread. The file appears whole with Commit, or not at all.
class WavWriter {
 public:
  static Result<std::unique_ptr<WavWriter>> Create(const std::filesystem::path& path,
                                                   int sample_rate_hz);

  // Samples beyond [-1, 1] are clipped. Errors: OutOfRange beyond the 4 GB that the format can
  // tell of (37 hours at 16 kHz), and those of writing.
  Status Write(std::span<const float> samples);

  Status Commit();

 private:
  WavWriter(std::unique_ptr<io::AtomicFile> file, int sample_rate_hz)
      : file_(std::move(file)), sample_rate_hz_(sample_rate_hz) {}

  std::unique_ptr<io::AtomicFile> file_;
  int sample_rate_hz_;
  uint64_t data_bytes_ = 0;
};

}  // namespace ironscribe::audio
