#include "formats/ggml/ggml.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "formats/testing/checkpoint_writer.h"
#include "formats/testing/encode.h"
#include "formats/testing/robustness.h"

namespace ironscribe::formats {
namespace {

using testing::CutEverywhere;
using testing::Mutate;
using testing::ParsedCopy;
using testing::Put;
using testing::ReadAll;
using Floats = std::vector<float>;

const std::filesystem::path kFixtures =
    std::filesystem::path(IRONSCRIBE_SOURCE_DIR) / "../shared/data/fixtures";

std::string Words(const std::vector<int32_t>& values) {
  std::string out;
  for (const int32_t value : values) Put(&out, value);
  return out;
}

// Magic, the eleven header fields 1 to 11, one mel filter of two bins, two tokens.
std::string Header() {
  std::string out = Words({0x67676d6c});
  for (int32_t field = 1; field <= 11; ++field) out += Words({field});
  out += Words({1, 2}) + std::string(8, 'f');
  return out + Words({2, 1}) + "a" + Words({3}) + "\xe2\x82\xac";
}

std::string TensorRecord(const std::string& name, const std::vector<int32_t>& reversed_shape,
                         int32_t type, const std::string& data) {
  return Words({static_cast<int32_t>(reversed_shape.size()), static_cast<int32_t>(name.size()),
                type}) +
         Words(reversed_shape) + name + data;
}

Status StatusOf(const std::string& file) { return ParsedCopy(file, ParseGgml).status(); }

TEST(GgmlTest, HeaderVocabularyAndTensors) {
  const std::string data = testing::Encode(Encoding::kFloat32, Floats{1, 2, 3, 4, 5, 6});
  const ParsedCopy copy(Header() + TensorRecord("w", {3, 2}, 0, data) +
                            TensorRecord("encoder.conv1.bias", {1, 6}, 0, data),
                        ParseGgml);
  ASSERT_TRUE(copy.ok()) << copy.status().ToString();
  const WeightSource& source = copy.source();
  EXPECT_EQ(source.metadata().at("n_vocab"), "1");
  EXPECT_EQ(source.metadata().at("n_audio_ctx"), "2");
  EXPECT_EQ(source.metadata().at("n_text_layer"), "9");
  EXPECT_EQ(source.metadata().at("n_mels"), "10");
  EXPECT_EQ(source.metadata().at("ftype"), "11");
  EXPECT_EQ(source.vocabulary(), (std::vector<std::string>{"a", "\xe2\x82\xac"}));
  EXPECT_EQ(source.Find("w")->shape, (tensor::Shape{2, 3}));
  EXPECT_EQ(ReadAll(source, "w"), (Floats{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(source.Find("encoder.conv1.bias")->shape, (tensor::Shape{6, 1}));
}

TEST(GgmlTest, BlocksRunAlongRows) {
  // Two rows of two q8_0 blocks, each with a scale of its own (1, 2, 4, 8) and codes of one.
  std::string data;
  for (const uint16_t scale : {0x3c00, 0x4000, 0x4400, 0x4800}) {
    Put(&data, scale);
    data += std::string(32, '\x01');
  }
  const ParsedCopy copy(Header() + TensorRecord("w", {64, 2}, 8, data), ParseGgml);
  ASSERT_TRUE(copy.ok()) << copy.status().ToString();
  const Floats values = ReadAll(copy.source(), "w");
  ASSERT_EQ(values.size(), 128u);
  EXPECT_EQ(values[0], 1.0f);
  EXPECT_EQ(values[63], 2.0f);
  EXPECT_EQ(values[64], 4.0f);
  EXPECT_EQ(values[127], 8.0f);
}

TEST(GgmlTest, ScalesThatAreNotFiniteAreFoundWhenRead) {
  std::string data;
  Put(&data, uint16_t{0x7c00});
  data += std::string(32, '\x01');
  const ParsedCopy copy(Header() + TensorRecord("w", {32}, 8, data), ParseGgml);
  ASSERT_TRUE(copy.ok());
  Floats values(32);
  EXPECT_EQ(copy.source().Read("w", 0, values).code(), StatusCode::kDataLoss);
  EXPECT_EQ(copy.source().Read("w", 5, std::span(values).first(3)).code(), StatusCode::kDataLoss);
}

TEST(GgmlTest, LyingFieldsAreRefused) {
  const std::string data(16, '\0');
  EXPECT_TRUE(StatusOf(Header() + TensorRecord("w", {4}, 0, data)).ok());
  for (const std::string& tensor : std::vector<std::string>{
           TensorRecord("w", {5}, 0, data), TensorRecord("w", {-4}, 0, data),
           TensorRecord("w", {INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX}, 0, data),
           TensorRecord("w", {1, 1, 1, 1, 4}, 0, data), TensorRecord("w", {}, 0, data),
           TensorRecord("", {4}, 0, data), TensorRecord(std::string(300, 'n'), {4}, 0, data),
           TensorRecord("w", {33}, 8, std::string(1000, 'x')),
           TensorRecord("w", {2}, 0, data.substr(8)) + TensorRecord("w", {2}, 0, data.substr(8)),
           TensorRecord("w", {4}, 0, data) + "x"}) {
    EXPECT_EQ(StatusOf(Header() + tensor).code(), StatusCode::kDataLoss);
  }
  const Status type = StatusOf(Header() + TensorRecord("w", {4}, 14, data));
  EXPECT_EQ(type.code(), StatusCode::kUnimplemented);
  EXPECT_NE(type.message().find("type 14"), std::string::npos);
}

TEST(GgmlTest, LyingHeadersAreRefused) {
  const std::string fields = Words({0x67676d6c, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  EXPECT_TRUE(StatusOf(fields + Words({0, 0, 0})).ok());
  for (const std::string& file : std::vector<std::string>{
           Words({0x46554747}) + fields.substr(4) + Words({0, 0, 0}),
           Words({0x67676d6c, -1}) + fields.substr(8) + Words({0, 0, 0}),
           Words({0x67676d6c, 1 << 24}) + fields.substr(8) + Words({0, 0, 0}),
           fields + Words({-1, 2, 0}), fields + Words({1, 1, 0}),
           fields + Words({INT32_MAX, INT32_MAX, 0}), fields + Words({0, 0, -1}),
           fields + Words({0, 0, INT32_MAX}), fields + Words({0, 0, 1, -1}),
           fields + Words({0, 0, 1, 5000}) + std::string(5000, 't')}) {
    EXPECT_EQ(StatusOf(file).code(), StatusCode::kDataLoss);
  }
}

std::string SmallFile(Encoding type) {
  testing::Checkpoint checkpoint;
  checkpoint.tensors = {{"w", {2, 32}, testing::RandomValues(64, 1)},
                        {"b", {5}, testing::RandomValues(5, 2)}};
  checkpoint.metadata = {{"n_vocab", "3"}};
  checkpoint.vocabulary = {"one", "two"};
  return MakeGgml(checkpoint, type);
}

// A cut between two tensors leaves a valid file: where the vocabulary ends, and after the first
// tensor.
TEST(GgmlTest, CutsAreRefusedExceptBetweenTensors) {
  EXPECT_EQ(CutEverywhere(SmallFile(Encoding::kQ5_1), ParseGgml), 2);
}

TEST(GgmlTest, MutationsNeverCrash) {
  for (const Encoding type : {Encoding::kFloat32, Encoding::kQ4_0, Encoding::kQ5_1}) {
    EXPECT_GT(Mutate(SmallFile(type), ParseGgml, 2000, 43), 400);
  }
}

class GgmlFixtureTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kFixtures)) GTEST_SKIP() << "no " << kFixtures;
  }
};

TEST_F(GgmlFixtureTest, RealHeadersAndVocabularies) {
  const auto tiny = OpenGgml(kFixtures / "whisper/for-tests-ggml-tiny.bin");
  ASSERT_TRUE(tiny.ok()) << tiny.status().ToString();
  const auto& fields = (*tiny)->metadata();
  EXPECT_EQ(fields.at("n_vocab"), "51865");
  EXPECT_EQ(fields.at("n_audio_ctx"), "1500");
  EXPECT_EQ(fields.at("n_audio_state"), "384");
  EXPECT_EQ(fields.at("n_text_ctx"), "448");
  EXPECT_EQ(fields.at("n_text_layer"), "4");
  EXPECT_EQ(fields.at("n_mels"), "80");
  EXPECT_TRUE((*tiny)->tensors().empty());
  const auto& tokens = (*tiny)->vocabulary();
  ASSERT_EQ(tokens.size(), 50257u);  // GPT-2's; the special tokens are not in the file.
  EXPECT_EQ(tokens[0], "!");
  EXPECT_EQ(tokens[220], " ");
  EXPECT_EQ(tokens[50256], "");
  const auto large = OpenGgml(kFixtures / "whisper/for-tests-ggml-large.bin");
  ASSERT_TRUE(large.ok()) << large.status().ToString();
  EXPECT_EQ((*large)->metadata().at("n_audio_state"), "1280");
}

TEST_F(GgmlFixtureTest, AnotherModelWithTheSameMagicIsRefused) {
  const auto silero = OpenGgml(kFixtures / "silero-vad/ggml-silero-v6.2.0.bin");
  EXPECT_EQ(silero.status().code(), StatusCode::kDataLoss);
  EXPECT_NE(silero.status().message().find("not a Whisper model"), std::string::npos);
}

}  // namespace
}  // namespace ironscribe::formats
