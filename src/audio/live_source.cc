#include "audio/live_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "dsp/resampler.h"
#include "io/arriving_input.h"

namespace ironscribe::audio {
namespace {

constexpr size_t kBlockBytes = 1 << 14;  // Half a second at 16 kHz: more never waits for long.
constexpr float kFullScale = 32768.0f;
constexpr size_t kSampleBytes = 2;
constexpr int kMaxChannels = 64;  // As many as sound cards have.
// Headers of programs that write to pipes have 44 bytes; some add lists of names.
constexpr size_t kMaxHeaderBytes = 1 << 16;
constexpr uint16_t kPcmTag = 1;
constexpr uint16_t kExtensibleTag = 0xFFFE;
// What is sent by mistake, and is surely no speech: containers by their first bytes.
constexpr std::string_view kContainers[] = {"fLaC", "OggS", "RF64", "ID3", "\x1A\x45\xDF\xA3"};

struct LiveFormat {
  int rate_hz = 0;
  int channels = 1;
  bool has_header = false;
};

uint32_t LittleEndian(std::span<const std::byte> bytes) {
  uint32_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | std::to_integer<uint32_t>(bytes[i]);
  return value;
}

bool StartsWith(std::span<const std::byte> bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

// The bytes in front of the samples, and those that were read with them.
class Head {
 public:
  explicit Head(io::ArrivingInput& input) : input_(input) {}

  // Makes `count` bytes available from the position on; false where the input ends before.
  Result<bool> Need(size_t count) {
    while (bytes_.size() < position_ + count) {
      const size_t old_size = bytes_.size();
      bytes_.resize(position_ + count);
      const auto read = input_.Read(std::span(bytes_).subspan(old_size));
      bytes_.resize(old_size + (read.ok() ? *read : 0));
      RETURN_IF_ERROR(read.status());
      if (*read == 0) return false;
    }
    return true;
  }
  std::span<const std::byte> rest() const { return std::span(bytes_).subspan(position_); }
  void Skip(size_t count) { position_ += count; }
  size_t position() const { return position_; }

 private:
  io::ArrivingInput& input_;
  std::vector<std::byte> bytes_;
  size_t position_ = 0;
};

Status ReadFormatChunk(std::span<const std::byte> chunk, LiveFormat* format) {
  const uint32_t tag = LittleEndian(chunk.first(2));
  const uint32_t channels = LittleEndian(chunk.subspan(2, 2));
  const uint32_t rate_hz = LittleEndian(chunk.subspan(4, 4));
  const uint32_t bits = LittleEndian(chunk.subspan(14, 2));
  if ((tag != kPcmTag && tag != kExtensibleTag) || bits != 16) {
    return InvalidArgumentError(
        "the sound that arrives is not 16-bit PCM; make it so (arecord -f S16_LE), or leave out "
        "--stream to transcribe it when it ends");
  }
  if (channels < 1 || channels > kMaxChannels) {
    return InvalidArgumentError(
        fmt::format("the header of the sound that arrives tells {} channels", channels));
  }
  format->channels = static_cast<int>(channels);
  // One that is too high stays too high.
  format->rate_hz = static_cast<int>(std::min<uint32_t>(rate_hz, 1U << 30));
  return OkStatus();
}

// Chunk by chunk to the samples. Requires: the head is at the first chunk.
Status SkipWavHeader(Head& head, LiveFormat* format) {
  const auto broken = [] {
    return InvalidArgumentError("the sound that arrives begins like a WAV file and is none");
  };
  bool has_format = false;
  while (true) {
    ASSIGN_OR_RETURN(const bool has_chunk, head.Need(8));
    if (!has_chunk) return broken();
    const std::span<const std::byte> chunk = head.rest();
    const size_t size = LittleEndian(chunk.subspan(4, 4));
    const bool is_format = StartsWith(chunk, "fmt ");
    if (StartsWith(chunk, "data")) {
      head.Skip(8);
      return has_format ? OkStatus() : broken();
    }
    if (size > kMaxHeaderBytes || head.position() + size > kMaxHeaderBytes) return broken();
    head.Skip(8);
    const size_t padded = size + size % 2;
    ASSIGN_OR_RETURN(const bool whole, head.Need(padded));
    if (!whole || (is_format && size < 16)) return broken();
    if (is_format) RETURN_IF_ERROR(ReadFormatChunk(head.rest(), format));
    has_format = has_format || is_format;
    head.Skip(padded);
  }
}

Result<LiveFormat> ReadFormat(Head& head, int rate_hz) {
  LiveFormat format{.rate_hz = rate_hz};
  // Of a shorter input all is sound.
  ASSIGN_OR_RETURN(const bool has_head, head.Need(12));
  if (!has_head) return format;
  for (const std::string_view magic : kContainers) {
    if (!StartsWith(head.rest(), magic)) continue;
    return InvalidArgumentError(
        "what arrives is a recording in a container, not PCM; leave out --stream to transcribe it "
        "when it ends");
  }
  if (!StartsWith(head.rest(), "RIFF") || !StartsWith(head.rest().subspan(8), "WAVE")) {
    return format;
  }
  format.has_header = true;
  head.Skip(12);
  RETURN_IF_ERROR(SkipWavHeader(head, &format));
  return format;
}

class LiveSource final : public PcmSource {
 public:
  LiveSource(io::ArrivingInput input, const LiveFormat& format,
             std::unique_ptr<dsp::Resampler> resampler)
      : input_(std::move(input)), format_(format), resampler_(std::move(resampler)) {}

  // Appends the sound in `bytes`; a frame that is not whole waits for its rest.
  void Take(std::span<const std::byte> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    const size_t frame_bytes = kSampleBytes * static_cast<size_t>(format_.channels);
    const size_t frames = bytes_.size() / frame_bytes;
    mono_.clear();
    for (size_t i = 0; i < frames; ++i) {
      int sum = 0;
      for (int c = 0; c < format_.channels; ++c) {
        const size_t at = i * frame_bytes + static_cast<size_t>(c) * kSampleBytes;
        sum += static_cast<int16_t>(LittleEndian(std::span(bytes_).subspan(at, kSampleBytes)));
      }
      mono_.push_back(static_cast<float>(sum) /
                      (kFullScale * static_cast<float>(format_.channels)));
    }
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<ptrdiff_t>(frames * frame_bytes));
    if (resampler_ != nullptr) {
      resampler_->Process(mono_, pending_);
    } else {
      pending_.insert(pending_.end(), mono_.begin(), mono_.end());
    }
  }

  Result<size_t> Read(std::span<float> out) override {
    while (pending_.empty() && !ended_) RETURN_IF_ERROR(Fill());
    const size_t count = std::min(out.size(), pending_.size());
    std::copy_n(pending_.begin(), count, out.begin());
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<ptrdiff_t>(count));
    return count;
  }

