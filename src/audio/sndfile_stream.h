// Decodes in this process, by libsndfile: containers of plain samples, FLAC, Ogg, MP3.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "audio/container_facts.h"
#include "audio/media_kind.h"
#include "audio/sample_stream.h"
#include "io/input_file.h"

struct sf_private_tag;

namespace ironscribe::audio {

class SndfileStream : public SampleStream {
 public:
  // See ContainerFacts for `patch`. Errors: InvalidArgument with libsndfile's reason.
  static Result<std::unique_ptr<SampleStream>> Open(
      std::shared_ptr<const io::InputFile> file, MediaKind kind,
      std::optional<ContainerFacts::PatchedField> patch);
  ~SndfileStream() override;

  const StreamFormat& format() const override { return format_; }
  Result<size_t> ReadFrames(std::span<float> interleaved) override;

 private:
  // libsndfile's view of the file: its callbacks read here.
  struct Source {
    std::shared_ptr<const io::InputFile> file;
    std::optional<ContainerFacts::PatchedField> patch;
    int64_t position = 0;
    Status error;
  };
  SndfileStream() = default;
  static int64_t SourceSize(void* source);
  static int64_t SourceSeek(int64_t offset, int whence, void* source);
  static int64_t SourceRead(void* buffer, int64_t size, void* source);
  static int64_t SourceTell(void* source);

  Source source_;
  sf_private_tag* handle_ = nullptr;
  StreamFormat format_;
  MediaKind kind_ = MediaKind::kOther;
  int64_t frames_delivered_ = 0;
};

}  // namespace ironscribe::audio
