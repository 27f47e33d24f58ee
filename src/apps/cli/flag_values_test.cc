#include "apps/cli/flag_values.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace ironscribe::cli {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(ParseSeconds, TakesSecondsMinutesAndHours) {
  const struct {
    const char* text;
    double seconds;
  } kCases[] = {{"0", 0},
                {"90", 90},
                {"90.5", 90.5},
                {"1:30", 90},
                {"75:00", 4500},
                {"1:02:03.25", 3723.25},
                {"100:00:00", 360000},
                {"0:00.5", 0.5}};
  for (const auto& test : kCases) {
    const auto seconds = ParseSeconds(test.text);
    ASSERT_TRUE(seconds.ok()) << test.text;
    EXPECT_DOUBLE_EQ(*seconds, test.seconds) << test.text;
  }
}

TEST(ParseSeconds, RefusesWhatIsNoTime) {
  for (const char* text : {"", "abc", "-1", "1e3", "inf", "nan", "1:", ":30", "1:60", "1:2:3:4",
                           "1.5:00", "1:00:99", "1..5", " 1", "."}) {
    EXPECT_FALSE(ParseSeconds(text).ok()) << text;
  }
}

TEST(ParseClip, TakesOpenEnds) {
  const struct {
    const char* text;
    double start, end;
  } kCases[] = {{"30-75", 30, 75},
                {"0:30-1:15.5", 30, 75.5},
                {"10-", 10, kInfinity},
                {"-10", 0, 10},
                {"1:00:00-1:00:01", 3600, 3601}};
  for (const auto& test : kCases) {
    const auto clip = ParseClip(test.text);
    ASSERT_TRUE(clip.ok()) << test.text;
    EXPECT_EQ(clip->start_seconds, test.start) << test.text;
    EXPECT_EQ(clip->end_seconds, test.end) << test.text;
  }
}

TEST(ParseClip, RefusesWhatIsNoClip) {
  for (const char* text : {"", "-", "30", "30-20", "30-30", "a-b", "1-2-3", "--5", "1--2"}) {
    const auto clip = ParseClip(text);
    ASSERT_FALSE(clip.ok()) << text;
    EXPECT_EQ(clip.status().code(), StatusCode::kInvalidArgument);
  }
}

TEST(ParseTemperatures, TakesOneAListOrSteps) {
  EXPECT_EQ(*ParseTemperatures("0", {}), (std::vector<float>{0}));
  EXPECT_EQ(*ParseTemperatures("0,0.2, 0.4", {}), (std::vector<float>{0, 0.2f, 0.4f}));
  EXPECT_EQ(*ParseTemperatures("0", 0.2), (std::vector<float>{0, 0.2f, 0.4f, 0.6f, 0.8f, 1}));
  EXPECT_EQ(*ParseTemperatures("0.5", 0.3), (std::vector<float>{0.5f, 0.8f}));
  EXPECT_EQ(*ParseTemperatures("1.5", 0.2), (std::vector<float>{1.5f}));
}

TEST(ParseTemperatures, RefusesNonsense) {
  for (const char* text : {"", "warm", "-0.2", "0,,1", "0,-1", "nan", "inf"}) {
    EXPECT_FALSE(ParseTemperatures(text, {}).ok()) << text;
  }
  EXPECT_FALSE(ParseTemperatures("0,1", 0.2).ok());
  for (double increment : {0.0, -0.2, 1e-9}) EXPECT_FALSE(ParseTemperatures("0", increment).ok());
}

TEST(ParseThreshold, TakesNumbersAndOff) {
  EXPECT_EQ(*ParseThreshold("-1.5"), -1.5f);
  EXPECT_TRUE(std::isnan(*ParseThreshold("off")));
  for (const char* text : {"", "on", "nan", "2.4x"}) EXPECT_FALSE(ParseThreshold(text).ok());
}

TEST(ParseTokenList, TakesIdsAndNone) {
  EXPECT_EQ(*ParseTokenList("-1,50, 1023"), (std::vector<int32_t>{-1, 50, 1023}));
  EXPECT_TRUE(ParseTokenList("none")->empty());
  EXPECT_TRUE(ParseTokenList("")->empty());
  for (const char* text : {"x", "1,", "-2", "1.5", "99999999999"}) {
    EXPECT_FALSE(ParseTokenList(text).ok()) << text;
  }
}

TEST(ParseFormats, KeepsTheOrderAndDropsRepeats) {
  const std::vector<std::string> names = {"srt", "txt", "srt"};
  const auto formats = ParseFormats(names);
  ASSERT_TRUE(formats.ok());
  ASSERT_EQ(formats->size(), 2u);
  EXPECT_EQ((*formats)[0]->name, "srt");
  EXPECT_EQ((*formats)[1]->name, "txt");
}

TEST(ParseFormats, SuggestsTheNearest) {
  const std::vector<std::string> names = {"jsn"};
  const auto formats = ParseFormats(names);
  ASSERT_FALSE(formats.ok());
  EXPECT_NE(formats.status().message().find("did you mean 'json'?"), std::string::npos);
}

TEST(ParseTask, KnowsBoth) {
  EXPECT_EQ(*ParseTask("translate"), models::Task::kTranslate);
  EXPECT_FALSE(ParseTask("sing").ok());
}

}  // namespace
}  // namespace ironscribe::cli