  int64_t ExpectedSamples() const override { return -1; }
  Status Rewind() override {
    return FailedPreconditionError("sound that arrives live cannot be read a second time");
  }
  std::string Description() const override {
    return fmt::format("live {}PCM, {} Hz, {} channel{}", format_.has_header ? "WAV, " : "raw ",
                       format_.rate_hz, format_.channels, format_.channels == 1 ? "" : "s");
  }

 private:
  Status Fill() {
    std::array<std::byte, kBlockBytes> block;
    ASSIGN_OR_RETURN(const size_t count, input_.Read(block));
    Take(std::span(block).first(count));
    ended_ = count == 0;
    if (ended_ && resampler_ != nullptr) resampler_->Flush(pending_);
    return OkStatus();
  }

  io::ArrivingInput input_;
  const LiveFormat format_;
  const std::unique_ptr<dsp::Resampler> resampler_;  // Null where the rate is right already.
  std::vector<std::byte> bytes_;                     // Less than a frame.
  std::vector<float> mono_;
  std::vector<float> pending_;
  bool ended_ = false;
};

}  // namespace

Result<LiveInput> OpenLive(int descriptor, const LiveOptions& options) {
  io::ArrivingInput input(descriptor, options.stop);
  Head head(input);
  ASSIGN_OR_RETURN(const LiveFormat format, ReadFormat(head, options.rate_hz));
  std::unique_ptr<dsp::Resampler> resampler;
  if (format.rate_hz != kSampleRateHz) {
    ASSIGN_OR_RETURN(resampler, dsp::Resampler::Create(format.rate_hz, kSampleRateHz));
  }
  auto source = std::make_unique<LiveSource>(input, format, std::move(resampler));
  source->Take(head.rest());
  return LiveInput{.source = std::move(source), .rate_hz = format.rate_hz};
}

}  // namespace ironscribe::audio
