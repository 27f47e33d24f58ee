// Whole files are never reported as cut; files cut anywhere within their last parts are.
#include <gtest/gtest.h>

#include <bit>
#include <string>
#include <vector>

#include "audio/container_facts.h"
#include "audio/frame_chain.h"
#include "audio/test_recordings.h"
#include "base/random.h"

namespace ironscribe::audio {
namespace {

using namespace std::string_literals;

ContainerFacts Inspect(const std::string& bytes, MediaKind kind) {
  const auto path = TemporaryPath("stream");
  WriteBytes(path, bytes);
  const auto file = io::InputFile::Open(path, {});
  EXPECT_TRUE(file.ok());
  const auto facts = InspectContainer(**file, kind);
  EXPECT_TRUE(facts.ok()) << facts.status().ToString();
  return facts.ok() ? *facts : ContainerFacts();
}

bool IsWhole(const std::string& bytes, MediaKind kind) {
  const ContainerFacts facts = Inspect(bytes, kind);
  return facts.missing_bytes <= facts.harmless_missing_bytes && facts.missing_samples == 0 &&
         !facts.end_mark_missing;
}

std::string RandomBytes(size_t count, Random& random) {
  std::string bytes;
  while (bytes.size() < count) bytes += static_cast<char>(random.Next());
  return bytes;
}

// MPEG-4 low complexity at 44.1 kHz, two channels.
std::string AdtsFrame(size_t size, Random& random) {
  const uint64_t header = uint64_t{0xfff1} << 40 | uint64_t{0x50} << 32 | uint64_t{0x80} << 24 |
                          static_cast<uint64_t>(size) << 13 | 0x1ffc;
  return Be(header, 7) + RandomBytes(size - 7, random);
}

// AC-3 with its size by table: 192 kbit/s are 2 * 384 bytes at 48 kHz, 2 * 417 (418 when the code
// is odd) at 44.1 kHz and 2 * 576 at 32 kHz (A/52, table 5.18).
std::string Ac3Frame(int rate_code, int size_code, size_t size, Random& random) {
  return "\x0b\x77" + RandomBytes(2, random) + static_cast<char>(rate_code << 6 | size_code) +
         static_cast<char>(8 << 3) + RandomBytes(size - 6, random);
}

std::string EnhancedAc3Frame(size_t size, Random& random) {
  return "\x0b\x77" + Be(size / 2 - 1, 2) + "\x3f" + static_cast<char>(16 << 3) +
         RandomBytes(size - 6, random);
}

// Every cut within the last part that leaves enough to know it by shows, with the number of bytes;
// the cut before it does not.
void ExpectCutsShow(const std::string& before, const std::string& last, MediaKind kind,
                    size_t least = 1) {
  SCOPED_TRACE(MediaKindName(kind));
  EXPECT_TRUE(IsWhole(before + last, kind));
  EXPECT_TRUE(IsWhole(before, kind));
  for (size_t size = least; size < last.size(); size += size < 16 ? 1 : 37) {
    const ContainerFacts facts = Inspect(before + last.substr(0, size), kind);
    ASSERT_GT(facts.missing_bytes, facts.harmless_missing_bytes) << size;
    EXPECT_LE(facts.missing_bytes, last.size() - size) << size;
    if (size >= 16) {
      EXPECT_EQ(facts.missing_bytes, last.size() - size);
    }
  }
}

TEST(ContainerEndsTest, AdtsFrames) {
  Random random(1);
  std::string frames;
  for (int count = 0; count < 300; ++count) frames += AdtsFrame(300 + random.Next() % 200, random);
  ExpectCutsShow(frames, AdtsFrame(371, random), MediaKind::kAdts);
  EXPECT_TRUE(IsWhole(frames + "TAG" + std::string(125, ' '), MediaKind::kAdts));
  EXPECT_TRUE(IsWhole(RandomBytes(100'000, random), MediaKind::kAdts));
}

TEST(ContainerEndsTest, Ac3Frames) {
  Random random(2);
  const struct {
    int rate_code;
    int size_code;
    size_t size;
  } kinds[] = {{0, 20, 768}, {1, 20, 834}, {1, 21, 836}, {2, 20, 1152}, {0, 37, 2560}};
  for (const auto& [rate_code, size_code, size] : kinds) {
    std::string frames;
    for (int count = 0; count < 80; ++count) frames += Ac3Frame(rate_code, size_code, size, random);
    ExpectCutsShow(frames, Ac3Frame(rate_code, size_code, size, random), MediaKind::kAc3);
  }
  std::string frames;
  for (int count = 0; count < 80; ++count) frames += EnhancedAc3Frame(768, random);
  ExpectCutsShow(frames, EnhancedAc3Frame(4096, random), MediaKind::kAc3);
}

TEST(ContainerEndsTest, TransportPackets) {
  Random random(3);
  const auto plain = [&random] { return "\x47" + RandomBytes(187, random); };
  const auto timed = [&] { return RandomBytes(4, random) + plain(); };
  const auto parity = [&] { return plain() + RandomBytes(16, random); };
  std::string plains, timeds, parities;
  for (int count = 0; count < 500; ++count) {
    plains += plain();
    timeds += timed();
    parities += parity();
  }
  ExpectCutsShow(plains, plain(), MediaKind::kMpegTs);
  ExpectCutsShow(timeds, timed(), MediaKind::kMpegTs);
  ExpectCutsShow(parities, parity(), MediaKind::kMpegTs);
  // Recorders leave half packets at the start.
  ExpectCutsShow(plains.substr(100), plain(), MediaKind::kMpegTs);
}

TEST(ContainerEndsTest, ProgramStreamPacks) {
  Random random(4);
  const auto packet = [&random](size_t size) {
    // Without zeros, so that no start code can stand in the content.
    std::string content = RandomBytes(size, random);
    for (char& c : content) c = c == '\0' ? '\1' : c;
    return "\0\0\1\xc0"s + Be(size, 2) + content;
  };
  const std::string pack = "\0\0\1\xba\x44"s + std::string(8, '\1') + "\xf8";
  const std::string old_pack = "\0\0\1\xba\x21"s + std::string(7, '\1');
  for (const std::string& start : {pack, old_pack}) {
    std::string stream;
    for (int count = 0; count < 50; ++count) stream += start + packet(2000);
    // A zero or two may be padding.
    ExpectCutsShow(stream + start, packet(2000), MediaKind::kMpegPs, 3);
    const std::string end = "\0\0\1\xb9"s;
    EXPECT_TRUE(IsWhole(stream + end, MediaKind::kMpegPs));
    EXPECT_TRUE(IsWhole(stream + end + std::string(3000, '\0'), MediaKind::kMpegPs));
    EXPECT_TRUE(IsWhole(stream + std::string(2, '\0'), MediaKind::kMpegPs));
    EXPECT_FALSE(IsWhole(stream + start.substr(0, 9), MediaKind::kMpegPs));
  }
}

std::string FlvTag(char type, const std::string& content) {
  return type + Be(content.size(), 3) + std::string(7, '\0') + content + Be(content.size() + 11, 4);
}

std::string FlvStart(double filesize) {
  const std::string name = "filesize";
  const std::string metadata = "\x02"s + Be(10, 2) + "onMetaData" + "\x08"s + Be(1, 4) +
                               Be(name.size(), 2) + name + '\0' +
                               Be(std::bit_cast<uint64_t>(filesize), 8) + "\0\0\x09"s;
  return "FLV\x01\x04"s + Be(9, 4) + Be(0, 4) + FlvTag(18, metadata);
}

TEST(ContainerEndsTest, FlvTags) {
  Random random(5);
  std::string tags;
  for (int count = 0; count < 100; ++count) tags += FlvTag(8, RandomBytes(300, random));
  const std::string last = FlvTag(8, RandomBytes(300, random));
  const std::string live = FlvStart(0) + tags;
  EXPECT_TRUE(IsWhole(live + last, MediaKind::kFlv));
  EXPECT_TRUE(IsWhole(live, MediaKind::kFlv));
  for (size_t size = 1; size < last.size() - 4; ++size) {
    EXPECT_EQ(Inspect(live + last.substr(0, size), MediaKind::kFlv).missing_bytes,
              size < 11 ? 11 - size + 4 : last.size() - size);
  }
  // Sound is whole when only the size behind it is cut.
  EXPECT_TRUE(IsWhole((live + last).substr(0, live.size() + last.size() - 2), MediaKind::kFlv));
  // What stands behind the last tag is no cut.
  EXPECT_TRUE(IsWhole(live + last + std::string(100, '\0'), MediaKind::kFlv));
  // Its own size shows a cut between two tags.
  const double filesize = static_cast<double>((live + last).size());
  EXPECT_TRUE(IsWhole(FlvStart(filesize) + tags + last, MediaKind::kFlv));
  EXPECT_EQ(Inspect(FlvStart(filesize) + tags, MediaKind::kFlv).missing_bytes, last.size());
  for (const double lie : {-1.0, 1e300, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_TRUE(IsWhole(FlvStart(lie) + tags, MediaKind::kFlv)) << lie;
  }
}

std::string TtaFile(uint32_t rate, uint32_t samples, const std::vector<uint32_t>& sizes) {
  std::string bytes =
      "TTA1" + Le(1, 2) + Le(1, 2) + Le(16, 2) + Le(rate, 4) + Le(samples, 4) + Le(0, 4);
  for (const uint32_t size : sizes) bytes += Le(size, 4);
  bytes += Le(0, 4);
  for (const uint32_t size : sizes) bytes += std::string(size, 'x');
  return bytes;
}

TEST(ContainerEndsTest, TtaSeekTable) {
  // 16,000 * 256 / 245 = 16,718 samples a frame.
  const std::string file = TtaFile(16'000, 2 * 16'718 + 1, {1000, 2000, 30});
  EXPECT_TRUE(IsWhole(file, MediaKind::kTta));
  EXPECT_TRUE(IsWhole(file + "APETAGEX", MediaKind::kTta));
  for (const size_t cut : {1, 29, 30, 31, 1500, 3000}) {
    EXPECT_EQ(Inspect(file.substr(0, file.size() - cut), MediaKind::kTta).missing_bytes, cut);
  }
  for (const auto& [bytes, what] :
       {std::pair{file.substr(0, 30), "ends within its TTA header"},
        std::pair{file.substr(0, 15), "ends within its TTA header"},
        std::pair{TtaFile(0, 5, {}), "0 samples per second"},
        std::pair{TtaFile(16'000, 0xffffffff, {}), "ends within its TTA header"}}) {
    const auto path = TemporaryPath("bad.tta");
    WriteBytes(path, bytes);
    const auto facts = InspectContainer(**io::InputFile::Open(path, {}), MediaKind::kTta);
    ASSERT_FALSE(facts.ok());
    EXPECT_NE(facts.status().message().find(what), std::string::npos) << facts.status().message();
  }
}

std::string WavPackBlock(uint64_t total, uint64_t index, uint32_t samples, size_t content) {
  return "wvpk" + Le(24 + content, 4) + Le(0x410, 2) + Le(index >> 32, 1) + Le(total >> 32, 1) +
         Le(total & 0xffffffff, 4) + Le(index & 0xffffffff, 4) + Le(samples, 4) + Le(0, 8) +
         std::string(content, 'x');
}

TEST(ContainerEndsTest, WavPackBlocks) {
  const std::string first = WavPackBlock(25'000, 0, 10'000, 700);
  const std::string second = WavPackBlock(25'000, 10'000, 10'000, 700);
  const std::string third = WavPackBlock(25'000, 20'000, 5'000, 300);
  EXPECT_TRUE(IsWhole(first + second + third, MediaKind::kWavPack));
  EXPECT_TRUE(IsWhole(first + second + third + "APETAGEX etc.", MediaKind::kWavPack));
  EXPECT_EQ(Inspect(first + second, MediaKind::kWavPack).missing_samples, 5'000u);
  EXPECT_EQ(Inspect(first + second + third.substr(0, 100), MediaKind::kWavPack).missing_bytes,
            third.size() - 100);
  // Cut within a header.
  EXPECT_FALSE(IsWhole(first + second + third.substr(0, 10), MediaKind::kWavPack));
  // A total that is not known, as in live recordings.
  EXPECT_TRUE(IsWhole(WavPackBlock(0xffffffff, 0, 10'000, 700), MediaKind::kWavPack));
  // Sizes of nothing do not go round in circles.
  EXPECT_TRUE(IsWhole("wvpk" + std::string(100, '\0'), MediaKind::kWavPack));
}

TEST(ContainerEndsTest, AnyBytesGetAnAnswer) {
  Random random(6);
  const char* starts[] = {"FLV\x01\x05", "wvpk", "TTA1", "\x47", "\x0b\x77", "\xff\xf1"};
  for (int round = 0; round < 300; ++round) {
    const std::string bytes = starts[round % std::size(starts)] + RandomBytes(600, random);
    const auto path = TemporaryPath("any");
    WriteBytes(path, bytes.substr(0, random.Next() % bytes.size()));
    const auto file = io::InputFile::Open(path, {});
    ASSERT_TRUE(file.ok());
    for (const MediaKind kind :
         {MediaKind::kAdts, MediaKind::kAc3, MediaKind::kMpegTs, MediaKind::kMpegPs,
          MediaKind::kFlv, MediaKind::kTta, MediaKind::kWavPack}) {
      const auto facts = InspectContainer(**file, kind);
      EXPECT_TRUE(facts.ok() || !facts.status().message().empty());
    }
  }
}

}  // namespace
}  // namespace ironscribe::audio
