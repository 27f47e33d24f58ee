#include "formats/kaldi/acoustic_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <numbers>

#include "formats/kaldi/ivector_extractor.h"
#include "formats/testing/kaldi_model.h"
#include "formats/testing/kaldi_writer.h"
#include "formats/testing/robustness.h"
#include "io/file.h"

namespace ironscribe::formats::kaldi {
namespace {

using testing::KaldiWriter;

const std::filesystem::path kFixtures =
    std::filesystem::path(IRONSCRIBE_SOURCE_DIR) / "../shared/data/fixtures/kaldi";

io::Bytes BytesOf(const std::string& text) { return std::as_bytes(std::span(text)); }

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t place = text.find(from);
  EXPECT_NE(place, std::string::npos) << from;
  return text.replace(place, from.size(), to);
}

class ModelFormTest : public ::testing::TestWithParam<bool> {};

TEST_P(ModelFormTest, Transitions) {
  const std::string file = testing::KaldiTransitions(GetParam());
  EXPECT_TRUE(IsAcousticModel(BytesOf(file)));
  ObjectReader reader(BytesOf(file), "file");
  const auto model = ReadTransitionModel(reader);
  ASSERT_TRUE(model.ok()) << model.status().ToString();
  EXPECT_EQ(model->num_pdfs, 4);
  EXPECT_EQ(model->num_phones, 2);
  // Ids from 1: of each phone the self-loop, then the way out.
  ASSERT_EQ(model->transitions.size(), 5u);
  EXPECT_TRUE(model->transitions[1].self_loop);
  EXPECT_EQ(model->transitions[1].pdf, 1);
  EXPECT_FALSE(model->transitions[1].final);
  EXPECT_FALSE(model->transitions[4].self_loop);
  EXPECT_EQ(model->transitions[4].pdf, 2);
  EXPECT_EQ(model->transitions[4].phone, 2);
  EXPECT_TRUE(model->transitions[4].final);
}

TEST_P(ModelFormTest, Network) {
  const std::string file = testing::KaldiNetworkModel(GetParam());
  const auto model = ReadAcousticModel(BytesOf(file), "file");
  ASSERT_TRUE(model.ok()) << model.status().ToString();
  ASSERT_TRUE(model->network.has_value());
  EXPECT_EQ(model->network->nodes.size(), 6u);
  const NetworkNode* input = model->network->Node("input");
  ASSERT_NE(input, nullptr);
  EXPECT_EQ(input->dim, 3);
  const NetworkNode* first = model->network->Node("a");
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->input.kind, Descriptor::Kind::kAppend);
  EXPECT_EQ(first->input.parts[0].number, -1);
  const Component* affine = model->network->FindComponent("a");
  ASSERT_NE(affine, nullptr);
  EXPECT_EQ(affine->type, "NaturalGradientAffineComponent");
  EXPECT_EQ(affine->Array("LinearParams")->cols, 6);
  EXPECT_EQ(affine->Array("BiasParams")->values[4], 0.25f);
  const Component* norm = model->network->FindComponent("norm");
  EXPECT_NEAR(norm->Number("Epsilon", 0), 0.001, 1e-9);
  EXPECT_EQ(norm->Array("StatsVar")->values[2], 4);
}

TEST_P(ModelFormTest, DamagedNetworks) {
  const std::string file = testing::KaldiNetworkModel(GetParam());
  const auto accepts = [](io::Bytes bytes) { return ReadAcousticModel(bytes, "copy").ok(); };
  // But for the space behind the last word.
  EXPECT_LE(testing::CutAndTry(file, accepts), 1);
  EXPECT_GT(testing::MutateAndTry(file, accepts, 3000, 7), 500);
}

TEST_P(ModelFormTest, MixturesScoreAsTheirDensities) {
  const std::string file = testing::KaldiMixtureModel(GetParam());
  const auto model = ReadAcousticModel(BytesOf(file), "file");
  ASSERT_TRUE(model.ok()) << model.status().ToString();
  EXPECT_FALSE(model->network.has_value());
  ASSERT_EQ(model->mixtures.size(), 4u);
  // The second Gaussian of pdf 3: means (0, -1, 3/4), variances (1, 1, 1/4).
  const double at_zero = std::log(0.75) - 1.5 * std::log(2 * std::numbers::pi) +
                         0.5 * std::log(4.0) - 0.5 * (1 + 0.75 * 0.75 * 4);
  EXPECT_NEAR(model->mixtures[3].constants[1], at_zero, 1e-5);
}

TEST_P(ModelFormTest, DamagedMixtures) {
  const std::string file = testing::KaldiMixtureModel(GetParam());
  const auto accepts = [](io::Bytes bytes) { return ReadAcousticModel(bytes, "copy").ok(); };
  // But for the space behind the last word.
  EXPECT_LE(testing::CutAndTry(file, accepts), 1);
  EXPECT_GT(testing::MutateAndTry(file, accepts, 3000, 9), 500);
}

INSTANTIATE_TEST_SUITE_P(BinaryAndText, ModelFormTest, ::testing::Bool());

