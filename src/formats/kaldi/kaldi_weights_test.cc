#include "formats/kaldi/kaldi_weights.h"

#include <gtest/gtest.h>

#include "formats/testing/kaldi_model.h"
#include "formats/testing/robustness.h"

namespace ironscribe::formats {
namespace {

TEST(KaldiWeightsTest, ArraysByComponentAndTag) {
  const testing::ParsedCopy copy(testing::KaldiNetworkModel(true), ParseKaldi);
  ASSERT_TRUE(copy.ok()) << copy.status().ToString();
  EXPECT_EQ(copy.source().format(), "kaldi");
  EXPECT_EQ(copy.source().metadata().at("kind"), "nnet3");
  EXPECT_EQ(copy.source().metadata().at("num_pdfs"), "4");
  ASSERT_NE(copy.source().Find("a.LinearParams"), nullptr);
  EXPECT_EQ(copy.source().Find("a.LinearParams")->shape, (tensor::Shape{5, 6}));
  EXPECT_EQ(testing::ReadAll(copy.source(), "norm.StatsVar"),
            (std::vector<float>{1, 2, 4, 1, 0.5f}));
  std::vector<float> out(6);
  EXPECT_EQ(copy.source().Read("norm.StatsVar", 0, out).code(), StatusCode::kOutOfRange);
  EXPECT_EQ(copy.source().Read("norm.StatsVar", UINT64_MAX, out).code(), StatusCode::kOutOfRange);
  EXPECT_EQ(copy.source().Read("none", 0, out).code(), StatusCode::kNotFound);
}

TEST(KaldiWeightsTest, MixturesHaveNoTensors) {
  const testing::ParsedCopy copy(testing::KaldiMixtureModel(true), ParseKaldi);
  ASSERT_TRUE(copy.ok()) << copy.status().ToString();
  EXPECT_TRUE(copy.source().tensors().empty());
  EXPECT_EQ(copy.source().metadata().at("kind"), "gmm");
}

TEST(KaldiWeightsTest, Damaged) {
  const std::string file = testing::KaldiNetworkModel(true);
  EXPECT_GT(testing::Mutate(file, ParseKaldi, 1000, 21), 200);
}

}  // namespace
}  // namespace ironscribe::formats
