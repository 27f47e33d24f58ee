// I-vectors against a reference in double precision that solves exactly, weights of speech, and the
// rules for the end of an utterance.
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "models/kaldi/conjugate_gradients.h"
#include "models/kaldi/endpoint.h"
#include "models/kaldi/ivector.h"
#include "models/kaldi/speech_weights.h"

namespace ironscribe::models::kaldi {
namespace {

namespace kf = formats::kaldi;

TEST(ConjugateGradientsTest, SolvesASmallSystem) {
  // [[4, 1], [1, 3]] x = [1, 2]
  std::vector<double> x = {2, 1};
  ConjugateGradients(std::vector<double>{4, 1, 3}, std::vector<double>{1, 2}, 5, x);
  EXPECT_NEAR(x[0], 1.0 / 11, 1e-12);
  EXPECT_NEAR(x[1], 7.0 / 11, 1e-12);
}

// One Gaussian, one dimension, no context: everything can be written down.
TEST(IvectorTest, OneDimensionByHand) {
  kf::Matrix transform{.rows = 1, .cols = 2, .values = {2, 0.5f}};  // 2 x + 0.5
  kf::DoubleMatrix stats{.rows = 1, .cols = 2, .values = {100, 10}};
  kf::GaussianMixture mixture;
  mixture.weights = {1};
  mixture.constants = {0};
  mixture.means_inverse_variances = {.rows = 1, .cols = 1, .values = {0}};
  mixture.inverse_variances = {.rows = 1, .cols = 1, .values = {1}};
  kf::IvectorExtractor extractor;
  extractor.means = {{.rows = 1, .cols = 1, .values = {3}}};
  extractor.inverse_covariances = {{0.25}};
  extractor.prior_offset = 10;
  const auto model = IvectorModel::Create({.splice_left = 0, .splice_right = 0}, transform, stats,
                                          mixture, extractor);
  ASSERT_TRUE(model.ok()) << model.status().ToString();
  IvectorStream stream(*model);
  const float frames[] = {100, 120, 80};
  for (const float frame : frames) stream.AddFrame(std::span(&frame, 1));
  // Each frame counts 0.1: linear term 10 + 0.1 sum(2 x + 0.5) 3/4, quadratic 1 + 0.3 9/4.
  const double linear = 10 + 0.1 * 0.75 * (200.5 + 240.5 + 160.5);
  const double quadratic = 1 + 0.3 * 2.25;
  EXPECT_NEAR(stream.At(2)[0], linear / quadratic - 10, 1e-4);
  // Taking a frame back is as if it had not been there.
  IvectorStream weighted(*model);
  for (const float frame : frames) weighted.AddFrame(std::span(&frame, 1));
  weighted.ChangeWeights(std::vector<std::pair<int64_t, float>>{{0, 1}, {1, 1}, {2, 1}});
  weighted.At(2);
  weighted.AddFrame(std::span(frames, 1));
  weighted.ChangeWeights(std::vector<std::pair<int64_t, float>>{{1, -1}, {3, 0}});
  const double without = 10 + 0.1 * 0.75 * (200.5 + 160.5);
  EXPECT_NEAR(weighted.At(3)[0], without / (1 + 0.2 * 2.25) - 10, 1e-4);
}

TEST(IvectorTest, ShapesThatDisagree) {
  kf::Matrix transform{.rows = 1, .cols = 4, .values = {2, 0.5f, 1, 1}};
  kf::DoubleMatrix stats{.rows = 1, .cols = 2, .values = {100, 10}};
  kf::GaussianMixture mixture;
  mixture.weights = {1};
  mixture.inverse_variances = {.rows = 1, .cols = 1, .values = {1}};
  kf::IvectorExtractor extractor;
  extractor.means = {{.rows = 1, .cols = 1, .values = {3}}};
  EXPECT_EQ(IvectorModel::Create({.splice_left = 0, .splice_right = 0}, transform, stats, mixture,
                                 extractor)
                .status()
                .code(),
            StatusCode::kInvalidArgument);
}

TEST(SpeechWeightsTest, FollowsTheBestPath) {
  using Changes = std::vector<std::pair<int64_t, float>>;
  const std::vector<uint8_t> is_silence = {0, 1, 0};  // Transition 1 is silence.
  SpeechWeights weights(is_silence, 2, 0.25f);
  // Nothing decoded: all is taken for silence.
  EXPECT_EQ(weights.Changes(3, 0), (Changes{{0, 0.25f}, {1, 0.25f}, {2, 0.25f}, {3, 0.25f}}));
  EXPECT_TRUE(weights.ObserveFrame(1, 11, 2));
  EXPECT_TRUE(weights.ObserveFrame(0, 10, 1));
  // Speech goes on where the search has not been yet.
  EXPECT_EQ(weights.Changes(5, 0), (Changes{{2, 0.75f}, {3, 0.75f}, {4, 1}, {5, 1}}));
  EXPECT_FALSE(weights.ObserveFrame(1, 11, 2));  // The same path.
  // The search changes its mind.
  EXPECT_TRUE(weights.ObserveFrame(2, 14, 1));
  EXPECT_TRUE(weights.ObserveFrame(1, 13, 1));
  EXPECT_EQ(weights.Changes(5, 0), (Changes{{2, -0.75f}, {3, -0.75f}, {4, -0.75f}, {5, -0.75f}}));
}

TEST(EndpointTest, TheFiveRules) {
  const auto file = kf::Options::Parse(
      "--endpoint.silence-phones=1:2\n--endpoint.rule2.min-trailing-silence=0.6\n", "conf");
  const auto options = ReadEndpointOptions(*file);
  ASSERT_TRUE(options.ok()) << options.status().ToString();
  EXPECT_EQ(options->silence_phones, (std::vector<int32_t>{1, 2}));
  const double any = std::numeric_limits<double>::infinity();
  const auto reached = [&](double seconds, double silence, double cost) {
    return EndpointReached(*options, {seconds, silence, cost});
  };
  EXPECT_FALSE(reached(4.9, 4.9, any));  // Nothing but silence:
  EXPECT_TRUE(reached(5, 5, any));       // rule 1.
  EXPECT_FALSE(reached(3, 0.55, 1));
  EXPECT_TRUE(reached(3, 0.6, 1));  // Rule 2,
  EXPECT_FALSE(reached(3, 0.6, 2.5));
  EXPECT_TRUE(reached(3, 1, 8));  // rule 3,
  EXPECT_FALSE(reached(3, 1.9, any));
  EXPECT_TRUE(reached(3, 2, any));   // rule 4,
  EXPECT_TRUE(reached(20, 0, any));  // rule 5.
  EXPECT_FALSE(
      ReadEndpointOptions(*kf::Options::Parse("--endpoint.silence-phones=x\n", "conf")).ok());
}

}  // namespace
}  // namespace ironscribe::models::kaldi
