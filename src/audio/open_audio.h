// Opens any recording, audio or video, as a PcmSource: the entry of this folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "audio/pcm_source.h"
#include "base/status.h"

namespace ironscribe::audio {

struct OpenOptions {
  // Take this channel (from 0) instead of the mean of all.
  std::optional<int> channel;
  // Longer recordings give what lies before the limit, then ResourceExhausted. At least 1.
  int64_t max_seconds = 24 * 3600;
  // Larger files are refused, also when they come through a pipe.
  uint64_t max_bytes = uint64_t{64} << 30;
  // Path of ironscribe-decode. Empty: only what libsndfile reads can be opened.
  std::filesystem::path decode_program;
  // Where input from a pipe is kept while it is read.
  std::filesystem::path temporary_folder = "/tmp";
  // How long ironscribe-decode may work without giving anything.
  int stall_timeout_ms = 60'000;
  std::stop_token stop;
};

// Errors name the file, the reason and a remedy: NotFound, PermissionDenied, InvalidArgument (no
// recording), FailedPrecondition (protected, or ironscribe-decode is missing), DataLoss (damaged),
// ResourceExhausted (a limit), DeadlineExceeded and Cancelled. A recording without a single sample
// is no error. The source keeps the file open; use it from one thread at a time.
Result<std::unique_ptr<PcmSource>> OpenAudio(const std::filesystem::path& path,
                                             const OpenOptions& options);

// The same for a descriptor, which stays the caller's. One that cannot be read at any position (a
// pipe) is first read to its end. `name` is used in messages.
Result<std::unique_ptr<PcmSource>> OpenAudioDescriptor(int descriptor, std::string name,
                                                       const OpenOptions& options);

// Standard input.
Result<std::unique_ptr<PcmSource>> OpenAudioStdin(const OpenOptions& options);

// A recording whose channels are to be read each on its own. Nothing of it is held in memory: every
// source decodes the recording for itself, from one shared descriptor.
struct ChannelSources {
  int num_channels = 0;
  int64_t expected_samples = -1;  // As PcmSource::ExpectedSamples.
  std::string description;        // As PcmSource::Description.
  // A source of that channel (from 0), as if it were a recording of its own. May be called from
  // many threads, as often as wanted, also after this struct is gone.
  std::function<Result<std::unique_ptr<PcmSource>>(int channel)> open;
};

// As the functions above, save that options.channel does not count.
Result<ChannelSources> OpenAudioChannels(const std::filesystem::path& path,
                                         const OpenOptions& options);
Result<ChannelSources> OpenAudioChannelsDescriptor(int descriptor, std::string name,
                                                   const OpenOptions& options);
Result<ChannelSources> OpenAudioChannelsStdin(const OpenOptions& options);

}  // namespace ironscribe::audio
