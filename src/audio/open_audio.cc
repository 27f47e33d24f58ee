#include "audio/open_audio.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "audio/child_stream.h"
#include "audio/container_facts.h"
#include "audio/media_kind.h"
#include "audio/mixed_source.h"
#include "audio/sndfile_stream.h"
#include "io/input_file.h"

namespace ironscribe::audio {
namespace {

using InputPtr = std::shared_ptr<const io::InputFile>;

io::InputOptions MakeInputOptions(const OpenOptions& options) {
  io::InputOptions input;
  input.max_bytes = options.max_bytes;
  input.temporary_folder = options.temporary_folder;
  input.stop = options.stop;
  return input;
}

ChildStreamOptions MakeChildOptions(const OpenOptions& options) {
  ChildStreamOptions child;
  child.program = options.decode_program;
  child.max_seconds = options.max_seconds;
  child.stall_timeout_ms = options.stall_timeout_ms;
  child.stop = options.stop;
  return child;
}

Result<MediaKind> Identify(const io::InputFile& file) {
  std::vector<std::byte> head(kIdentifyBytes);
  ASSIGN_OR_RETURN(const size_t size, file.ReadAt(0, head));
  return IdentifyMedia(std::span(head).first(size));
}

// libsndfile where it can, else the program.
Result<std::unique_ptr<SampleStream>> OpenStream(const InputPtr& file, MediaKind kind,
                                                 const ContainerFacts& facts,
                                                 const OpenOptions& options) {
  const ChildStreamOptions child_options = MakeChildOptions(options);
  const bool has_program = !options.decode_program.empty();
  if (!IsDecodedInProcess(kind) || (facts.prefers_program && has_program)) {
    return ChildStream::Open(file, child_options);
  }
  auto stream = SndfileStream::Open(file, kind, facts.patch);
  if (stream.ok()) return stream;
  if (!has_program) {
    return Status(stream.status().code(),
                  fmt::format("it starts like {}, but libsndfile says \"{}\"; copy or export the "
                              "recording again",
                              MediaKindName(kind), stream.status().message()));
  }
  auto fallback = ChildStream::Open(file, child_options);
  if (fallback.ok() || fallback.status().code() == StatusCode::kCancelled) return fallback;
  return Status(
      fallback.status().code() == StatusCode::kFailedPrecondition ? StatusCode::kInvalidArgument
                                                                  : fallback.status().code(),
      fmt::format("it starts like {}, but libsndfile says \"{}\" and FFmpeg \"{}\"; copy or "
                  "export the recording again",
                  MediaKindName(kind), stream.status().message(), fallback.status().message()));
}

// What a stream that ends well hides: that there should be more. MixedSource completes it.
Status EndStatus(const ContainerFacts& facts, const std::string& name) {
  std::string reason;
  if (facts.missing_bytes > facts.harmless_missing_bytes) {
    reason = fmt::format("at least {} bytes are missing at its end", facts.missing_bytes);
  } else if (facts.missing_samples > 0) {
    reason = fmt::format("{} samples are missing at its end", facts.missing_samples);
  } else if (facts.end_mark_missing) {
    reason = "its end is not marked";
  } else {
    return OkStatus();
  }
  return DataLossError(fmt::format("'{}' is incomplete: {}, so it breaks off", name, reason));
}

// How long the whole recording is by what is known of it. Plain samples take the same number of
// bytes everywhere; of frames without an index, a decoder only counts or guesses what is left.
void SetExpectedLength(const ContainerFacts& facts, MediaKind kind, uint64_t size_bytes,
                       MixOptions& mix) {
  switch (kind) {
    case MediaKind::kWav:
    case MediaKind::kWave64:
    case MediaKind::kAiff:
    case MediaKind::kAu:
    case MediaKind::kCaf:
    case MediaKind::kSphere:
      mix.whole_to_part =
          static_cast<double>(size_bytes + facts.missing_bytes) / static_cast<double>(size_bytes);
      break;
    case MediaKind::kFlac:
    case MediaKind::kMp4:
    case MediaKind::kMatroska:
    case MediaKind::kAsf:
    case MediaKind::kAvi:
    case MediaKind::kTta:
    case MediaKind::kWavPack:
      mix.tells_length = true;
      break;
    default:
      break;
  }
}

// Refuses what only the program could read and does not know; everything else may still turn out to
// be a recording.
Status CheckStart(const InputPtr& start, const OpenOptions& options) {
  ASSIGN_OR_RETURN(const MediaKind kind, Identify(*start));
  const bool has_no_mark = kind == MediaKind::kOther || kind == MediaKind::kAdts ||
                           kind == MediaKind::kAc3 || kind == MediaKind::kMpegTs;
  if (!has_no_mark || options.decode_program.empty()) return OkStatus();
  return ChildStream::Probe(start, MakeChildOptions(options));
}

std::string Context(const std::string& name) {
  return fmt::format("cannot read '{}' as a recording", name);
}

// A recording that was looked at: how to decode it, and what to make of that.
struct Recording {
  MixedSource::Opener open;
  MixOptions mix;
};

Result<Recording> Inspect(const InputPtr& file, const OpenOptions& options) {
  const std::string context = Context(file->name());
  const auto kind = Identify(*file);
  if (!kind.ok()) return kind.status().Annotate(context);
  const auto facts = InspectContainer(*file, *kind);
  if (!facts.ok()) return facts.status().Annotate(context);
  Recording recording;
  recording.open = [file, kind = *kind, facts = *facts, options, context] {
    auto stream = OpenStream(file, kind, facts, options);
    if (!stream.ok()) stream = stream.status().Annotate(context);
    return stream;
  };
  recording.mix.name = file->name();
  recording.mix.max_seconds = options.max_seconds;
  recording.mix.end_status = EndStatus(*facts, file->name());
  SetExpectedLength(*facts, *kind, file->size_bytes(), recording.mix);
  return recording;
}

Result<std::unique_ptr<PcmSource>> OpenSource(const Recording& recording,
                                              std::optional<int> channel) {
  ASSIGN_OR_RETURN(std::unique_ptr<SampleStream> stream, recording.open());
  MixOptions mix = recording.mix;
  mix.channel = channel;
  return MixedSource::Create(std::move(stream), recording.open, std::move(mix));
}

Result<std::unique_ptr<PcmSource>> OpenInput(const InputPtr& file, const OpenOptions& options) {
  ASSIGN_OR_RETURN(const Recording recording, Inspect(file, options));
  return OpenSource(recording, options.channel);
}

Result<ChannelSources> OpenInputChannels(const InputPtr& file, const OpenOptions& options) {
  ASSIGN_OR_RETURN(const Recording recording, Inspect(file, options));
  ASSIGN_OR_RETURN(std::unique_ptr<SampleStream> stream, recording.open());
  ChannelSources sources;
  sources.num_channels = stream->format().channels;
  ASSIGN_OR_RETURN(const auto mixed,
                   MixedSource::Create(std::move(stream), recording.open, recording.mix));
  sources.expected_samples = mixed->ExpectedSamples();
  sources.description = mixed->Description();
  sources.open = [recording](int channel) { return OpenSource(recording, channel); };
  return sources;
}

Result<InputPtr> OpenDescriptor(int descriptor, std::string name, const OpenOptions& options) {
  io::InputOptions input = MakeInputOptions(options);
  input.check_head = [context = Context(name)](std::span<const std::byte> head) {
    return IdentifyMedia(head.first(std::min(head.size(), kIdentifyBytes)))
        .status()
        .Annotate(context);
  };
  input.check_start = [&options, context = Context(name)](const InputPtr& start) {
    return CheckStart(start, options).Annotate(context);
  };
  return io::InputFile::FromDescriptor(descriptor, std::move(name), input);
}

constexpr char kStdinName[] = "standard input";

}  // namespace

Result<std::unique_ptr<PcmSource>> OpenAudio(const std::filesystem::path& path,
                                             const OpenOptions& options) {
  ASSIGN_OR_RETURN(const InputPtr file, io::InputFile::Open(path, MakeInputOptions(options)));
  return OpenInput(file, options);
}

Result<std::unique_ptr<PcmSource>> OpenAudioDescriptor(int descriptor, std::string name,
                                                       const OpenOptions& options) {
  ASSIGN_OR_RETURN(const InputPtr file, OpenDescriptor(descriptor, std::move(name), options));
  return OpenInput(file, options);
}

Result<std::unique_ptr<PcmSource>> OpenAudioStdin(const OpenOptions& options) {
  return OpenAudioDescriptor(STDIN_FILENO, kStdinName, options);
}

Result<ChannelSources> OpenAudioChannels(const std::filesystem::path& path,
                                         const OpenOptions& options) {
  ASSIGN_OR_RETURN(const InputPtr file, io::InputFile::Open(path, MakeInputOptions(options)));
  return OpenInputChannels(file, options);
}

Result<ChannelSources> OpenAudioChannelsDescriptor(int descriptor, std::string name,
                                                   const OpenOptions& options) {
  ASSIGN_OR_RETURN(const InputPtr file, OpenDescriptor(descriptor, std::move(name), options));
  return OpenInputChannels(file, options);
}

Result<ChannelSources> OpenAudioChannelsStdin(const OpenOptions& options) {
  return OpenAudioChannelsDescriptor(STDIN_FILENO, kStdinName, options);
}

}  // namespace ironscribe::audio
