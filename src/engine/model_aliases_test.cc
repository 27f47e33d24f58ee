#include "engine/model_aliases.h"

#include <gtest/gtest.h>

#include <limits>

namespace ironscribe::engine {
namespace {

// The share of 10,000 requests that `model` serves.
double ShareOf(const ModelAliases& aliases, std::string_view alias, std::string_view model) {
  int hits = 0;
  for (int i = 0; i < 10000; ++i) {
    hits += *aliases.Choose(alias, "request-" + std::to_string(i)) == model;
  }
  return hits / 10000.0;
}

TEST(ModelAliasesTest, AnAliasStandsForItsModel) {
  ModelAliases aliases;
  aliases.Point("whisper-1", "base");
  EXPECT_EQ(*aliases.Choose("whisper-1", "x"), "base");
  EXPECT_EQ(aliases.Choose("base", "x"), nullptr);
  EXPECT_TRUE(aliases.Mentions("base"));
  EXPECT_TRUE(aliases.Remove("whisper-1").ok());
  EXPECT_EQ(aliases.Remove("whisper-1").code(), StatusCode::kNotFound);
}

TEST(ModelAliasesTest, ACandidateServesItsShareAndAlwaysTheSameRequests) {
  ModelAliases aliases;
  aliases.Point("a", "old");
  aliases.Point("b", "old");
  ASSERT_TRUE(aliases.Try("a", "new", 0.05).ok());
  ASSERT_TRUE(aliases.Try("b", "new", 0.05).ok());
  EXPECT_NEAR(ShareOf(aliases, "a", "new"), 0.05, 0.01);
  int different = 0, back = 0;
  ModelAliases more = aliases;
  ASSERT_TRUE(more.Try("a", "new", 0.5).ok());
  for (int i = 0; i < 2000; ++i) {
    const std::string id = "request-" + std::to_string(i);
    EXPECT_EQ(aliases.Choose("a", id), aliases.Choose("a", id));
    different += *aliases.Choose("a", id) != *aliases.Choose("b", id);
    // A larger share keeps those who had the new one.
    back += *aliases.Choose("a", id) == "new" && *more.Choose("a", id) == "old";
  }
  EXPECT_GT(different, 0);
  EXPECT_EQ(back, 0);
  for (const double share : {0.0, 1.0}) {
    ASSERT_TRUE(aliases.Try("a", "new", share).ok());
    EXPECT_EQ(ShareOf(aliases, "a", "new"), share);
  }
}

TEST(ModelAliasesTest, RollBackEndsATrialOrGoesBack) {
  ModelAliases aliases;
  aliases.Point("a", "one");
  EXPECT_EQ(aliases.RollBack("a").code(), StatusCode::kFailedPrecondition);
  ASSERT_TRUE(aliases.Try("a", "two", 0.5).ok());
  ASSERT_TRUE(aliases.RollBack("a").ok());
  EXPECT_EQ(ShareOf(aliases, "a", "one"), 1);
  EXPECT_EQ(aliases.Promote("a").code(), StatusCode::kFailedPrecondition);
  ASSERT_TRUE(aliases.Try("a", "two", 0.5).ok());
  ASSERT_TRUE(aliases.Promote("a").ok());
  EXPECT_EQ(ShareOf(aliases, "a", "two"), 1);
  ASSERT_TRUE(aliases.RollBack("a").ok());
  EXPECT_EQ(ShareOf(aliases, "a", "one"), 1);
  EXPECT_EQ(aliases.RollBack("a").code(), StatusCode::kFailedPrecondition);
}

TEST(ModelAliasesTest, WhatCannotBeIsRefused) {
  ModelAliases aliases;
  EXPECT_EQ(aliases.Try("a", "new", 0.5).code(), StatusCode::kNotFound);
  EXPECT_EQ(aliases.RollBack("a").code(), StatusCode::kNotFound);
  aliases.Point("a", "old");
  for (const double share : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_EQ(aliases.Try("a", "new", share).code(), StatusCode::kInvalidArgument) << share;
  }
  EXPECT_TRUE(aliases.List().at(0).candidate.empty());
}

}  // namespace
}  // namespace ironscribe::engine
