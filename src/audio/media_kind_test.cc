#include "audio/media_kind.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"

namespace ironscribe::audio {
namespace {

using namespace std::string_literals;

Result<MediaKind> Identify(const std::string& head) {
  return IdentifyMedia(std::as_bytes(std::span(head)));
}

// Five packets that have the sync byte of transport streams at `offset`.
std::string Packets(size_t size, size_t offset) {
  std::string packet(size, '\x01');
  packet[offset] = '\x47';
  std::string packets;
  for (int count = 0; count < 5; ++count) packets += packet;
  return packets;
}

TEST(MediaKindTest, KnowsContainersByTheirFirstBytes) {
  const struct {
    std::string head;
    MediaKind kind;
  } cases[] = {
      {"RIFF\x24\x00\x00\x00WAVEfmt "s, MediaKind::kWav},
      {"RF64\xff\xff\xff\xffWAVEds64"s, MediaKind::kWav},
      {"RIFF\x24\x00\x00\x00"
       "AVI LIST"s,
       MediaKind::kAvi},
      {"FORM\x00\x00\x00\x2e"
       "AIFFCOMM"s,
       MediaKind::kAiff},
      {"FORM\x00\x00\x00\x2e"
       "AIFCFVER"s,
       MediaKind::kAiff},
      {".snd\x00\x00\x00\x18"s, MediaKind::kAu},
      {"caff\x00\x01\x00\x00"s, MediaKind::kCaf},
      {"NIST_1A\n   1024\nchannel_count -i 1\n"s, MediaKind::kSphere},
      {"fLaC\x00\x00\x00\x22"s, MediaKind::kFlac},
      {"OggS\x00\x02"s, MediaKind::kOgg},
      {"\x00\x00\x00\x20"
       "ftypM4A \x00\x00"s,
       MediaKind::kMp4},
      {"\x1a\x45\xdf\xa3\x9f\x42"s, MediaKind::kMatroska},
      {"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9"s, MediaKind::kAsf},
      {"PK\x03\x04\x14\x00"s, MediaKind::kZip},
      {"\xff\xfb\x90\x64\x00\x00"s, MediaKind::kMpegAudio},
      {"\xff\xf1\x50\x80\x00\x1f"s, MediaKind::kAdts},  // No layer.
      {"\x00\x00\x01\xba\x44\x00"s, MediaKind::kMpegPs},
      {"FLV\x01\x05\x00\x00\x00\x09"s, MediaKind::kFlv},
      {"TTA1\x01\x00"s, MediaKind::kTta},
      {"wvpk\x20\x00"s, MediaKind::kWavPack},
      {Packets(188, 0), MediaKind::kMpegTs},
      {Packets(192, 4), MediaKind::kMpegTs},
      {Packets(204, 0), MediaKind::kMpegTs},
      {Packets(190, 0), MediaKind::kOther},
      {"#!AMR\n\x3c\x48"s, MediaKind::kOther},
      {"\x0b\x77\x00\x01\x02"s, MediaKind::kAc3},
      {"ID3\x04\x00\x00\x00\x00\x00\x02"
       "ab\xff\xfb\x90\x64"s,
       MediaKind::kMpegAudio},
      {"ID3\x04\x00\x00\x00\x00\x00\x02"
       "ab\xff\xf1\x50\x80"s,
       MediaKind::kAdts},
      {"ID3\x04\x00\x00\x00\x00\x00\x02"
       "abfLaC"s,
       MediaKind::kFlac},
      {"ID3\x04\x00\x00\x00\x00\x7f\x7f"
       "a far away frame"s,
       MediaKind::kMpegAudio},
  };
  for (const auto& test : cases) {
    const auto kind = Identify(test.head);
    ASSERT_TRUE(kind.ok()) << test.head << ": " << kind.status().ToString();
    EXPECT_EQ(MediaKindName(*kind), MediaKindName(test.kind)) << test.head;
  }
}

TEST(MediaKindTest, RefusesWhatIsNoRecordingAndSaysWhatItIs) {
  const struct {
    std::string head;
    const char* expected;
  } cases[] = {
      {"", "empty"},
      {"hello world, this is a text file\n", "text"},
      {"<!DOCTYPE html><html>", "text"},
      {"Gr\xc3\xbc\xc3\x9f"
       "e aus K\xc3\xb6ln\r\n",
       "text"},
      {"\xff\xfeh\x00"
       "e\x00l\x00l\x00o\x00\n\x00"s,
       "text"},
      {"#EXTM3U\n#EXT-X-VERSION:3\n", "playlist"},
      {"ffconcat version 1.0\nfile 'a.wav'\n", "concat"},
      {"%PDF-1.7\n", "PDF"},
      {"\x89PNG\r\n\x1a\n", "PNG"},
      {"\x1f\x8b\x08\x00", "gzip"},
      {"7z\xbc\xaf\x27\x1c\x00", "7-Zip"},
      {"Rar!\x1a\x07\x01", "RAR"},
      {"\x7f"
       "ELF\x02\x01",
       "program"},
      {std::string(257, '\0') + "ustar", "tar"},
  };
  for (const auto& test : cases) {
    const auto kind = Identify(test.head);
    ASSERT_FALSE(kind.ok()) << test.head;
    EXPECT_EQ(kind.status().code(), StatusCode::kInvalidArgument);
    EXPECT_NE(kind.status().message().find(test.expected), std::string::npos)
        << kind.status().message();
    EXPECT_NE(kind.status().message().find(';'), std::string::npos) << "no remedy";
  }
}

TEST(MediaKindTest, AnyHeadGetsAnAnswer) {
  Random random(7);
  const char* starts[] = {"", "ID3", "\xff\xfe", "\xff\xfb", "RIFF", "PK"};
  for (int round = 0; round < 5000; ++round) {
    std::string head = starts[round % std::size(starts)];
    const size_t length = random.Next() % 40;
    while (head.size() < length) head += static_cast<char>(random.Next());
    const auto kind = Identify(head);
    EXPECT_TRUE(kind.ok() || !kind.status().message().empty());
  }
}

}  // namespace
}  // namespace ironscribe::audio
