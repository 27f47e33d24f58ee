#include "formats/packed/packed_file.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <cstring>
#include <fstream>
#include <numeric>

#include "base/random.h"
#include "formats/packed/packed_writer.h"

namespace ironscribe::formats {
namespace {

namespace fs = std::filesystem;

class PackedFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              ("packed_test_" + std::to_string(::getpid()) + "_" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static io::Bytes AsBytes(const std::string& text) { return std::as_bytes(std::span(text)); }

  static void WriteSample(PackedWriter& writer) {
    ASSERT_TRUE(writer.BeginBlob("encoder/weight", 7, {2, 3}).ok());
    ASSERT_TRUE(writer.Append(AsBytes("abc")).ok());
    ASSERT_TRUE(writer.Append(AsBytes("def")).ok());
    ASSERT_TRUE(writer.EndBlob().ok());
    ASSERT_TRUE(writer.BeginBlob("empty", 0, {}).ok());
    ASSERT_TRUE(writer.EndBlob().ok());
    ASSERT_TRUE(writer.BeginBlob("decoder/bias", 4000000000u, {100}).ok());
    ASSERT_TRUE(writer.Append(AsBytes(std::string(100, 'x'))).ok());
    ASSERT_TRUE(writer.EndBlob().ok());
  }

  static void ExpectSample(const PackedFile& file) {
    EXPECT_EQ(file.metadata(), "{\"a\":1}");
    ASSERT_EQ(file.blobs().size(), 3u);
    const auto* weight = file.Find("encoder/weight");
    ASSERT_NE(weight, nullptr);
    EXPECT_EQ(weight->type, 7u);
    EXPECT_EQ(weight->shape, (tensor::Shape{2, 3}));
    ASSERT_EQ(weight->bytes.size(), 6u);
    EXPECT_EQ(std::memcmp(weight->bytes.data(), "abcdef", 6), 0);
    const auto* bias = file.Find("decoder/bias");
    ASSERT_NE(bias, nullptr);
    EXPECT_EQ(bias->type, 4000000000u);
    EXPECT_EQ(bias->bytes.size(), 100u);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(bias->bytes.data()) % 64, 0u);
    ASSERT_NE(file.Find("empty"), nullptr);
    EXPECT_TRUE(file.Find("empty")->bytes.empty());
    EXPECT_EQ(file.Find("encoder"), nullptr);
    EXPECT_TRUE(file.Verify().ok());
  }

  std::string MakeFile() {
    auto writer = PackedWriter::Create(folder_ / "sample");
    EXPECT_TRUE(writer.ok());
    WriteSample(**writer);
    EXPECT_TRUE((*writer)->Finish("{\"a\":1}").ok());
    return *io::ReadFile(folder_ / "sample", 1 << 20);
  }

