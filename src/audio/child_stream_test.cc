// Programs that misbehave in the place of ironscribe-decode: each is an error of that recording
// only.
#include "audio/child_stream.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <vector>

#include "audio/test_recordings.h"

namespace ironscribe::audio {
namespace {

class ChildStreamTest : public testing::Test {
 protected:
  // A program that runs `script`, with blocks() written to the file it finds as $BLOCKS.
  Result<std::unique_ptr<SampleStream>> Open(const std::string& script, const std::string& blocks) {
    const auto block_path = TemporaryPath("blocks");
    WriteBytes(block_path, blocks);
    const auto program = TemporaryPath("program");
    WriteBytes(program, "#!/bin/sh\nBLOCKS='" + block_path.string() + "'\n" + script + "\n");
    EXPECT_EQ(::chmod(program.c_str(), 0700), 0);
    const auto input = TemporaryPath("input");
    WriteBytes(input, "recording");
    ChildStreamOptions options;
    options.program = program;
    options.max_seconds = 10;
    options.stall_timeout_ms = stall_timeout_ms_;
    options.stop = stop_.get_token();
    auto file = io::InputFile::Open(input, {});
    EXPECT_TRUE(file.ok());
    return ChildStream::Open(*file, options);
  }

  static std::string Block(BlockKind kind, const std::string& payload) {
    return Le(static_cast<uint32_t>(kind), 4) + Le(payload.size(), 4) + payload;
  }
  static std::string Header(uint32_t rate_hz, uint32_t channels) {
    return Block(BlockKind::kHeader, Le(kProtocolMagic, 4) + Le(kProtocolVersion, 4) +
                                         Le(rate_hz, 4) + Le(channels, 4) + Le(123, 8) +
                                         "Test\x1b[1m");
  }

  // Reads to the end; the status that ended it.
  static Status Drain(SampleStream& stream, std::vector<float>& samples) {
    std::vector<float> block(7);
    for (;;) {
      const auto frames = stream.ReadFrames(block);
      if (!frames.ok()) return frames.status();
      if (*frames == 0) return OkStatus();
      const auto channels = static_cast<size_t>(stream.format().channels);
      samples.insert(samples.end(), block.begin(),
                     block.begin() + static_cast<std::ptrdiff_t>(*frames * channels));
    }
  }

