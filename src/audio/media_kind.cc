#include "audio/media_kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace ironscribe::audio {
namespace {

using Head = std::string_view;

struct Magic {
  size_t offset;
  std::string_view bytes;
};

struct KindRule {
  MediaKind kind;
  Magic first;
  Magic second;  // Empty bytes match everything.
};

using namespace std::string_view_literals;

// From the formats' specifications; the first rule that matches decides.
constexpr KindRule kKinds[] = {
    {MediaKind::kWav, {0, "RIFF"sv}, {8, "WAVE"sv}},
    {MediaKind::kWav, {0, "RIFX"sv}, {8, "WAVE"sv}},
    {MediaKind::kWav, {0, "RF64"sv}, {8, "WAVE"sv}},
    {MediaKind::kWav, {0, "BW64"sv}, {8, "WAVE"sv}},
    {MediaKind::kWave64,
     {0, "riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00"sv},
     {24, "wave"sv}},
    {MediaKind::kAiff, {0, "FORM"sv}, {8, "AIFF"sv}},
    {MediaKind::kAiff, {0, "FORM"sv}, {8, "AIFC"sv}},
    {MediaKind::kAu, {0, ".snd"sv}, {0, ""sv}},
    {MediaKind::kCaf, {0, "caff"sv}, {0, ""sv}},
    {MediaKind::kSphere, {0, "NIST_1A\n"sv}, {0, ""sv}},
    {MediaKind::kFlac, {0, "fLaC"sv}, {0, ""sv}},
    {MediaKind::kOgg, {0, "OggS"sv}, {0, ""sv}},
    {MediaKind::kMp4, {4, "ftyp"sv}, {0, ""sv}},
    {MediaKind::kMp4, {4, "moov"sv}, {0, ""sv}},
    {MediaKind::kMp4, {4, "mdat"sv}, {0, ""sv}},
    {MediaKind::kMp4, {4, "wide"sv}, {0, ""sv}},
    {MediaKind::kMp4, {4, "skip"sv}, {0, ""sv}},
    {MediaKind::kMatroska, {0, "\x1a\x45\xdf\xa3"sv}, {0, ""sv}},
    {MediaKind::kAvi, {0, "RIFF"sv}, {8, "AVI "sv}},
    {MediaKind::kAsf, {0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11"sv}, {0, ""sv}},
    {MediaKind::kAc3, {0, "\x0b\x77"sv}, {0, ""sv}},
    {MediaKind::kMpegPs, {0, "\x00\x00\x01\xba"sv}, {0, ""sv}},
    {MediaKind::kFlv, {0, "FLV\x01"sv}, {0, ""sv}},
    {MediaKind::kTta, {0, "TTA1"sv}, {0, ""sv}},
    {MediaKind::kWavPack, {0, "wvpk"sv}, {0, ""sv}},
    {MediaKind::kZip, {0, "PK\x03\x04"sv}, {0, ""sv}},
    {MediaKind::kOther, {0, "#!AMR"sv}, {0, ""sv}},
};

struct Refusal {
  Magic magic;
  std::string_view what;
};

constexpr std::string_view kArchiveRemedy = "; unpack it and give the recording inside";
constexpr std::string_view kMediaRemedy = "; give an audio or video recording";

constexpr Refusal kArchives[] = {
    {{0, "PK\x05\x06"sv}, "an empty ZIP archive"},
    {{0, "7z\xbc\xaf\x27\x1c"sv}, "a 7-Zip archive"},
    {{0, "Rar!\x1a\x07"sv}, "a RAR archive"},
    {{0, "\x1f\x8b\x08"sv}, "a gzip archive"},
    {{0, "BZh"sv}, "a bzip2 archive"},
    {{0,
      "\xfd"
      "7zXZ\x00"sv},
     "an xz archive"},
    {{0, "\x28\xb5\x2f\xfd"sv}, "a Zstandard archive"},
    {{257, "ustar"sv}, "a tar archive"},
};

constexpr Refusal kOtherThings[] = {
    {{0, "#EXTM3U"sv}, "a playlist, which only names recordings"},
    {{0, "ffconcat"sv}, "a concat script, which only names recordings"},
    {{0, "[playlist]"sv}, "a playlist, which only names recordings"},
    {{0, "%PDF-"sv}, "a PDF document"},
    {{0, "\x89PNG\r\n"sv}, "a PNG picture"},
    {{0, "\xff\xd8\xff"sv}, "a JPEG picture"},
    {{0, "GIF8"sv}, "a GIF picture"},
    {{0,
      "\x7f"
      "ELF"sv},
     "a program"},
    {{0, "SQLite format 3"sv}, "a database"},
};

bool Matches(Head head, const Magic& magic) {
  return head.size() >= magic.offset + magic.bytes.size() &&
         head.substr(magic.offset, magic.bytes.size()) == magic.bytes;
}

// Text has no control characters but white space (and escape, in ANSI text); recordings do, within
// their first few hundred bytes. UTF-16 has a byte-order mark and zeros between Latin letters.
bool LooksLikeText(Head head) {
  const Head sample = head.substr(0, 512);
  if (sample.size() >= 4 &&
      (Matches(sample, {0, "\xff\xfe"sv}) || Matches(sample, {0, "\xfe\xff"sv}))) {
    const size_t high = sample[0] == '\xff' ? 3 : 2;
    size_t zeros = 0;
    size_t units = 0;
    for (size_t index = high; index < sample.size(); index += 2, ++units) {
      zeros += sample[index] == '\0' ? 1 : 0;
    }
    return zeros * 4 >= units * 3;
  }
  return std::all_of(sample.begin(), sample.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 ? byte != 0x7f : (byte >= 0x09 && byte <= 0x0d) || byte == 0x1b;
  });
}

// The 11 sync bits of an MPEG audio frame and a layer that exists; ADTS has layer 0.
bool IsMpegAudioFrame(Head head) {
  if (head.size() < 4) return false;
  const auto byte = [head](size_t index) { return static_cast<unsigned char>(head[index]); };
  return byte(0) == 0xff && (byte(1) & 0xe0) == 0xe0 && (byte(1) & 0x18) != 0x08 &&
         (byte(1) & 0x06) != 0 && (byte(2) & 0xf0) != 0xf0 && (byte(2) & 0x0c) != 0x0c;
}

// An ADTS header: 12 sync bits and layer 0.
bool IsAdtsFrame(Head head) {
  return head.size() >= 2 && head[0] == '\xff' &&
         (static_cast<unsigned char>(head[1]) & 0xf6) == 0xf0;
}

// Packets of 188 bytes that start with 0x47; in some recordings 4 bytes stand before each, or 16
// behind.
bool IsTransportStream(Head head) {
  constexpr size_t kPackets = 4;
  for (const auto& [first, step] : {std::pair<size_t, size_t>{0, 188}, {4, 192}, {0, 204}}) {
    size_t packets = 0;
    while (packets < kPackets && first + packets * step < head.size() &&
           head[first + packets * step] == '\x47') {
      ++packets;
    }
    if (packets == kPackets) return true;
  }
  return false;
}

// ID3 tags may stand before MP3, but also before FLAC and AAC: what follows decides, where it is
// near enough to be seen.
MediaKind KindBehindId3(Head head) {
  size_t size = 0;
  for (size_t index = 6; index < 10 && index < head.size(); ++index) {
    size = size << 7 | (static_cast<unsigned char>(head[index]) & 0x7f);
  }
  if (head.size() < 10 || head.size() - 10 < size + 4) return MediaKind::kMpegAudio;
  const Head behind = head.substr(10 + size);
  if (behind.starts_with("fLaC")) return MediaKind::kFlac;
  return IsAdtsFrame(behind) ? MediaKind::kAdts : MediaKind::kMpegAudio;
}

Status Refuse(std::string_view what, std::string_view remedy) {
  return InvalidArgumentError(fmt::format("it is {}{}", what, remedy));
}

}  // namespace

Result<MediaKind> IdentifyMedia(std::span<const std::byte> bytes) {
  const Head head(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (head.empty()) {
    return InvalidArgumentError("it is empty (0 bytes); copy or record it again");
  }
  for (const KindRule& rule : kKinds) {
    if (Matches(head, rule.first) && Matches(head, rule.second)) return rule.kind;
  }
  for (const Refusal& refusal : kArchives) {
    if (Matches(head, refusal.magic)) return Refuse(refusal.what, kArchiveRemedy);
  }
  for (const Refusal& refusal : kOtherThings) {
    if (Matches(head, refusal.magic)) return Refuse(refusal.what, kMediaRemedy);
  }
  if (head.starts_with("ID3")) return KindBehindId3(head);
  if (LooksLikeText(head)) return Refuse("text, not sound", kMediaRemedy);
  if (IsTransportStream(head)) return MediaKind::kMpegTs;
  if (IsAdtsFrame(head)) return MediaKind::kAdts;
  if (IsMpegAudioFrame(head)) return MediaKind::kMpegAudio;
  return MediaKind::kOther;
}

bool IsDecodedInProcess(MediaKind kind) { return kind <= MediaKind::kMpegAudio; }

std::string_view MediaKindName(MediaKind kind) {
  constexpr std::string_view kNames[] = {"WAV",  "Wave64",  "AIFF", "AU",      "CAF",      "SPHERE",
                                         "FLAC", "Ogg",     "MP3",  "MP4",     "Matroska", "AVI",
                                         "ASF",  "AAC",     "AC-3", "MPEG-TS", "MPEG-PS",  "FLV",
                                         "TTA",  "WavPack", "ZIP",  "media"};
  return kNames[static_cast<size_t>(kind)];
}

}  // namespace ironscribe::audio
