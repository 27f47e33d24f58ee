// ironscribe-decode: reads a recording from descriptor 3 and writes its sound to the standard
// output as blocks of audio/decode_protocol.h. It is the only program linked with FFmpeg, and
// decodes only inside a sandbox. Started by ironscribe, not by people; see README.md.

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string_view>

#include "apps/decode/block_writer.h"
#include "apps/decode/media_decoder.h"
#include "apps/decode/media_input.h"
#include "apps/decode/recording_io.h"
#include "apps/decode/sandbox.h"
#include "audio/decode_protocol.h"

extern "C" {
#include <libavutil/log.h>
}

namespace ironscribe::decode {
namespace {

constexpr int kExitUsage = 2;
constexpr int64_t kDefaultMaxSeconds = 24 * 3600;
constexpr int64_t kMaxMaxSeconds = 366 * 24 * 3600;
// Processor time: a fixed allowance to start and to search for tracks, then one second for each of
// recording or for each 20 kB of file, whichever is less. The slowest codecs decode 20 times faster
// than real time, and the most frugal ones use 600 bytes for a second.
constexpr uint64_t kBaseCpuSeconds = 60;
constexpr uint64_t kBytesPerCpuSecond = 20'000;

constexpr char kUsage[] =
    "Usage: ironscribe-decode [--max-seconds N] 3<RECORDING >BLOCKS\n"
    "       ironscribe-decode --probe 3<START_OF_RECORDING >BLOCKS\n"
    "       ironscribe-decode --self-test\n"
    "Decodes a recording in a sandbox; ironscribe starts it for you.\n";

struct Arguments {
  int64_t max_seconds = kDefaultMaxSeconds;
  bool probe = false;
  bool self_test = false;
};

std::optional<Arguments> ParseArguments(int argc, char** argv) {
  Arguments arguments;
  for (int index = 1; index < argc; ++index) {
    const std::string_view argument = argv[index];
    if (argument == "--self-test") {
      arguments.self_test = true;
    } else if (argument == "--probe") {
      arguments.probe = true;
    } else if (argument == "--max-seconds" && index + 1 < argc) {
      const std::string_view value = argv[++index];
      const auto [end, error] =
          std::from_chars(value.data(), value.data() + value.size(), arguments.max_seconds);
      if (error != std::errc() || end != value.data() + value.size()) return std::nullopt;
      if (arguments.max_seconds < 1 || arguments.max_seconds > kMaxMaxSeconds) return std::nullopt;
    } else {
      return std::nullopt;
    }
  }
  return arguments;
}

Status Decode(const Arguments& arguments, BlockWriter& blocks) {
  ASSIGN_OR_RETURN(const std::unique_ptr<RecordingIo> io,
                   RecordingIo::Create(audio::kRecordingDescriptor));
  SandboxLimits limits;
  limits.cpu_seconds =
      kBaseCpuSeconds + std::min(static_cast<uint64_t>(arguments.max_seconds),
                                 static_cast<uint64_t>(io->size_bytes()) / kBytesPerCpuSecond);
  RETURN_IF_ERROR(EnterSandbox(limits));
  if (arguments.probe) return ProbeRecording(*io);
  return DecodeRecording(*io, arguments.max_seconds, blocks);
}

int Main(int argc, char** argv) {
  const std::optional<Arguments> arguments = ParseArguments(argc, argv);
  if (!arguments) {
    std::fputs(kUsage, stderr);
    return kExitUsage;
  }
  if (arguments->self_test) return RunSandboxSelfTest() ? 0 : 1;
  av_log_set_level(AV_LOG_QUIET);
  BlockWriter blocks(STDOUT_FILENO);
  const Status status = Decode(*arguments, blocks);
  const Status written = status.ok() ? blocks.WriteEnd() : blocks.WriteError(status);
  return status.ok() && written.ok() ? 0 : 1;
}

}  // namespace
}  // namespace ironscribe::decode

int main(int argc, char** argv) {
  // _exit: what exit handlers of a hundred libraries want to do is not allowed in the sandbox.
  ::_exit(ironscribe::decode::Main(argc, argv));
}
