#include "audio/raw_pcm.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "io/input_file.h"

namespace ironscribe::audio {
namespace {

constexpr size_t kSampleBytes = 2;
constexpr size_t kBlockSamples = 4096;
constexpr float kFullScale = 32768.0f;

class RawPcmSource final : public PcmSource {
 public:
  RawPcmSource(std::shared_ptr<const io::InputFile> file, int64_t max_seconds)
      : file_(std::move(file)), max_samples_(max_seconds * kSampleRateHz) {}

  Result<size_t> Read(std::span<float> out) override {
    if (position_ >= max_samples_ && position_ < WholeSamples()) {
      return ResourceExhaustedError(
          fmt::format("'{}' is longer than the limit of {} s; split it or raise the limit",
                      file_->name(), max_samples_ / kSampleRateHz));
    }
    const auto left = static_cast<size_t>(std::min(WholeSamples(), max_samples_) - position_);
    const size_t count = std::min({out.size(), left, kBlockSamples});
    if (count == 0) return AtEnd();
    std::array<std::byte, kBlockSamples * kSampleBytes> bytes;
    ASSIGN_OR_RETURN(const size_t read,
                     file_->ReadAt(static_cast<uint64_t>(position_) * kSampleBytes,
                                   std::span(bytes).first(count * kSampleBytes)));
    if (read < count * kSampleBytes) return DataLossError("the recording shrank while it was read");
    for (size_t i = 0; i < count; ++i) {
      const auto low = std::to_integer<uint16_t>(bytes[2 * i]);
      const auto high = std::to_integer<uint16_t>(bytes[2 * i + 1]);
      out[i] = static_cast<float>(static_cast<int16_t>(low | high << 8)) / kFullScale;
    }
    position_ += static_cast<int64_t>(count);
    return count;
  }

  int64_t ExpectedSamples() const override { return WholeSamples(); }

  Status Rewind() override {
    position_ = 0;
    return OkStatus();
  }

  std::string Description() const override { return "raw PCM, 16000 Hz, 1 channel"; }

 private:
  int64_t WholeSamples() const { return static_cast<int64_t>(file_->size_bytes() / kSampleBytes); }

  Result<size_t> AtEnd() const {
    if (file_->size_bytes() % kSampleBytes == 0) return size_t{0};
    return DataLossError(fmt::format("'{}' ends within a sample", file_->name()));
  }

  const std::shared_ptr<const io::InputFile> file_;
  const int64_t max_samples_;
  int64_t position_ = 0;
};

}  // namespace

Result<std::unique_ptr<PcmSource>> OpenRawPcm(int descriptor, std::string name,
                                              const OpenOptions& options) {
  io::InputOptions input;
  input.max_bytes = options.max_bytes;
  input.temporary_folder = options.temporary_folder;
  input.stop = options.stop;
  ASSIGN_OR_RETURN(auto file, io::InputFile::FromDescriptor(descriptor, std::move(name), input));
  return std::unique_ptr<PcmSource>(
      std::make_unique<RawPcmSource>(std::move(file), options.max_seconds));
}

}  // namespace ironscribe::audio
