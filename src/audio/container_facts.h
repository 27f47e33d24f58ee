// What a container's headers say about its sound, read without a decoder: enough to refuse headers
// that lie and protected files, and to notice that a recording is incomplete.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "audio/media_kind.h"
#include "base/status.h"
#include "io/input_file.h"

namespace ironscribe::audio {

struct ContainerFacts {
  std::optional<int64_t> rate_hz;
  std::optional<int64_t> channels;
  // Bytes that the headers promise behind the end of the file.
  uint64_t missing_bytes = 0;
  // So few of them are no cut: some programs count the header (44 bytes of WAV) into the size of
  // the samples. Where the last frame itself was looked at, every byte counts.
  uint64_t harmless_missing_bytes = 64;
  // Samples per channel that the headers promise beyond those of the last whole part.
  uint64_t missing_samples = 0;
  // The container marks its end, and the mark is not there.
  bool end_mark_missing = false;
  // A size field that is to be read as if it held other bytes, so that decoders go on to the end of
  // the file: one that says "0 bytes of samples" because it was written before they were known
  // (WAV), or one that promises more than there is where libsndfile would refuse the file (CAF).
  struct PatchedField {
    uint64_t offset = 0;
    std::string bytes;
  };
  std::optional<PatchedField> patch;
  // The file ends where its headers go on.
  bool ends_within_header = false;
  // Better decoded by the program, where there is one: an MP3 that its own table of contents
  // contradicts (libsndfile's decoder complains about those on the terminal) and an Ogg file that
  // was cut (libsndfile 1.2.0 loses 6 kB of memory on Vorbis headers that are not whole).
  bool prefers_program = false;
};

// Errors: InvalidArgument for rates and channel counts outside the limits of decode_protocol.h,
// FailedPrecondition for protected content, DataLoss when the file ends before its headers do.
// Headers it does not understand are left to the decoder.
Result<ContainerFacts> InspectContainer(const io::InputFile& file, MediaKind kind);

}  // namespace ironscribe::audio
