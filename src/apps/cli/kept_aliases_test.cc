#include "apps/cli/kept_aliases.h"

#include <gtest/gtest.h>

#include "io/test_folder.h"

namespace ironscribe::cli {
namespace {

class KeptAliasesTest : public testing::Test {
 protected:
  // A pool with the models and the alias of the flags, as a server starts.
  static std::unique_ptr<engine::ModelPool> Pool(const std::vector<std::string>& models,
                                                 const std::vector<ServedAlias>& flags) {
    auto pool = std::make_unique<engine::ModelPool>(engine::ModelPoolOptions{});
    for (const std::string& model : models) {
      EXPECT_TRUE(pool->Add({.name = model, .path = "/nothing/here"}).ok());
    }
    for (const ServedAlias& flag : flags) {
      EXPECT_TRUE(pool->PointAlias(flag.name, flag.model).ok());
    }
    return pool;
  }
  static std::string Text(const engine::ModelPool& pool) {
    std::string text;
    for (const auto& alias : pool.Aliases()) {
      text += alias.name + "=" + alias.model + "," + alias.candidate + "," + alias.previous + ";";
    }
    return text;
  }
  KeptAliases Kept(const std::vector<ServedAlias>& flags) const {
    return KeptAliases(folder_.path() / "aliases.json", flags);
  }

  io::TestFolder folder_;
  const std::vector<ServedAlias> flags_ = {{"w", "a", "", 0}};
};

TEST_F(KeptAliasesTest, ChangesSurviveARestart) {
  const auto pool = Pool({"a", "b"}, flags_);
  EXPECT_EQ(*Kept(flags_).Restore(*pool), "");
  ASSERT_TRUE(pool->PointAlias("w", "b").ok());
  ASSERT_TRUE(pool->PointAlias("x", "a").ok());
  ASSERT_TRUE(pool->TryAlias("x", "b", 0.05).ok());
  ASSERT_TRUE(Kept(flags_).Keep(*pool).ok());
  const auto next = Pool({"a", "b"}, flags_);
  EXPECT_NE(*Kept(flags_).Restore(*next), "");
  EXPECT_EQ(Text(*next), "w=b,,a;x=a,b,;");
  EXPECT_EQ(next->Aliases()[1].candidate_share, 0.05);
  EXPECT_TRUE(next->RollBackAlias("w").ok());
  ASSERT_TRUE(next->RemoveAlias("w").ok());
  ASSERT_TRUE(Kept(flags_).Keep(*next).ok());
  const auto last = Pool({"a", "b"}, flags_);
  EXPECT_TRUE(Kept(flags_).Restore(*last).ok());
  EXPECT_EQ(Text(*last), "x=a,b,;") << "what was removed stays so";
}

TEST_F(KeptAliasesTest, OtherFlagsWin) {
  const auto pool = Pool({"a", "b"}, flags_);
  ASSERT_TRUE(pool->PointAlias("w", "b").ok());
  ASSERT_TRUE(Kept(flags_).Keep(*pool).ok());
  const std::vector<ServedAlias> others = {{"w", "a", "", 0}, {"y", "a", "", 0}};
  const auto next = Pool({"a", "b"}, others);
  EXPECT_TRUE(Kept(others).Restore(*next).ok());
  EXPECT_EQ(Text(*next), "w=a,,;y=a,,;");
}

TEST_F(KeptAliasesTest, ModelsThatWentAreLeftOut) {
  const auto pool = Pool({"a", "b"}, {});
  ASSERT_TRUE(pool->PointAlias("x", "b").ok());
  ASSERT_TRUE(pool->PointAlias("z", "b").ok());
  ASSERT_TRUE(pool->PointAlias("z", "a").ok());
  ASSERT_TRUE(Kept({}).Keep(*pool).ok());
  const auto next = Pool({"a"}, {});
  EXPECT_NE(Kept({}).Restore(*next)->find("but for 1"), std::string::npos);
  EXPECT_EQ(Text(*next), "z=a,,;");
}

TEST_F(KeptAliasesTest, ADamagedFileIsToldAndTakesNothing) {
  const auto pool = Pool({"a"}, flags_);
  for (const char* text : {"", "{", "[]", R"({"version":2,"flags":"","aliases":[]})",
                           R"({"version":1,"flags":"w=a,:0\n","aliases":[{"name":1}]})"}) {
    folder_.Write("aliases.json", text);
    EXPECT_EQ(Kept(flags_).Restore(*pool).status().code(), StatusCode::kDataLoss) << text;
    EXPECT_EQ(Text(*pool), "w=a,,;");
  }
}

}  // namespace
}  // namespace ironscribe::cli
