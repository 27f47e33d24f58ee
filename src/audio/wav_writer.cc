// The layout is the canonical one: "RIFF", size, "WAVE", a "fmt " chunk of 16 bytes, a "data"
// chunk.

#include "audio/wav_writer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace ironscribe::audio {
namespace {

constexpr uint32_t kHeaderBytes = 44;
constexpr uint64_t kMaxDataBytes = std::numeric_limits<uint32_t>::max() - kHeaderBytes;
constexpr uint16_t kBytesPerSample = 2;
constexpr uint16_t kFormatPcm = 1;

void AppendLittleEndian(uint64_t value, int bytes, std::string& out) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

std::string Header(int sample_rate_hz, uint64_t data_bytes) {
  std::string header = "RIFF";
  AppendLittleEndian(kHeaderBytes - 8 + data_bytes, 4, header);
  header += "WAVEfmt ";
  AppendLittleEndian(16, 4, header);
  AppendLittleEndian(kFormatPcm, 2, header);
  AppendLittleEndian(1, 2, header);  // Channels.
  AppendLittleEndian(static_cast<uint64_t>(sample_rate_hz), 4, header);
  AppendLittleEndian(static_cast<uint64_t>(sample_rate_hz) * kBytesPerSample, 4, header);
  AppendLittleEndian(kBytesPerSample, 2, header);
  AppendLittleEndian(8 * kBytesPerSample, 2, header);
  header += "data";
  AppendLittleEndian(data_bytes, 4, header);
  return header;
}

}  // namespace

Result<std::unique_ptr<WavWriter>> WavWriter::Create(const std::filesystem::path& path,
                                                     int sample_rate_hz) {
  ASSIGN_OR_RETURN(auto file, io::AtomicFile::Create(path));
  RETURN_IF_ERROR(file->Write(Header(sample_rate_hz, 0)));
  return std::unique_ptr<WavWriter>(new WavWriter(std::move(file), sample_rate_hz));
}

Status WavWriter::Write(std::span<const float> samples) {
  if (samples.size() > (kMaxDataBytes - data_bytes_) / kBytesPerSample) {
    return OutOfRangeError("a WAV file cannot hold more than 4 GB");
  }
  std::string bytes;
  bytes.reserve(samples.size() * kBytesPerSample);
  for (const float sample : samples) {
    const float clipped = std::clamp(sample, -1.0f, 1.0f);
    const auto value = static_cast<int16_t>(std::lrint(clipped * 32767.0f));
    AppendLittleEndian(static_cast<uint16_t>(value), 2, bytes);
  }
  data_bytes_ += bytes.size();
  return file_->Write(bytes);
}

Status WavWriter::Commit() {
  const std::string header = Header(sample_rate_hz_, data_bytes_);
  RETURN_IF_ERROR(file_->WriteAt(
      0, io::Bytes(reinterpret_cast<const io::Bytes::value_type*>(header.data()), header.size())));
  return file_->Commit();
}

}  // namespace ironscribe::audio
