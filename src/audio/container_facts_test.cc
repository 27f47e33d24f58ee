#include "audio/container_facts.h"

#include <gtest/gtest.h>

#include <string>

#include "audio/test_recordings.h"

namespace ironscribe::audio {
namespace {

using namespace std::string_literals;

Result<ContainerFacts> Inspect(const std::string& bytes, MediaKind kind) {
  const auto path = TemporaryPath("header");
  WriteBytes(path, bytes);
  const auto file = io::InputFile::Open(path, {});
  EXPECT_TRUE(file.ok());
  return InspectContainer(**file, kind);
}

std::string Box(const std::string& type, const std::string& content) {
  return Be(8 + content.size(), 4) + type + content;
}

// A movie with one sound track whose sample entry is `entry`, and perhaps a picture track.
std::string Movie(const std::string& entry, const std::string& video_entry = "") {
  const auto track = [](const std::string& type) {
    const std::string table = Box("stsd", Be(0, 4) + Be(1, 4) + Box(type, std::string(28, '\0')));
    return Box("trak", Box("mdia", Box("minf", Box("stbl", table))));
  };
  std::string tracks = entry.empty() ? "" : track(entry);
  if (!video_entry.empty()) tracks += track(video_entry);
  return Box("ftyp", "isom") + Box("moov", tracks) + Box("mdat", std::string(100, 'x'));
}

TEST(ContainerFactsTest, ClearMp4IsAccepted) {
  const auto facts = Inspect(Movie("mp4a", "avc1"), MediaKind::kMp4);
  ASSERT_TRUE(facts.ok()) << facts.status().ToString();
  EXPECT_EQ(facts->missing_bytes, 0u);
  // Protected pictures do not matter when the sound is clear.
  EXPECT_TRUE(Inspect(Movie("mp4a", "encv"), MediaKind::kMp4).ok());
}

TEST(ContainerFactsTest, ProtectedMp4IsRefused) {
  for (const std::string& bytes : {Movie("enca"), Movie("drms"), Movie("aavd"), Movie("", "encv"),
                                   Movie("enca", "avc1"), Movie("", "drmi")}) {
    const auto facts = Inspect(bytes, MediaKind::kMp4);
    ASSERT_FALSE(facts.ok());
    EXPECT_EQ(facts.status().code(), StatusCode::kFailedPrecondition);
    EXPECT_NE(facts.status().message().find("protected by DRM"), std::string::npos);
  }
}

TEST(ContainerFactsTest, Mp4CutBeforeItsIndexSaysSo) {
  const std::string movie = Movie("mp4a");
  const std::string index_last =
      Box("ftyp", "isom") + Box("mdat", std::string(1000, 'x')) + Box("moov", "");
  EXPECT_TRUE(Inspect(index_last, MediaKind::kMp4).ok());
  const auto facts = Inspect(index_last.substr(0, 600), MediaKind::kMp4);
  ASSERT_FALSE(facts.ok());
  EXPECT_EQ(facts.status().code(), StatusCode::kDataLoss);
  EXPECT_NE(facts.status().message().find("'moov'"), std::string::npos);
  EXPECT_EQ(Inspect(movie.substr(0, 40), MediaKind::kMp4).status().code(), StatusCode::kDataLoss);
}

TEST(ContainerFactsTest, Mp4CutBehindItsIndexCountsWhatIsMissing) {
  const std::string movie = Movie("mp4a");
  const auto facts = Inspect(movie.substr(0, movie.size() - 30), MediaKind::kMp4);
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(facts->missing_bytes, 30u);
  // A 64-bit size, and a size that overflows.
  const std::string wide = Movie("mp4a") + Be(1, 4) + "mdat" + Be(1016, 8) + std::string(500, 'x');
  EXPECT_EQ(Inspect(wide, MediaKind::kMp4)->missing_bytes, 500u);
  const std::string overflow = Movie("mp4a") + Be(1, 4) + "mdat" + Be(UINT64_MAX, 8);
  EXPECT_TRUE(Inspect(overflow, MediaKind::kMp4).ok());
}

TEST(ContainerFactsTest, NestedAndLyingBoxesEnd) {
  std::string nested = "x";
  for (int depth = 0; depth < 500; ++depth) nested = Box("moov", nested);
  EXPECT_TRUE(Inspect(nested, MediaKind::kMp4).ok());
  std::string zeros = Movie("mp4a");
  zeros += std::string(10'000, '\0');
  EXPECT_TRUE(Inspect(zeros, MediaKind::kMp4).ok());
}

TEST(ContainerFactsTest, AsfEncryptionAndSize) {
  const std::string header_id = "\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c"s;
  const auto asf = [&](const std::string& object) {
    return header_id + Le(30 + object.size(), 8) + Le(1, 4) + "\x01\x02" + object;
  };
  const std::string encryption_id =
      "\xfb\xb3\x11\x22\x23\xbd\xd2\x11\xb4\xb7\x00\xa0\xc9\x55\xfc\x6e"s;
  const auto refused = Inspect(asf(encryption_id + Le(28, 8) + "abcd"), MediaKind::kAsf);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.status().message().find("protected by DRM"), std::string::npos);
  const std::string properties_id =
      "\xa1\xdc\xab\x8c\x47\xa9\xcf\x11\x8e\xe4\x00\xc0\x0c\x20\x53\x65"s;
  const auto properties = [&](uint64_t flags) {
    return properties_id + Le(104, 8) + std::string(16, '\0') + Le(5000, 8) +
           std::string(40, '\0') + Le(flags, 4) + std::string(12, '\0');
  };
  EXPECT_EQ(Inspect(asf(properties(2)), MediaKind::kAsf)->missing_bytes, 5000u - 134u);
  EXPECT_EQ(Inspect(asf(properties(1)), MediaKind::kAsf)->missing_bytes, 0u);  // A broadcast.
}

TEST(ContainerFactsTest, MatroskaSegmentSize) {
  const std::string start =
      "\x1a\x45\xdf\xa3\x84"
      "abcd"
      "\x18\x53\x80\x67"s;
  EXPECT_EQ(Inspect(start + "\x8a" + "0123456789", MediaKind::kMatroska)->missing_bytes, 0u);
  EXPECT_EQ(Inspect(start + "\x8a" + "0123", MediaKind::kMatroska)->missing_bytes, 6u);
  EXPECT_EQ(Inspect(start + "\x40\x64" + "0123", MediaKind::kMatroska)->missing_bytes, 96u);
  // All ones: the size is not known, as in live recordings.
  EXPECT_EQ(Inspect(start + "\x01\xff\xff\xff\xff\xff\xff\xff" + "01", MediaKind::kMatroska)
                ->missing_bytes,
            0u);
  EXPECT_TRUE(Inspect(start + "\x01\xff"s, MediaKind::kMatroska).ok());
}

TEST(ContainerFactsTest, OggEnd) {
  const auto page = [](char flags, const std::string& content) {
    return "OggS"s + '\0' + flags + std::string(20, '\0') + '\x01' +
           static_cast<char>(content.size()) + content;
  };
  const std::string start = page(2, "head") + page(0, std::string(200, 'x'));
  EXPECT_FALSE(Inspect(start + page(4, "end"), MediaKind::kOgg)->end_mark_missing);
  EXPECT_TRUE(Inspect(start, MediaKind::kOgg)->end_mark_missing);
  const auto cut = Inspect(start + page(4, "end").substr(0, 29), MediaKind::kOgg);
  EXPECT_EQ(cut->missing_bytes, 2u);
  EXPECT_TRUE(Inspect(start + page(4, "end").substr(0, 10), MediaKind::kOgg)->end_mark_missing);
}

TEST(ContainerFactsTest, MpegAudioEnd) {
  // MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes a frame (144 * 128000 / 44100).
  const std::string frame = "\xff\xfb\x90\x00"s + std::string(413, 'f');
  std::string file;
  for (int count = 0; count < 10; ++count) file += frame;
  EXPECT_EQ(Inspect(file, MediaKind::kMpegAudio)->missing_bytes, 0u);
  EXPECT_EQ(Inspect(file.substr(0, file.size() - 100), MediaKind::kMpegAudio)->missing_bytes, 100u);
  // A tag behind the last frame is no damage.
  EXPECT_EQ(Inspect(file + "TAG" + std::string(125, ' '), MediaKind::kMpegAudio)->missing_bytes,
            0u);
}

TEST(ContainerFactsTest, UnfinishedWavIsToldFromAnEmptyOne) {
  const std::string list = "LIST" + Le(4, 4) + "INFO";
  std::string finished = MakeWav({}, list);
  finished.replace(4, 4, Le(finished.size() - 8, 4));
  EXPECT_FALSE(Inspect(finished, MediaKind::kWav)->patch.has_value());
  const auto unfinished = Inspect(MakeWav({}, "abcd"), MediaKind::kWav);
  ASSERT_TRUE(unfinished->patch.has_value());
  EXPECT_EQ(unfinished->patch->offset, 40u);
}

TEST(ContainerFactsTest, SizesOfPlainSamples) {
  EXPECT_EQ(
      Inspect(MakeWav({.data_size = 1000}, std::string(400, 'x')), MediaKind::kWav)->missing_bytes,
      600u);
  const std::string rf64 = "RF64" + Le(0xffffffff, 4) + "WAVEds64" + Le(28, 4) + Le(0, 8) +
                           Le(uint64_t{1} << 33, 8) + Le(0, 12) + "data" + Le(0xffffffff, 4) +
                           "abcd";
  EXPECT_EQ(Inspect(rf64, MediaKind::kWav)->missing_bytes, (uint64_t{1} << 33) - 4);
  const std::string sphere_text =
      "NIST_1A\n   1024\nsample_count -i 16000\nsample_n_bytes -i 2\nchannel_count -i 2\n"
      "sample_rate -i 8000\nend_head\n";
  const std::string sphere = sphere_text + std::string(1024 - sphere_text.size() + 4000, ' ');
  const auto facts = Inspect(sphere, MediaKind::kSphere);
  EXPECT_EQ(facts->missing_bytes, 60'000u);
  EXPECT_EQ(facts->rate_hz, 8000);
}

}  // namespace
}  // namespace ironscribe::audio
