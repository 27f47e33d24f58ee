#include "audio/child_stream.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace ironscribe::audio {
namespace {

// A program that has closed its output has nothing left to do but end.
constexpr int kExitTimeoutMs = 5000;

// Text of a program that may have been taken over, fit to be shown on a terminal: printable ASCII.
std::string Printable(std::string_view text) {
  std::string clean(text);
  for (char& c : clean) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return clean;
}

Status ProtocolError(std::string_view what) {
  return DataLossError(fmt::format("the decoding program misbehaved ({})", what));
}

// Only the codes that a recording can be to blame for.
StatusCode AcceptedCode(uint32_t code) {
  for (const StatusCode accepted : {StatusCode::kInvalidArgument, StatusCode::kFailedPrecondition,
                                    StatusCode::kResourceExhausted}) {
    if (code == static_cast<uint32_t>(accepted)) return accepted;
  }
  return StatusCode::kDataLoss;
}

}  // namespace

Result<std::unique_ptr<ChildStream>> ChildStream::Start(const io::InputFile& file,
                                                        const std::vector<std::string>& arguments,
                                                        const ChildStreamOptions& options) {
  if (options.program.empty()) {
    return FailedPreconditionError(
        "the program ironscribe-decode, which reads this kind, is not set up; install it beside "
        "ironscribe");
  }
  io::ChildOptions child_options;
  child_options.inherited_descriptors = {file.descriptor()};
  child_options.clear_environment = true;
  std::vector<std::string> command = {options.program.string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  auto child = io::ChildProcess::Start(command, child_options);
  if (!child.ok()) {
    return FailedPreconditionError(fmt::format(
        "the program that reads this kind does not start: {}; install ironscribe-decode beside "
        "ironscribe",
        child.status().message()));
  }
  return std::unique_ptr<ChildStream>(new ChildStream(std::move(child).value(), options));
}

Result<std::unique_ptr<SampleStream>> ChildStream::Open(std::shared_ptr<const io::InputFile> file,
                                                        const ChildStreamOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<ChildStream> stream,
                   Start(*file, {"--max-seconds", std::to_string(options.max_seconds)}, options));
  RETURN_IF_ERROR(stream->ReadHeader());
  return std::unique_ptr<SampleStream>(std::move(stream));
}

Status ChildStream::Probe(std::shared_ptr<const io::InputFile> start,
                          const ChildStreamOptions& options) {
  const auto stream = Start(*start, {"--probe"}, options);
  if (!stream.ok()) return OkStatus();
  const auto prefix = (*stream)->ReadPrefix();
  if (!prefix.ok() || prefix->kind != static_cast<uint32_t>(BlockKind::kError)) return OkStatus();
  const Status error = (*stream)->ReadErrorBlock(prefix->size_bytes);
  return error.code() == StatusCode::kInvalidArgument ? error : OkStatus();
}

Status ChildStream::ReadHeader() {
  ASSIGN_OR_RETURN(const BlockPrefix prefix, ReadPrefix());
  if (prefix.kind == static_cast<uint32_t>(BlockKind::kError)) {
    return ReadErrorBlock(prefix.size_bytes);
  }
  StreamHeader header = {};
  if (prefix.kind != static_cast<uint32_t>(BlockKind::kHeader) ||
      prefix.size_bytes < sizeof(header) || prefix.size_bytes > sizeof(header) + kMaxMessageBytes) {
    return ProtocolError("no header");
  }
  RETURN_IF_ERROR(ReadExactly(std::as_writable_bytes(std::span(&header, 1))));
  std::string description(prefix.size_bytes - sizeof(header), '\0');
  RETURN_IF_ERROR(ReadExactly(std::as_writable_bytes(std::span(description))));
  if (header.magic != kProtocolMagic || header.version != kProtocolVersion) {
    return FailedPreconditionError(
        fmt::format("'{}' is of another version of ironscribe; install both from one release",
                    options_.program.string()));
  }
  if (!IsAcceptedRate(header.rate_hz) || header.channels < 1 ||
      header.channels > uint32_t{kMaxChannels}) {
    return ProtocolError("rate or channels out of range");
  }
  format_.rate_hz = static_cast<int>(header.rate_hz);
  format_.channels = static_cast<int>(header.channels);
  format_.expected_frames = std::max<int64_t>(header.expected_frames, -1);
  format_.description = Printable(description);
  return OkStatus();
}