TEST(AcousticModelTest, TuplesOutsideTheTopology) {
  const std::string file = testing::KaldiTransitions(false);
  for (const char* tuple : {"3 0 0 1", "1 2 0 1", "1 0 -2 1", "1 0 0 -1", "0 0 0 0"}) {
    const std::string changed = Replaced(file, "1 0 0 1", tuple);
    ObjectReader reader(BytesOf(changed), "file");
    EXPECT_EQ(ReadTransitionModel(reader).status().code(), StatusCode::kDataLoss) << tuple;
  }
}

TEST(AcousticModelTest, ProbabilitiesOfOtherTransitions) {
  const std::string changed = Replaced(testing::KaldiTransitions(false), "[ 0 ", "[ 0 0 ");
  ObjectReader reader(BytesOf(changed), "file");
  EXPECT_EQ(ReadTransitionModel(reader).status().code(), StatusCode::kDataLoss);
}

TEST(AcousticModelTest, UnknownTagsAreNamed) {
  const std::string changed =
      Replaced(testing::KaldiNetworkModel(true), "<BlockDim>", "<BlokkDim>");
  const Status status = ReadAcousticModel(BytesOf(changed), "file").status();
  EXPECT_EQ(status.code(), StatusCode::kUnimplemented);
  EXPECT_NE(status.message().find("BlokkDim"), std::string::npos);
  EXPECT_NE(status.message().find("norm"), std::string::npos);
}

TEST(AcousticModelTest, VariancesMustBePositive) {
  const std::string changed = Replaced(testing::KaldiMixtureModel(false), "1 2 0.5", "1 0 0.5");
  EXPECT_EQ(ReadAcousticModel(BytesOf(changed), "file").status().code(), StatusCode::kDataLoss);
}

std::string Extractor() {
  KaldiWriter writer(true);
  writer.Token("<IvectorExtractor>").Token("<w>").Matrix(0, 0, {}).Token("<w_vec>").Vector({1, 1});
  writer.Token("<M>").Int(2).DoubleMatrix(2, 3, {1, 2, 3, 4, 5, 6});
  writer.DoubleMatrix(2, 3, {6, 5, 4, 3, 2, 1}).Token("<SigmaInv>");
  for (int i = 0; i < 2; ++i) {
    writer.Token("DP").Int(2);
    for (const double value : {1.0, 0.5, 2.0}) {
      std::string raw;
      testing::Put(&raw, value);
      writer.Raw(raw);
    }
  }
  writer.Token("<IvectorOffset>").Double(12.5).Token("</IvectorExtractor>");
  return writer.text();
}

TEST(IvectorExtractorTest, ReadAndDamaged) {
  const std::string file = Extractor();
  ObjectReader reader(BytesOf(file), "file");
  const auto extractor = ReadIvectorExtractor(reader);
  ASSERT_TRUE(extractor.ok()) << extractor.status().ToString();
  EXPECT_EQ(extractor->ivector_dim(), 3);
  EXPECT_EQ(extractor->feature_dim(), 2);
  EXPECT_EQ(extractor->means[1].row(1)[2], 1);
  EXPECT_EQ(extractor->inverse_covariances[0], (std::vector<double>{1, 0.5, 2}));
  EXPECT_EQ(extractor->prior_offset, 12.5);
  const auto accepts = [](io::Bytes bytes) {
    ObjectReader copy(bytes, "copy");
    return ReadIvectorExtractor(copy).ok();
  };
  EXPECT_EQ(testing::CutAndTry(file, accepts), 1);  // But for the space behind the last word.
  EXPECT_GT(testing::MutateAndTry(file, accepts, 2000, 11), 300);
}

TEST(RealModelTest, MixtureAndTransformOfAVoskModel) {
  const auto folder = kFixtures / "vosk-small-en-us-0.15-partial/ivector";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not here";
  const auto mixture_file = io::ReadFile(folder / "final.dubm", 1 << 20);
  ASSERT_TRUE(mixture_file.ok());
  ObjectReader reader(BytesOf(*mixture_file), "final.dubm");
  const auto mixture = ReadGaussianMixture(reader);
  ASSERT_TRUE(mixture.ok()) << mixture.status().ToString();
  EXPECT_EQ(mixture->weights.size(), 512u);
  EXPECT_EQ(mixture->inverse_variances.cols, 40);
  EXPECT_TRUE(reader.AtEnd());
  const auto stats_file = io::ReadFile(folder / "global_cmvn.stats", 1 << 20);
  const auto stats = ObjectReader(BytesOf(*stats_file), "stats").ReadMatrix<double>();
  ASSERT_TRUE(stats.ok()) << stats.status().ToString();
  EXPECT_EQ(stats->rows, 2);
  EXPECT_EQ(stats->cols, 41);
  const auto lda_file = io::ReadFile(folder / "final.mat", 1 << 20);
  const auto lda = ObjectReader(BytesOf(*lda_file), "final.mat").ReadMatrix<float>();
  ASSERT_TRUE(lda.ok()) << lda.status().ToString();
  EXPECT_EQ(lda->rows, 40);
  EXPECT_EQ(lda->cols, 281);
}

}  // namespace
}  // namespace ironscribe::formats::kaldi