  int stall_timeout_ms_ = 10'000;
  std::stop_source stop_;
};

TEST_F(ChildStreamTest, ReadsBlocksOfAnySizeInWholeFrames) {
  std::string samples;
  for (int index = 0; index < 12; ++index) samples += Le(0x3f000000, 4);  // 0.5f
  const auto stream = Open("cat \"$BLOCKS\"", Header(48000, 3) + Block(BlockKind::kPcm, samples) +
                                                  Block(BlockKind::kPcm, samples.substr(0, 12)) +
                                                  Block(BlockKind::kEnd, ""));
  ASSERT_TRUE(stream.ok()) << stream.status().ToString();
  EXPECT_EQ((*stream)->format().rate_hz, 48000);
  EXPECT_EQ((*stream)->format().channels, 3);
  EXPECT_EQ((*stream)->format().expected_frames, 123);
  EXPECT_EQ((*stream)->format().description, "Test?[1m");
  std::vector<float> all;
  EXPECT_TRUE(Drain(**stream, all).ok());
  EXPECT_EQ(all, std::vector<float>(15, 0.5f));
}

TEST_F(ChildStreamTest, TheProgramReadsTheRecordingFromDescriptorThree) {
  const auto stream = Open("test \"$(cat <&3)\" = recording && cat \"$BLOCKS\"",
                           Header(8000, 1) + Block(BlockKind::kEnd, ""));
  EXPECT_TRUE(stream.ok()) << stream.status().ToString();
}

TEST_F(ChildStreamTest, ErrorBlockBecomesAStatus) {
  const auto error = [](uint32_t code) {
    return Block(BlockKind::kError, Le(code, 4) + "why\n\x1b");
  };
  auto stream = Open("cat \"$BLOCKS\"", error(3));
  ASSERT_FALSE(stream.ok());
  EXPECT_EQ(stream.status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(stream.status().message(), "why??");
  // Neither success nor codes that would stop the whole run.
  for (const uint32_t code : {0u, 1u, 13u, 99u}) {
    stream = Open("cat \"$BLOCKS\"", error(code));
    ASSERT_FALSE(stream.ok());
    EXPECT_EQ(stream.status().code(), StatusCode::kDataLoss);
  }
  stream = Open("cat \"$BLOCKS\"", Header(8000, 1) + Block(BlockKind::kPcm, Le(0, 4)) + error(15));
  ASSERT_TRUE(stream.ok());
  std::vector<float> samples;
  EXPECT_EQ(Drain(**stream, samples).code(), StatusCode::kDataLoss);
  EXPECT_EQ(samples.size(), 1u);
}

TEST_F(ChildStreamTest, WhatIsNoProtocolIsRefused) {
  const std::string header = Header(8000, 2);
  const std::string bad_starts[] = {
      "",
      "plain text that is no block at all",
      Block(BlockKind::kPcm, Le(0, 8)),
      Block(BlockKind::kEnd, ""),
      Block(BlockKind::kHeader, "short"),
      Block(BlockKind::kHeader, std::string(1000, 'x')),
      Block(BlockKind::kError, ""),
      Block(BlockKind::kError, std::string(100'000, 'x')),
      header.substr(0, 20),
      Header(0, 1),
      Header(999, 1),
      Header(655'350, 1),
      Header(768'001, 1),
      Header(8000, 0),
      Header(8000, 65),
      Header(0xffffffff, 0xffffffff),
  };
  for (const std::string& blocks : bad_starts) {
    EXPECT_FALSE(Open("cat \"$BLOCKS\"", blocks).ok()) << blocks;
  }
  const std::string bad_blocks[] = {
      "",
      "x",
      Block(BlockKind::kPcm, ""),
      Block(BlockKind::kPcm, Le(0, 4)),              // Half a frame.
      Block(BlockKind::kPcm, std::string(8, '\0')),  // No end block.
      Le(2, 4) + Le(0xfffffff8, 4),
      Le(2, 4) + Le(64, 4) + "cut",
      Le(77, 4) + Le(0, 4),
  };
  for (const std::string& blocks : bad_blocks) {
    const auto stream = Open("cat \"$BLOCKS\"", header + blocks);
    ASSERT_TRUE(stream.ok()) << stream.status().ToString();
    std::vector<float> samples;
    EXPECT_EQ(Drain(**stream, samples).code(), StatusCode::kDataLoss) << blocks;
  }
}

TEST_F(ChildStreamTest, CrashIsDataLossAndNamesTheSignal) {
  const auto stream = Open("cat \"$BLOCKS\"; kill -SEGV $$", Header(8000, 1));
  ASSERT_TRUE(stream.ok());
  std::vector<float> samples;
  const Status end = Drain(**stream, samples);
  EXPECT_EQ(end.code(), StatusCode::kDataLoss);
  EXPECT_NE(end.message().find("signal 11"), std::string::npos) << end.message();
}

TEST_F(ChildStreamTest, TooMuchProcessorTimeIsDeadlineExceeded) {
  EXPECT_EQ(Open("kill -XCPU $$", "").status().code(), StatusCode::kDeadlineExceeded);
}

TEST_F(ChildStreamTest, SilenceIsDeadlineExceeded) {
  stall_timeout_ms_ = 50;
  EXPECT_EQ(Open("sleep 100", "").status().code(), StatusCode::kDeadlineExceeded);
}

TEST_F(ChildStreamTest, CanBeInterrupted) {
  stop_.request_stop();
  EXPECT_EQ(Open("sleep 100", "").status().code(), StatusCode::kCancelled);
}

TEST_F(ChildStreamTest, MissingProgramSaysWhatToInstall) {
  const auto input = TemporaryPath("input");
  WriteBytes(input, "recording");
  ChildStreamOptions options;
  options.program = "/no/such/ironscribe-decode";
  const auto stream = ChildStream::Open(*io::InputFile::Open(input, {}), options);
  ASSERT_FALSE(stream.ok());
  EXPECT_EQ(stream.status().code(), StatusCode::kFailedPrecondition);
  EXPECT_NE(stream.status().message().find("install ironscribe-decode"), std::string::npos);
}

TEST_F(ChildStreamTest, AnotherVersionIsNamed) {
  const std::string header =
      Block(BlockKind::kHeader,
            Le(kProtocolMagic, 4) + Le(kProtocolVersion + 1, 4) + std::string(16, '\1'));
  const auto stream = Open("cat \"$BLOCKS\"", header);
  ASSERT_FALSE(stream.ok());
  EXPECT_NE(stream.status().message().find("another version"), std::string::npos);
}

}  // namespace
}  // namespace ironscribe::audio
