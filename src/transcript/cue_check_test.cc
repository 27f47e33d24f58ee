#include "transcript/cue_check.h"

#include <gtest/gtest.h>

namespace ironscribe::transcript {
namespace {

Cue MakeCue(int64_t start_ms, int64_t end_ms, std::vector<std::string> lines) {
  Cue cue{.start_ms = start_ms, .end_ms = end_ms, .lines = {}};
  for (std::string& line : lines) cue.lines.push_back({std::move(line), ""});
  return cue;
}

std::vector<CueFault> Faults(const std::vector<Cue>& cues, const CueRules& rules = {}) {
  std::vector<CueFault> faults;
  for (const CueViolation& violation : CheckCues(cues, rules)) faults.push_back(violation.fault);
  return faults;
}

using Expected = std::vector<CueFault>;

TEST(CheckCues, FindsNothingInGoodCues) {
  EXPECT_EQ(Faults({}), Expected{});
  // Each at its limit: 42 columns, two lines, 20 columns a second, 1 s, 7 s, 84 ms.
  EXPECT_EQ(Faults({MakeCue(0, 1000, {std::string(20, 'x')}),
                    MakeCue(1084, 8084, {std::string(42, 'x'), std::string(42, 'y')})}),
            Expected{});
}

TEST(CheckCues, FindsEachFault) {
  EXPECT_EQ(Faults({MakeCue(0, 2000, {})}), Expected{CueFault::kNoText});
  EXPECT_EQ(Faults({MakeCue(0, 2000, {"a", ""})}), Expected{CueFault::kNoText});
  EXPECT_EQ(Faults({MakeCue(0, 5000, {std::string(43, 'x')})}), Expected{CueFault::kLineTooWide});
  EXPECT_EQ(Faults({MakeCue(0, 2000, {"a", "b", "c"})}), Expected{CueFault::kTooManyLines});
  EXPECT_EQ(Faults({MakeCue(0, 1049, {std::string(21, 'x')})}), Expected{CueFault::kTooFast});
  EXPECT_EQ(Faults({MakeCue(0, 999, {"a"})}), Expected{CueFault::kTooShort});
  EXPECT_EQ(Faults({MakeCue(0, 7001, {"a"})}), Expected{CueFault::kTooLong});
  EXPECT_EQ(Faults({MakeCue(5, 5, {"a"})}), Expected{CueFault::kOutOfOrder});
  EXPECT_EQ(Faults({MakeCue(5000, 6000, {"a"}), MakeCue(1000, 3000, {"b"})}),
            Expected{CueFault::kOutOfOrder});
  EXPECT_EQ(Faults({MakeCue(0, 2000, {"a"}), MakeCue(1999, 4000, {"b"})}),
            Expected{CueFault::kOverlap});
  EXPECT_EQ(Faults({MakeCue(0, 2000, {"a"}), MakeCue(2083, 4000, {"b"})}),
            Expected{CueFault::kGapTooSmall});
}

TEST(CheckCues, CountsColumnsAndLabels) {
  std::string wide;
  for (int i = 0; i < 22; ++i) wide += "今";
  EXPECT_EQ(Faults({MakeCue(0, 5000, {wide})}), Expected{CueFault::kLineTooWide});
  EXPECT_EQ(Faults({MakeCue(0, 2000, {wide.substr(0, 63)})}), Expected{CueFault::kTooFast});
  Cue labelled = MakeCue(0, 5000, {std::string(36, 'x')});
  labelled.lines[0].label = "agent";  // And ": ".
  EXPECT_EQ(Faults({labelled}), Expected{CueFault::kLineTooWide});
  labelled.lines[0].text.pop_back();
  EXPECT_EQ(Faults({labelled}), Expected{});
}

TEST(CheckCues, FollowsOtherRules) {
  CueRules rules;
  rules.max_line_columns = 10;
  rules.max_lines = 3;
  rules.max_columns_per_second = 100;
  rules.min_seconds = 0.1;
  rules.max_seconds = 2;
  rules.gap_ms = 0;
  EXPECT_EQ(Faults({MakeCue(0, 100, {"a", "b", "c"}), MakeCue(100, 2100, {"0123456789"})}, rules),
            Expected{});
  EXPECT_EQ(Faults({MakeCue(0, 2001, {"0123456789a"})}, rules),
            (Expected{CueFault::kLineTooWide, CueFault::kTooLong}));
}

TEST(DescribeViolation, NamesPlaceValueAndLimit) {
  const std::vector<Cue> cues = {MakeCue(0, 2000, {"a"}),
                                 MakeCue(3'723'004, 3'724'004, {std::string(25, 'x')})};
  const auto violations = CheckCues(cues, {});
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(DescribeViolation(violations[0], cues),
            "cue 2 at 01:02:03.004: too fast, 25 columns a second (at most 20)");
  EXPECT_EQ(CueFaultName(CueFault::kOverlap), "overlap");
}

}  // namespace
}  // namespace ironscribe::transcript
