#include "io/owned_folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "io/test_folder.h"

namespace ironscribe::io {
namespace {

TEST(OwnedFolder, TheSecondIsToldWhoHasIt) {
  const TestFolder home;
  const auto folder = home.path() / "data";
  auto first = OwnedFolder::Acquire(folder, "ironscribe serve");
  ASSERT_TRUE(first.ok()) << first.status().message();
  const auto second = OwnedFolder::Acquire(folder, "another");
  ASSERT_EQ(second.status().code(), StatusCode::kFailedPrecondition);
  const std::string& message = second.status().message();
  EXPECT_NE(message.find("process " + std::to_string(::getpid())), std::string::npos) << message;
  EXPECT_NE(message.find("ironscribe serve"), std::string::npos) << message;
  EXPECT_NE(message.find(folder.string()), std::string::npos) << message;
}

TEST(OwnedFolder, IsFreeAgainAfterwardsWhateverTheFileSays) {
  const TestFolder home;
  ASSERT_TRUE(OwnedFolder::Acquire(home.path(), "first, with a long purpose").ok());
  ASSERT_TRUE(OwnedFolder::Acquire(home.path(), "second").ok());
  home.Write("owner", std::string(10'000, '\x1b'));
  const auto third = OwnedFolder::Acquire(home.path(), "third");
  ASSERT_TRUE(third.ok()) << third.status().message();
  home.Write("owner", "\x1b[2Jevil");
  const auto fourth = OwnedFolder::Acquire(home.path(), "fourth");
  EXPECT_EQ(fourth.status().message().find('\x1b'), std::string::npos);
}

TEST(OwnedFolder, NeedsAFolder) {
  const TestFolder home;
  home.Write("file", "");
  EXPECT_EQ(OwnedFolder::Acquire(home.path() / "file", "x").status().code(),
            StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace ironscribe::io