Result<size_t> ChildStream::ReadFrames(std::span<float> interleaved) {
  const size_t frame_bytes = sizeof(float) * static_cast<size_t>(format_.channels);
  while (block_left_bytes_ == 0 && !ended_) {
    ASSIGN_OR_RETURN(const BlockPrefix prefix, ReadPrefix());
    switch (static_cast<BlockKind>(prefix.kind)) {
      case BlockKind::kPcm:
        if (prefix.size_bytes == 0 || prefix.size_bytes % frame_bytes != 0 ||
            prefix.size_bytes > kMaxBlockBytes) {
          return ProtocolError("a block of a wrong size");
        }
        block_left_bytes_ = prefix.size_bytes;
        break;
      case BlockKind::kEnd:
        ended_ = true;
        break;
      case BlockKind::kError:
        return ReadErrorBlock(prefix.size_bytes);
      default:
        return ProtocolError("a block of an unknown kind");
    }
  }
  if (ended_) return size_t{0};
  const size_t frames =
      std::min(interleaved.size_bytes() / frame_bytes, block_left_bytes_ / frame_bytes);
  RETURN_IF_ERROR(ReadExactly(std::as_writable_bytes(interleaved).first(frames * frame_bytes)));
  block_left_bytes_ -= frames * frame_bytes;
  return frames;
}

Status ChildStream::ReadExactly(std::span<std::byte> out) {
  while (!out.empty()) {
    auto count = child_->ReadStdout(out, options_.stall_timeout_ms, options_.stop);
    if (!count.ok()) {
      child_->Kill();
      if (count.status().code() != StatusCode::kDeadlineExceeded) return count.status();
      return Status(StatusCode::kDeadlineExceeded,
                    fmt::format("decoding gave nothing for {} s and was stopped; the file may be "
                                "damaged",
                                options_.stall_timeout_ms / 1000));
    }
    if (*count == 0) return ExplainEnd();
    out = out.subspan(*count);
  }
  return OkStatus();
}

Result<BlockPrefix> ChildStream::ReadPrefix() {
  BlockPrefix prefix = {};
  RETURN_IF_ERROR(ReadExactly(std::as_writable_bytes(std::span(&prefix, 1))));
  return prefix;
}

Status ChildStream::ReadErrorBlock(uint32_t size_bytes) {
  uint32_t code = 0;
  if (size_bytes < sizeof(code) || size_bytes > sizeof(code) + kMaxMessageBytes) {
    return ProtocolError("an error of a wrong size");
  }
  RETURN_IF_ERROR(ReadExactly(std::as_writable_bytes(std::span(&code, 1))));
  std::string message(size_bytes - sizeof(code), '\0');
  RETURN_IF_ERROR(ReadExactly(std::as_writable_bytes(std::span(message))));
  return Status(AcceptedCode(code), Printable(message));
}

Status ChildStream::ExplainEnd() {
  const auto exit = child_->Wait(kExitTimeoutMs, options_.stop);
  if (!exit.ok()) return ProtocolError("it closed its output and goes on");
  if (exit->signal == SIGXCPU) {
    return Status(StatusCode::kDeadlineExceeded,
                  "decoding took too much processor time and was stopped; the file may be damaged");
  }
  return DataLossError(
      fmt::format("the decoding program {}; the file may be damaged", exit->ToString()));
}

}  // namespace ironscribe::audio
