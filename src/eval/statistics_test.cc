#include "eval/statistics.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "eval/calibration.h"
#include "eval/test_files.h"
#include "eval/units.h"

namespace ironscribe::eval {
namespace {

std::vector<Edit> EditsOf(std::string_view letters) {
  std::vector<Edit> edits;
  for (const char letter : letters) {
    edits.push_back({static_cast<EditKind>(std::string_view("=SDI").find(letter)), 0, 0});
  }
  return edits;
}

TEST(Bootstrap, OneGroupHasNoSpread) {
  const std::vector<RateGroup> one = {{2, 10}};
  const Interval interval = BootstrapInterval(one, {});
  EXPECT_DOUBLE_EQ(interval.low, 0.2);
  EXPECT_DOUBLE_EQ(interval.high, 0.2);
  EXPECT_DOUBLE_EQ(BootstrapInterval({}, {}).high, 0);
}

TEST(Bootstrap, EqualGroupsHaveNoSpread) {
  const std::vector<RateGroup> groups(20, {1, 10});
  const Interval interval = BootstrapInterval(groups, {});
  EXPECT_DOUBLE_EQ(interval.low, 0.1);
  EXPECT_DOUBLE_EQ(interval.high, 0.1);
}

// Of n groups of equal length the mean's standard error is s/sqrt(n), and the 95 % interval 1.96 of
// them to either side.
TEST(Bootstrap, WidthIsThatOfTheNormalApproximation) {
  Random random(5);
  std::vector<RateGroup> groups;
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < 400; ++i) {
    const double errors = std::floor(random.NextUnit() * 5);
    groups.push_back({errors, 10});
    sum += errors / 10;
    squares += errors / 10 * errors / 10;
  }
  const double mean = sum / 400;
  const double error = std::sqrt((squares / 400 - mean * mean) / 400);
  const Interval interval = BootstrapInterval(groups, {});
  EXPECT_NEAR(interval.low, mean - 1.96 * error, 0.15 * error);
  EXPECT_NEAR(interval.high, mean + 1.96 * error, 0.15 * error);
}

TEST(Bootstrap, SeedDecides) {
  const std::vector<RateGroup> groups = {{1, 10}, {5, 12}, {0, 7}, {3, 30}};
  const Interval a = BootstrapInterval(groups, {.seed = 7, .replicates = 500});
  const Interval b = BootstrapInterval(groups, {.seed = 7, .replicates = 500});
  const Interval c = BootstrapInterval(groups, {.seed = 8, .replicates = 500});
  EXPECT_EQ(a.low, b.low);
  EXPECT_EQ(a.high, b.high);
  EXPECT_TRUE(a.low != c.low || a.high != c.high);
}

TEST(PairedBootstrap, ClearDifference) {
  std::vector<PairedGroup> groups;
  for (int i = 0; i < 30; ++i) groups.push_back({5.0 + i % 3, 2.0 + i % 3, 20});
  const PairedBootstrap result = ComparePaired(groups, {});
  EXPECT_NEAR(result.difference, -0.15, 1e-12);
  EXPECT_DOUBLE_EQ(result.probability_better, 1);
  EXPECT_DOUBLE_EQ(result.p_value, 0);
  EXPECT_LT(result.interval.high, 0);
}

TEST(PairedBootstrap, NoDifference) {
  const std::vector<PairedGroup> same(10, {3, 3, 20});
  EXPECT_DOUBLE_EQ(ComparePaired(same, {}).p_value, 1);
  std::vector<PairedGroup> noise;
  for (int i = 0; i < 40; ++i) noise.push_back({i % 2 == 0 ? 4.0 : 2.0, 3, 20});
  EXPECT_GT(ComparePaired(noise, {}).p_value, 0.5);
}

TEST(MatchedPairs, SegmentsByHand) {
  // Errors one word apart make one segment, two words apart make two.
  const auto joined = MatchedSegments(EditsOf("=S=S=="), EditsOf("======"));
  ASSERT_EQ(joined.size(), 1u);
  EXPECT_EQ(joined[0].errors_a, 2);
  EXPECT_EQ(joined[0].errors_b, 0);
  const auto parted = MatchedSegments(EditsOf("=S==S="), EditsOf("====D="));
  ASSERT_EQ(parted.size(), 2u);
  EXPECT_EQ(parted[0].errors_a, 1);
  EXPECT_EQ(parted[0].errors_b, 0);
  EXPECT_EQ(parted[1].errors_a, 1);
  EXPECT_EQ(parted[1].errors_b, 1);
  // Insertions belong to the gap before a word, also behind the last.
  const auto inserted = MatchedSegments(EditsOf("I=="), EditsOf("==II"));
  ASSERT_EQ(inserted.size(), 2u);
  EXPECT_EQ(inserted[0].errors_a, 1);
  EXPECT_EQ(inserted[1].errors_b, 2);
  EXPECT_TRUE(MatchedSegments(EditsOf("===="), EditsOf("====")).empty());
}

// Segments and z of NIST's sc_stats; see testdata/README.md.
TEST(MatchedPairs, EqualsScStats) {
  std::vector<MatchedSegment> segments;
  const auto rows = ReadTable("matched_pairs.tsv");
  const std::vector<std::string>* wanted = nullptr;
  int tests = 0;
  const auto check = [&] {
    if (wanted == nullptr) return;
    const MatchedPairs result = TestMatchedPairs(segments);
    EXPECT_EQ(std::to_string(result.segments), (*wanted)[2]);
    EXPECT_NEAR(result.z, std::stod((*wanted)[3]), 0.0006);
    ++tests;
    segments.clear();
  };
  for (const auto& row : rows) {
    if (row[0] == "test") {
      check();
      wanted = &row;
      continue;
    }
    SymbolTable table;
    const auto align = [&](const std::string& hypothesis) {
      return *Align(table.Of(WordsOf(row[1])), table.Of(WordsOf(hypothesis)),
                    AlignmentCosts::kSclite);
    };
    const auto more = MatchedSegments(align(row[2]), align(row[3]));
    segments.insert(segments.end(), more.begin(), more.end());
  }
  check();
  EXPECT_EQ(tests, 4);
}

TEST(MatchedPairs, ProbabilityOfZ) {
  // 1.96 standard errors: half the differences are 1, half 0, so that z is known.
  std::vector<MatchedSegment> segments;
  for (int i = 0; i < 100; ++i) segments.push_back({i % 2, 0});
  const MatchedPairs result = TestMatchedPairs(segments);
  EXPECT_NEAR(result.z, 0.5 / std::sqrt(0.25 * 100 / 99 / 100), 1e-9);
  EXPECT_LT(result.p_value, 1e-9);
  // All differ alike: as a sign test.
  EXPECT_DOUBLE_EQ(TestMatchedPairs(std::vector<MatchedSegment>(3, {1, 0})).p_value, 0.25);
  EXPECT_DOUBLE_EQ(TestMatchedPairs(std::vector<MatchedSegment>(3, {1, 1})).p_value, 1);
  EXPECT_DOUBLE_EQ(TestMatchedPairs({}).p_value, 1);
}

TEST(Quantile, BetweenRanks) {
  EXPECT_DOUBLE_EQ(Quantile({}, 0.5), 0);
  EXPECT_DOUBLE_EQ(Quantile({4, 1, 3, 2}, 0.5), 2.5);
  EXPECT_DOUBLE_EQ(Quantile({4, 1, 3, 2}, 1), 4);
  EXPECT_DOUBLE_EQ(Quantile({10}, 0.9), 10);
}

TEST(Calibration, PerfectWordsHaveNoError) {
  std::vector<WordConfidence> words;
  for (int i = 0; i < 1000; ++i) words.push_back({0.8f, i % 5 != 0});
  const Calibration calibration = Calibrate(words);
  EXPECT_NEAR(calibration.expected_error, 0, 1e-7);
  EXPECT_EQ(calibration.bins.size(), 10u);
}

TEST(Calibration, ErrorByHand) {
  // Two bins of two words: means 0.3 and 0.8; one of two, then two of two are right.
  const std::vector<WordConfidence> words = {
      {0.9f, true}, {0.2f, false}, {0.7f, true}, {0.4f, true}};
  const Calibration calibration = Calibrate(words, 2);
  ASSERT_EQ(calibration.bins.size(), 2u);
  EXPECT_NEAR(calibration.bins[0].mean_probability, 0.3, 1e-6);
  EXPECT_NEAR(calibration.bins[0].share_right, 0.5, 1e-9);
  EXPECT_NEAR(calibration.expected_error, 0.5 * 0.2 + 0.5 * 0.2, 1e-6);
}

TEST(Calibration, OrderOfEqualWordsDoesNotMatter) {
  std::vector<WordConfidence> words;
  for (int i = 0; i < 40; ++i) words.push_back({0.5f, i < 20});
  const double sorted = Calibrate(words).expected_error;
  std::vector<WordConfidence> mixed;
  for (int i = 0; i < 40; ++i) mixed.push_back({0.5f, i % 2 == 0});
  EXPECT_NEAR(sorted, Calibrate(mixed).expected_error, 1e-12);
  EXPECT_NEAR(sorted, 0, 1e-7);
}

TEST(Calibration, FewerWordsThanBins) {
  const std::vector<WordConfidence> words = {{0.5f, true}, {0.6f, false}, {0.7f, true}};
  const Calibration calibration = Calibrate(words);
  EXPECT_EQ(calibration.bins.size(), 3u);
  EXPECT_EQ(calibration.words, 3);
  EXPECT_TRUE(Calibrate({}).bins.empty());
}

}  // namespace
}  // namespace ironscribe::eval
