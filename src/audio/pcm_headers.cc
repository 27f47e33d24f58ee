#include "audio/pcm_headers.h"

#include <cmath>
#include <cstdlib>
#include <cstring>

#include "base/safe_math.h"

namespace ironscribe::audio {
namespace {

// A walk over chunks gives up after so many; real files have a handful.
constexpr int kMaxChunks = 1000;
// Sizes from here on mean "not known when the header was written": programs that write to a pipe
// put 0xFFFFFFFF (FFmpeg), 0x80000000 (arecord) or 0x7FFFF000 and a little (SoX) there.
constexpr uint64_t kUnknownSizeFrom = 0x7fff0000;
constexpr uint64_t kUnknownSize32 = 0xffffffff;
// SPHERE headers are text of usually 1,024 bytes.
constexpr uint64_t kMaxSphereHeaderBytes = 16 * 1024;

// The 80-bit extended float that AIFF uses for its rate; nullopt for infinity and NaN.
std::optional<int64_t> ExtendedToInteger(uint64_t sign_and_exponent, uint64_t mantissa) {
  const int exponent = static_cast<int>(sign_and_exponent & 0x7fff) - 16383 - 63;
  if ((sign_and_exponent & 0x7fff) == 0x7fff) return std::nullopt;
  const double value = std::ldexp(static_cast<double>(mantissa), exponent);
  const double sign = (sign_and_exponent & 0x8000) != 0 ? -1.0 : 1.0;
  if (value > 1e15) return std::nullopt;
  return static_cast<int64_t>(std::llround(sign * value));
}

std::optional<int64_t> Signed(std::optional<uint64_t> value) {
  if (!value) return std::nullopt;
  return static_cast<int64_t>(*value);
}

}  // namespace

ContainerFacts ReadWavHeader(const HeaderCursor& file) {
  ContainerFacts facts;
  const bool big_endian = file.Is(0, "RIFX");
  const auto field = [&](uint64_t at, size_t length) {
    return big_endian ? file.BigEndian(at, length) : file.LittleEndian(at, length);
  };
  std::optional<uint64_t> data_size_64;
  uint64_t offset = 12;
  for (int chunk = 0; chunk < kMaxChunks; ++chunk) {
    const auto id = file.Text(offset, 4);
    const auto size = field(offset + 4, 4);
    if (!id || !size) {
      facts.ends_within_header = true;
      break;
    }
    if (*id == "ds64") data_size_64 = file.LittleEndian(offset + 16, 8);
    if (*id == "fmt ") {
      facts.channels = Signed(field(offset + 10, 2));
      facts.rate_hz = Signed(field(offset + 12, 4));
    }
    if (*id == "data") {
      const bool wide = data_size_64 && *size == kUnknownSize32;
      const uint64_t promised = wide ? *data_size_64 : *size;
      if (wide || promised < kUnknownSizeFrom) {
        facts.missing_bytes = MissingBytes(file.size_bytes(), offset + 8, promised);
      }
      // In a finished file without samples, the size in the first header covers what follows.
      const uint64_t covered_bytes = 8 + field(4, 4).value_or(0);
      const bool finished = covered_bytes >= file.size_bytes() && covered_bytes < kUnknownSizeFrom;
      if (*size == 0 && !finished && file.size_bytes() > offset + 8) {
        facts.patch = {offset + 4, "\xff\xff\xff\xff"};
      }
      break;
    }
    offset += 8 + *size + (*size & 1);
  }
  return facts;
}

ContainerFacts ReadWave64Header(const HeaderCursor& file) {
  ContainerFacts facts;
  // Chunks: a 16-byte identifier that starts with four letters, an 8-byte size that includes this
  // header of 24, padded to 8. The first two identifiers are 16 + 8 + 16 bytes.
  uint64_t offset = 40;
  for (int chunk = 0; chunk < kMaxChunks; ++chunk) {
    const auto id = file.Text(offset, 4);
    const auto size = file.LittleEndian(offset + 16, 8);
    if (!id || !size || *size < 24) {
      facts.ends_within_header = !id || !size;
      break;
    }
    if (*id == "fmt ") {
      facts.channels = Signed(file.LittleEndian(offset + 26, 2));
      facts.rate_hz = Signed(file.LittleEndian(offset + 28, 4));
    }
    if (*id == "data") {
      facts.missing_bytes = MissingBytes(file.size_bytes(), offset, *size);
      break;
    }
    const auto padded = CheckedAdd(*size, 7);
    const auto next = padded ? CheckedAdd(offset, *padded & ~uint64_t{7}) : std::nullopt;
    if (!next) break;
    offset = *next;
  }
  return facts;
}

ContainerFacts ReadAiffHeader(const HeaderCursor& file) {
  ContainerFacts facts;
  uint64_t offset = 12;
  for (int chunk = 0; chunk < kMaxChunks; ++chunk) {
    const auto id = file.Text(offset, 4);
    const auto size = file.BigEndian(offset + 4, 4);
    if (!id || !size) break;
    if (*id == "COMM") {
      facts.channels = Signed(file.BigEndian(offset + 8, 2));
      const auto exponent = file.BigEndian(offset + 16, 2);
      const auto mantissa = file.BigEndian(offset + 18, 8);
      // What is no number becomes 0, which is refused like every other rate out of range.
      if (exponent && mantissa) facts.rate_hz = ExtendedToInteger(*exponent, *mantissa).value_or(0);
    }
    if (*id == "SSND" && *size < kUnknownSizeFrom) {
      facts.missing_bytes = MissingBytes(file.size_bytes(), offset + 8, *size);
    }
    offset += 8 + *size + (*size & 1);
  }
  return facts;
}

ContainerFacts ReadAuHeader(const HeaderCursor& file) {
  ContainerFacts facts;
  const auto offset = file.BigEndian(4, 4);
  const auto size = file.BigEndian(8, 4);
  facts.rate_hz = Signed(file.BigEndian(16, 4));
  facts.channels = Signed(file.BigEndian(20, 4));
  if (offset && size && *size != kUnknownSize32) {
    facts.missing_bytes = MissingBytes(file.size_bytes(), *offset, *size);
  }
  return facts;
}

ContainerFacts ReadCafHeader(const HeaderCursor& file) {
  ContainerFacts facts;
  uint64_t offset = 8;
  for (int chunk = 0; chunk < kMaxChunks; ++chunk) {
    const auto id = file.Text(offset, 4);
    const auto size = file.BigEndian(offset + 4, 8);
    if (!id || !size) break;
    if (*id == "desc") {
      const auto bits = file.BigEndian(offset + 12, 8);
      double rate = 0.0;
      if (bits) std::memcpy(&rate, &*bits, sizeof(rate));
      if (bits) facts.rate_hz = rate >= 0.0 && rate < 1e15 ? std::llround(rate) : 0;
      facts.channels = Signed(file.BigEndian(offset + 36, 4));
    }
    if (*id == "data") {
      // All ones: up to the end of the file.
      if (*size != UINT64_MAX) {
        facts.missing_bytes = MissingBytes(file.size_bytes(), offset + 12, *size);
      }
      if (facts.missing_bytes > 0) {
        std::string bytes;
        for (int shift = 56; shift >= 0; shift -= 8) {
          bytes += static_cast<char>((*size - facts.missing_bytes) >> shift & 0xff);
        }
        facts.patch = {offset + 4, bytes};
      }
      if (*size == UINT64_MAX) break;
    }
    const auto next = CheckedAdd(offset + 12, *size);
    if (!next) break;
    offset = *next;
  }
  return facts;
}

ContainerFacts ReadFlacHeader(const HeaderCursor& file) {
  ContainerFacts facts;
  // "fLaC", a block header of 4 bytes, then STREAMINFO (RFC 9639): after 10 bytes of block and
  // frame sizes 20 bits of rate and 3 of channels less one. A tag before it hides it from here.
  const auto bits = file.BigEndian(18, 3);
  if (file.Is(0, "fLaC") && bits) {
    facts.rate_hz = static_cast<int64_t>(*bits >> 4);
    facts.channels = static_cast<int64_t>(*bits >> 1 & 7) + 1;
  }
  return facts;
}

ContainerFacts ReadSphereHeader(const HeaderCursor& file) {
  ContainerFacts facts;
  std::string header;
  for (uint64_t offset = 0; offset < kMaxSphereHeaderBytes; offset += 64) {
    const auto piece = file.Text(offset, 64);
    if (!piece) break;
    header += *piece;
    if (header.find("\nend_head") != std::string::npos) break;
  }
  const auto number = [&header](std::string_view name) -> std::optional<int64_t> {
    const std::string key = "\n" + std::string(name) + " -i ";
    const size_t at = header.find(key);
    if (at == std::string::npos) return std::nullopt;
    return std::strtoll(header.c_str() + at + key.size(), nullptr, 10);
  };
  facts.rate_hz = number("sample_rate");
  facts.channels = number("channel_count");
  const auto frames = number("sample_count");
  const auto sample_bytes = number("sample_n_bytes");
  // Compressed files ("pcm,embedded-shorten-...") take less than this; those are left alone.
  if (frames && sample_bytes && facts.channels && header.find("embedded") == std::string::npos) {
    const int64_t dimensions[] = {*frames, *sample_bytes, *facts.channels};
    const auto promised = CheckedProduct(dimensions);
    const int64_t header_bytes = std::strtoll(header.c_str() + 8, nullptr, 10);
    if (promised && header_bytes > 0) {
      facts.missing_bytes =
          MissingBytes(file.size_bytes(), static_cast<uint64_t>(header_bytes), *promised);
    }
  }
  return facts;
}

}  // namespace ironscribe::audio
