#include "io/byte_reader.h"

#include <gtest/gtest.h>

#include <vector>

namespace ironscribe::io {
namespace {

std::vector<std::byte> MakeBytes(std::initializer_list<int> values) {
  std::vector<std::byte> bytes;
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

TEST(ByteReaderTest, ReadsLittleEndianValuesInOrder) {
  const auto bytes = MakeBytes({0x12, 0x34, 0x56, 0xff, 0xff, 0xff, 0xff, 0, 0, 0x80, 0x3f});
  ByteReader reader(bytes, "file");
  EXPECT_EQ(*reader.Read<uint8_t>(), 0x12);
  EXPECT_EQ(*reader.Read<uint16_t>(), 0x5634);
  EXPECT_EQ(*reader.Read<int32_t>(), -1);
  EXPECT_EQ(reader.offset(), 7u);
  EXPECT_EQ(*reader.Read<float>(), 1.0f);
  EXPECT_EQ(reader.remaining(), 0u);
}

TEST(ByteReaderTest, AReadBeyondTheEndIsAnErrorThatNamesFileAndOffset) {
  const auto bytes = MakeBytes({1, 2, 3, 4, 5});
  ByteReader reader(bytes, "model.bin");
  ASSERT_TRUE(reader.Read<uint16_t>().ok());
  const Status status = reader.Read<uint32_t>().status();
  EXPECT_EQ(status.code(), StatusCode::kDataLoss);
  EXPECT_NE(status.message().find("model.bin"), std::string::npos);
  EXPECT_NE(status.message().find("offset 2"), std::string::npos);
  // A failed read takes nothing.
  EXPECT_EQ(reader.offset(), 2u);
  EXPECT_TRUE(reader.ReadBytes(3).ok());
}

TEST(ByteReaderTest, LengthsAreComparedWithWhatIsLeft) {
  const auto bytes = MakeBytes({'a', 'b', 'c'});
  ByteReader reader(bytes, "file");
  EXPECT_FALSE(reader.ReadBytes(4).ok());
  EXPECT_FALSE(reader.ReadBytes(UINT64_MAX).ok());
  ASSERT_TRUE(reader.Read<uint8_t>().ok());
  // A sum with the offset would wrap around to 0.
  EXPECT_FALSE(reader.ReadString(UINT64_MAX).ok());
  EXPECT_EQ(*reader.ReadString(2), "bc");
  EXPECT_EQ(*reader.ReadString(0), "");
}

TEST(ByteReaderTest, SeekStaysInside) {
  const auto bytes = MakeBytes({1, 2, 3});
  ByteReader reader(bytes, "file");
  EXPECT_TRUE(reader.Seek(3).ok());
  EXPECT_EQ(reader.remaining(), 0u);
  EXPECT_FALSE(reader.Seek(4).ok());
  EXPECT_FALSE(reader.Seek(UINT64_MAX).ok());
  EXPECT_EQ(reader.offset(), 3u);
  EXPECT_TRUE(reader.Seek(1).ok());
  EXPECT_EQ(*reader.Read<uint8_t>(), 2);
}

TEST(ByteReaderTest, NoBytesAtAll) {
  ByteReader reader({}, "empty");
  EXPECT_FALSE(reader.Read<uint8_t>().ok());
  EXPECT_TRUE(reader.ReadBytes(0).ok());
  EXPECT_TRUE(reader.Seek(0).ok());
}

}  // namespace
}  // namespace ironscribe::io
