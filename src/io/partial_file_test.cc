#include "io/partial_file.h"

#include <gtest/gtest.h>

#include "io/file.h"

namespace ironscribe::io {
namespace {

TEST(PartialFileTest, GoesOnWhereItStopped) {
  const auto path = std::filesystem::path(testing::TempDir()) / "partial_file_test" / "a.partial";
  std::filesystem::remove_all(path.parent_path());
  {
    auto file = PartialFile::Open(path);
    ASSERT_TRUE(file.ok()) << file.status().ToString();
    EXPECT_EQ((*file)->size_bytes(), 0u);
    ASSERT_TRUE((*file)->Append("first").ok());
  }
  auto file = PartialFile::Open(path);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ((*file)->size_bytes(), 5u);
  ASSERT_TRUE((*file)->Append(" second").ok());
  ASSERT_TRUE((*file)->Sync().ok());
  EXPECT_EQ(*ReadFile(path, 100), "first second");
  ASSERT_TRUE((*file)->Clear().ok());
  ASSERT_TRUE((*file)->Append("anew").ok());
  EXPECT_EQ((*file)->size_bytes(), 4u);
  EXPECT_EQ(*ReadFile(path, 100), "anew");
}

TEST(PartialFileTest, FullDevice) {
  auto file = PartialFile::Open("/dev/full");
  if (!file.ok()) GTEST_SKIP() << "no /dev/full here";
  EXPECT_EQ((*file)->Append("x").code(), StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace ironscribe::io