  fs::path folder_;
};

// Puts right both checksums of a file whose directory was changed by hand.
std::string FixChecksums(std::string file) {
  uint64_t directory_offset;
  std::memcpy(&directory_offset, file.data() + 16, 8);
  const auto* bytes = reinterpret_cast<const Bytef*>(file.data());
  uint32_t sum = crc32(0, bytes + directory_offset, file.size() - directory_offset);
  std::memcpy(file.data() + 40, &sum, 4);
  sum = crc32(0, bytes, 60);
  std::memcpy(file.data() + 60, &sum, 4);
  return file;
}

TEST_F(PackedFileTest, FileHoldsWhatWasWritten) {
  MakeFile();
  const auto file = PackedFile::Open(folder_ / "sample");
  ASSERT_TRUE(file.ok()) << file.status().ToString();
  ExpectSample(**file);
}

TEST_F(PackedFileTest, MemoryHoldsWhatWasWritten) {
  const auto writer = PackedWriter::CreateInMemory();
  WriteSample(*writer);
  const auto file = writer->FinishInMemory("{\"a\":1}");
  ASSERT_TRUE(file.ok());
  ExpectSample(**file);
}

TEST_F(PackedFileTest, BytesOfAFileOpenToo) {
  const std::string content = MakeFile();
  const auto file = PackedFile::FromBytes(AsBytes(content), "sample");
  ASSERT_TRUE(file.ok());
  ExpectSample(**file);
}

TEST_F(PackedFileTest, LargeBlobKeepsItsBytes) {
  std::vector<uint32_t> values(3'000'000);
  std::iota(values.begin(), values.end(), 5u);
  auto writer = PackedWriter::Create(folder_ / "large");
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE((*writer)->BeginBlob("v", 1, {3'000'000}).ok());
  ASSERT_TRUE((*writer)->Append(std::as_bytes(std::span(values))).ok());
  ASSERT_TRUE((*writer)->EndBlob().ok());
  EXPECT_EQ((*writer)->size_bytes(), 12'000'000u);
  ASSERT_TRUE((*writer)->Finish("").ok());
  const auto file = PackedFile::Open(folder_ / "large");
  ASSERT_TRUE(file.ok());
  const auto* blob = (*file)->Find("v");
  ASSERT_EQ(blob->bytes.size(), 12'000'000u);
  EXPECT_EQ(std::memcmp(blob->bytes.data(), values.data(), 12'000'000), 0);
  EXPECT_TRUE((*file)->Verify().ok());
}

TEST_F(PackedFileTest, AbandonedWriterLeavesNothing) {
  {
    auto writer = PackedWriter::Create(folder_ / "abandoned");
    ASSERT_TRUE(writer.ok());
    WriteSample(**writer);
  }
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(PackedFileTest, TwoWritersOfOnePathDoNotMix) {
  auto first = PackedWriter::Create(folder_ / "sample");
  auto second = PackedWriter::Create(folder_ / "sample");
  ASSERT_TRUE(first.ok() && second.ok());
  WriteSample(**first);
  WriteSample(**second);
  ASSERT_TRUE((*first)->Finish("{\"a\":1}").ok());
  ExpectSample(**PackedFile::Open(folder_ / "sample"));
  ASSERT_TRUE((*second)->Finish("{\"a\":1}").ok());
  ExpectSample(**PackedFile::Open(folder_ / "sample"));
}

TEST_F(PackedFileTest, WriterRefusesDuplicatesAndImpossibleShapes) {
  const auto writer = PackedWriter::CreateInMemory();
  ASSERT_TRUE(writer->BeginBlob("a", 0, {}).ok());
  ASSERT_TRUE(writer->EndBlob().ok());
  EXPECT_EQ(writer->BeginBlob("a", 0, {}).code(), StatusCode::kInvalidArgument);
  EXPECT_FALSE(writer->BeginBlob(std::string(2000, 'n'), 0, {}).ok());
  EXPECT_FALSE(writer->BeginBlob("b", 0, {-1}).ok());
  EXPECT_FALSE(writer->BeginBlob("c", 0, {INT64_MAX, INT64_MAX}).ok());
  EXPECT_FALSE(writer->BeginBlob("d", 0, tensor::Shape(9, 1)).ok());
}

TEST_F(PackedFileTest, EveryTruncationIsRefused) {
  const std::string content = MakeFile();
  for (size_t size = 0; size < content.size(); ++size) {
    const auto file = PackedFile::FromBytes(AsBytes(content.substr(0, size)), "cut");
    ASSERT_FALSE(file.ok()) << size;
  }
  EXPECT_FALSE(PackedFile::FromBytes(AsBytes(content + "x"), "longer").ok());
}

TEST_F(PackedFileTest, EveryChangedByteIsFoundByOpenOrVerify) {
  std::string content = MakeFile();
  uint64_t directory_offset;
  std::memcpy(&directory_offset, content.data() + 16, 8);
  for (size_t i = 0; i < content.size(); ++i) {
    const bool is_gap = (i >= 64 && i < 4096) || (i >= 4096 + 6 && i < 4160) ||
                        (i >= 4160 + 100 && i < directory_offset);
    if (is_gap) continue;
    content[i] ^= 0x10;
    const auto file = PackedFile::FromBytes(AsBytes(content), "changed");
    EXPECT_FALSE(file.ok() && (*file)->Verify().ok()) << i;
    content[i] ^= 0x10;
  }
}

TEST_F(PackedFileTest, VerifyNamesTheDamagedBlob) {
  std::string content = MakeFile();
  content[4160] ^= 1;
  const auto file = PackedFile::FromBytes(AsBytes(content), "damaged");
  ASSERT_TRUE(file.ok());
  const Status status = (*file)->Verify();
  EXPECT_EQ(status.code(), StatusCode::kDataLoss);
  EXPECT_NE(status.message().find("decoder/bias"), std::string::npos);
}

TEST_F(PackedFileTest, AnotherVersionIsAPreconditionError) {
  std::string content = MakeFile();
  content[8] = 9;
  const auto file = PackedFile::FromBytes(AsBytes(FixChecksums(content)), "v9");
  EXPECT_EQ(file.status().code(), StatusCode::kFailedPrecondition);
}

// A directory whose checksum is right can still lie: no mutation may crash the reader, and what it
// accepts must lie inside the file, aligned and apart.
TEST_F(PackedFileTest, LyingDirectoriesAreRefusedOrHarmless) {
  const std::string content = MakeFile();
  uint64_t directory_offset;
  std::memcpy(&directory_offset, content.data() + 16, 8);
  Random random(17);
  int refused = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string changed = content;
    const int edits = 1 + static_cast<int>(random.Next() % 3);
    for (int edit = 0; edit < edits; ++edit) {
      const size_t begin = random.Next() % 4 == 0 ? 12 : directory_offset;
      const size_t end = begin == 12 ? 40 : content.size();
      changed[begin + random.Next() % (end - begin)] = static_cast<char>(random.Next());
    }
    uint64_t offset;
    std::memcpy(&offset, changed.data() + 16, 8);
    if (offset < changed.size()) changed = FixChecksums(changed);
    const auto file = PackedFile::FromBytes(AsBytes(changed), "lying");
    if (!file.ok()) {
      ++refused;
      continue;
    }
    const std::byte* last = nullptr;
    for (const auto& blob : (*file)->blobs()) {
      EXPECT_GE(blob.bytes.data(), last);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(blob.bytes.data()) % 64, 0u);
      last = blob.bytes.data() + blob.bytes.size();
    }
    (void)(*file)->Verify();
  }
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace ironscribe::formats
