#include "engine/model_digest.h"

#include <gtest/gtest.h>

#include "io/file.h"

namespace ironscribe::engine {
namespace {

TEST(ModelDigestTest, Files) {
  const auto path = std::filesystem::path(testing::TempDir()) / "model_digest_test.txt";
  ASSERT_TRUE(io::WriteFileAtomically(path, "hello world\n").ok());
  EXPECT_EQ(*Sha256OfFile(path),
            "a948904f2f0f479b8f8197694b30184b0d2ed1c1cd2a1ec0fb85d299a192a447");
  // What `git hash-object` prints.
  EXPECT_EQ(*GitBlobIdOfFile(path), "3b18e512dba79e4c8300dd08aeb37f8e728b8dad");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(Sha256OfFile(path, stop.get_token()).status().code(), StatusCode::kCancelled);
  EXPECT_EQ(Sha256OfFile(path.string() + ".missing").status().code(), StatusCode::kNotFound);
  std::filesystem::remove(path);
}

TEST(ModelDigestTest, RecognisesSums) {
  EXPECT_TRUE(IsSha256(std::string(64, 'a')));
  EXPECT_TRUE(IsSha256(std::string(64, 'F')));
  EXPECT_FALSE(IsSha256(std::string(63, 'a')));
  EXPECT_FALSE(IsSha256(std::string(64, 'g')));
}

}  // namespace
}  // namespace ironscribe::engine
