#include "apps/decode/block_writer.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace ironscribe::decode {
namespace {

// Half a pipe's default capacity, so that reader and writer overlap.
constexpr size_t kPcmBlockBytes = 32 * 1024;

void Append(std::vector<std::byte>& bytes, const void* data, size_t size) {
  const auto* begin = static_cast<const std::byte*>(data);
  bytes.insert(bytes.end(), begin, begin + size);
}

}  // namespace

Status BlockWriter::WriteHeader(const audio::StreamHeader& header, std::string_view description) {
  std::vector<std::byte> payload;
  Append(payload, &header, sizeof(header));
  Append(payload, description.data(), std::min(description.size(), audio::kMaxMessageBytes));
  return WriteBlock(audio::BlockKind::kHeader, payload);
}

Status BlockWriter::WriteSamples(std::span<const float> samples, int channels) {
  const size_t frame_bytes = sizeof(float) * static_cast<size_t>(channels);
  const size_t block_samples =
      std::max<size_t>(kPcmBlockBytes / frame_bytes, 1) * static_cast<size_t>(channels);
  while (!samples.empty()) {
    const auto block = samples.first(std::min(samples.size(), block_samples));
    RETURN_IF_ERROR(WriteBlock(audio::BlockKind::kPcm, std::as_bytes(block)));
    samples = samples.subspan(block.size());
  }
  return OkStatus();
}

Status BlockWriter::WriteEnd() { return WriteBlock(audio::BlockKind::kEnd, {}); }

Status BlockWriter::WriteError(const Status& error) {
  std::vector<std::byte> payload;
  const auto code = static_cast<uint32_t>(error.code());
  Append(payload, &code, sizeof(code));
  Append(payload, error.message().data(),
         std::min(error.message().size(), audio::kMaxMessageBytes));
  return WriteBlock(audio::BlockKind::kError, payload);
}

Status BlockWriter::WriteBlock(audio::BlockKind kind, std::span<const std::byte> payload) {
  const audio::BlockPrefix prefix = {static_cast<uint32_t>(kind),
                                     static_cast<uint32_t>(payload.size())};
  RETURN_IF_ERROR(WriteAll(std::as_bytes(std::span(&prefix, 1))));
  return WriteAll(payload);
}

Status BlockWriter::WriteAll(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return UnavailableError("the reader of the decoded samples went away");
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return OkStatus();
}

}  // namespace ironscribe::decode
