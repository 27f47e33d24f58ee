#include "audio/sndfile_stream.h"

#include <fmt/format.h>
#include <sndfile.h>

#include <cstdio>

#include "audio/decode_protocol.h"

namespace ironscribe::audio {
namespace {

std::string FormatName(SNDFILE* handle, int format, int mask) {
  SF_FORMAT_INFO info = {};
  info.format = format & mask;
  sf_command(handle, SFC_GET_FORMAT_INFO, &info, sizeof(info));
  return info.name == nullptr ? "unknown" : info.name;
}

}  // namespace

int64_t SndfileStream::SourceSize(void* source) {
  return static_cast<int64_t>(static_cast<Source*>(source)->file->size_bytes());
}

int64_t SndfileStream::SourceSeek(int64_t offset, int whence, void* source) {
  auto* self = static_cast<Source*>(source);
  int64_t base = 0;
  if (whence == SEEK_CUR) base = self->position;
  if (whence == SEEK_END) base = SourceSize(source);
  int64_t target = 0;
  if (__builtin_add_overflow(base, offset, &target) || target < 0) return -1;
  self->position = target;
  return target;
}

int64_t SndfileStream::SourceRead(void* buffer, int64_t size, void* source) {
  auto* self = static_cast<Source*>(source);
  if (size <= 0) return 0;
  const auto count =
      self->file->ReadAt(static_cast<uint64_t>(self->position),
                         std::span(static_cast<std::byte*>(buffer), static_cast<size_t>(size)));
  if (!count.ok()) {
    self->error = count.status();
    return 0;
  }
  if (self->patch) {
    const auto begin = static_cast<uint64_t>(self->position);
    for (size_t index = 0; index < self->patch->bytes.size(); ++index) {
      const uint64_t at = self->patch->offset + index;
      if (at < begin || at >= begin + *count) continue;
      static_cast<char*>(buffer)[at - begin] = self->patch->bytes[index];
    }
  }
  self->position += static_cast<int64_t>(*count);
  return static_cast<int64_t>(*count);
}

int64_t SndfileStream::SourceTell(void* source) { return static_cast<Source*>(source)->position; }

Result<std::unique_ptr<SampleStream>> SndfileStream::Open(
    std::shared_ptr<const io::InputFile> file, MediaKind kind,
    std::optional<ContainerFacts::PatchedField> patch) {
  std::unique_ptr<SndfileStream> stream(new SndfileStream());
  stream->source_.file = std::move(file);
  stream->source_.patch = std::move(patch);
  stream->kind_ = kind;
  SF_VIRTUAL_IO callbacks = {};
  callbacks.get_filelen = [](void* source) -> sf_count_t { return SourceSize(source); };
  callbacks.seek = [](sf_count_t offset, int whence, void* source) -> sf_count_t {
    return SourceSeek(offset, whence, source);
  };
  callbacks.read = [](void* buffer, sf_count_t size, void* source) -> sf_count_t {
    return SourceRead(buffer, size, source);
  };
  callbacks.tell = [](void* source) -> sf_count_t { return SourceTell(source); };
  SF_INFO info = {};
  stream->handle_ = sf_open_virtual(&callbacks, SFM_READ, &info, &stream->source_);
  RETURN_IF_ERROR(stream->source_.error);
  if (stream->handle_ == nullptr) return InvalidArgumentError(sf_strerror(nullptr));
  if (!IsAcceptedRate(info.samplerate) || info.channels < 1 || info.channels > kMaxChannels) {
    return InvalidArgumentError(
        fmt::format("it claims {} channels of {} Hz; 1 to {} of {} Hz are "
                    "accepted",
                    info.channels, info.samplerate, kMaxChannels, kAcceptedRates));
  }
  stream->format_.rate_hz = info.samplerate;
  stream->format_.channels = info.channels;
  // libsndfile answers "unknown" with its largest number.
  const bool known = info.frames >= 0 && info.frames < SF_COUNT_MAX;
  stream->format_.expected_frames = known ? info.frames : -1;
  stream->format_.description =
      fmt::format("{}, {}", FormatName(stream->handle_, info.format, SF_FORMAT_TYPEMASK),
                  FormatName(stream->handle_, info.format, SF_FORMAT_SUBMASK));
  return std::unique_ptr<SampleStream>(std::move(stream));
}

SndfileStream::~SndfileStream() {
  if (handle_ != nullptr) sf_close(handle_);
}

Result<size_t> SndfileStream::ReadFrames(std::span<float> interleaved) {
  const auto wanted = static_cast<sf_count_t>(interleaved.size()) / format_.channels;
  const sf_count_t frames = sf_readf_float(handle_, interleaved.data(), wanted);
  RETURN_IF_ERROR(source_.error);
  if (frames > 0) {
    frames_delivered_ += frames;
    return static_cast<size_t>(frames);
  }
  const double seconds = static_cast<double>(frames_delivered_) / format_.rate_hz;
  if (sf_error(handle_) != SF_ERR_NO_ERROR) {
    return DataLossError(
        fmt::format("it breaks off or is damaged after {:.2f} s ({}); copy or export "
                    "the recording again",
                    seconds, sf_strerror(handle_)));
  }
  // Only FLAC counts its samples in the header; for MP3 and Ogg the number is found by searching,
  // and headers of plain samples are checked against the size of the file (container_facts.h).
  if (kind_ == MediaKind::kFlac && frames_delivered_ < format_.expected_frames) {
    return DataLossError(
        fmt::format("it breaks off or is damaged after {:.2f} s; its header promises {:.2f} s; "
                    "copy the recording "
                    "again",
                    seconds, static_cast<double>(format_.expected_frames) / format_.rate_hz));
  }
  return size_t{0};
}

}  // namespace ironscribe::audio
