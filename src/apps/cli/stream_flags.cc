#include "apps/cli/stream_flags.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "dsp/resampler.h"

namespace ironscribe::cli {

void AddStreamFlags(CLI::App& app, TranscribeOptions& options) {
  app.option_defaults()->group("Input");
  app.add_flag("--stream", options.stream,
               "Listen: text while 16-bit PCM arrives on standard input, until it ends or Ctrl-C; "
               "as text or, with partial results, as --format json lines (Vosk models)");
  app.add_option("--rate", options.stream_rate_hz,
                 "With --stream, samples a second of PCM without a WAV header (default 16000)")
      ->check(CLI::Range(dsp::Resampler::kLowestRateHz, dsp::Resampler::kHighestRateHz));
}

Status CheckStreamFlags(const CLI::App& app, const TranscribeOptions& options) {
  const CLI::Option* rate = app.get_option_no_throw("--rate");
  if (!options.stream) {
    if (rate != nullptr && rate->count() > 0) return InvalidArgumentError("--rate needs --stream");
    return OkStatus();
  }
  if (options.inputs != std::vector<std::string>{"-"}) {
    return InvalidArgumentError("--stream listens to standard input: give - and nothing else");
  }
  if (!options.output_folder.empty()) {
    return InvalidArgumentError("--stream writes to standard output; leave out --output-dir");
  }
  const std::string_view format = options.formats[0]->name;
  if (options.formats.size() > 1 || (format != "txt" && format != "json")) {
    return InvalidArgumentError("--stream: --format txt or json; other formats need the end");
  }
  if (options.split_channels) return InvalidArgumentError("--stream hears all channels as one");
  if (!options.decoding.clips.empty()) {
    return InvalidArgumentError("--stream has no --clip: sound has no end yet to be cut from");
  }
  if (options.finishing.changes_text()) {
    return InvalidArgumentError(
        "--stream gives text as it is heard; what redacts or rewrites it needs whole segments and "
        "comes later");
  }
  return OkStatus();
}

}  // namespace ironscribe::cli
