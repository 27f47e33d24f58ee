#include "formats/ctranslate2/ctranslate2.h"

#include <gtest/gtest.h>

#include <cmath>
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
    std::filesystem::path(IRONSCRIBE_SOURCE_DIR) / "../shared/data/fixtures/ctranslate2/v2";

std::string Name(const std::string& text) {
  std::string out;
  Put(&out, static_cast<uint16_t>(text.size() + 1));
  return out + text + std::string(1, '\0');
}

template <typename T>
std::string Raw(std::initializer_list<T> values) {
  std::string out;
  for (const T value : values) Put(&out, value);
  return out;
}

// A variable as versions 4 to 6 have it (type code and bytes).
std::string Variable(const std::string& name, const std::vector<uint32_t>& shape, uint8_t type,
                     const std::string& data) {
  std::string out = Name(name) + static_cast<char>(shape.size());
  for (const uint32_t dimension : shape) Put(&out, dimension);
  out += static_cast<char>(type);
  Put(&out, static_cast<uint32_t>(data.size()));
  return out + data;
}

std::string Model(const std::vector<std::string>& variables,
                  const std::vector<std::string>& aliases = {}) {
  std::string out = Raw<uint32_t>({6}) + Name("WhisperSpec") + Raw<uint32_t>({3});
  Put(&out, static_cast<uint32_t>(variables.size()));
  for (const auto& variable : variables) out += variable;
  Put(&out, static_cast<uint32_t>(aliases.size()));
  for (const auto& alias : aliases) out += alias;
  return out;
}

Status StatusOf(const std::string& file) { return ParsedCopy(file, ParseCTranslate2).status(); }

const std::string kQuantised = Variable("w", {2, 2}, 1, "\x01\xfe\x03\x04");
const std::string kScale = Variable("w_scale", {2}, 0, Raw<float>({2.0f, 0.5f}));

TEST(CTranslate2Test, Int8RowsAreDividedByTheirScales) {
  const ParsedCopy copy(Model({kQuantised, kScale}), ParseCTranslate2);
  ASSERT_TRUE(copy.ok()) << copy.status().ToString();
  EXPECT_EQ(ReadAll(copy.source(), "w"), (Floats{0.5f, -1.0f, 6.0f, 8.0f}));
  EXPECT_EQ(copy.source().tensors().size(), 1u);  // The scale is not a tensor of its own.
  EXPECT_EQ(copy.source().metadata().at("spec"), "WhisperSpec");
  EXPECT_EQ(copy.source().metadata().at("revision"), "3");
  EXPECT_EQ(copy.source().metadata().at("binary_version"), "6");
}

TEST(CTranslate2Test, Int16HasOneScaleAndConvolutionsKeepTheirShape) {
  const ParsedCopy copy(Model({Variable("a", {1, 2}, 2, Raw<int16_t>({-512, 1024})),
                               Variable("a_scale", {}, 0, Raw<float>({1024.0f})),
                               Variable("conv/weight", {2, 1, 2}, 1, "\x02\x04\x06\x08"),
                               Variable("conv/weight_scale", {2}, 0, Raw<float>({2.0f, 1.0f}))}),
                        ParseCTranslate2);
  ASSERT_TRUE(copy.ok()) << copy.status().ToString();
  EXPECT_EQ(ReadAll(copy.source(), "a"), (Floats{-0.5f, 1.0f}));
  EXPECT_EQ(ReadAll(copy.source(), "conv/weight"), (Floats{1, 2, 6, 8}));
  EXPECT_EQ(copy.source().Find("conv/weight")->shape, (tensor::Shape{2, 1, 2}));
}

TEST(CTranslate2Test, SettingsAreIntegers) {
  const ParsedCopy copy(
      Model({Variable("encoder/num_heads", {}, 2, Raw<int16_t>({6})),
             Variable("pre_norm", {}, 1, "\x01"), Variable("i32", {1}, 3, Raw<int32_t>({-70000}))}),
      ParseCTranslate2);
  ASSERT_TRUE(copy.ok()) << copy.status().ToString();
  EXPECT_EQ(ReadAll(copy.source(), "encoder/num_heads"), Floats{6});
  EXPECT_EQ(ReadAll(copy.source(), "pre_norm"), Floats{1});
  EXPECT_EQ(ReadAll(copy.source(), "i32"), Floats{-70000});
}

TEST(CTranslate2Test, AliasesShareTensorsAndScales) {
  const ParsedCopy copy(Model({kQuantised, kScale}, {Name("decoder/projection/weight") + Name("w"),
                                                     Name("x_scale") + Name("w_scale")}),
                        ParseCTranslate2);
  ASSERT_TRUE(copy.ok()) << copy.status().ToString();
  EXPECT_EQ(ReadAll(copy.source(), "decoder/projection/weight"), (Floats{0.5f, -1.0f, 6.0f, 8.0f}));
  EXPECT_FALSE(StatusOf(Model({kQuantised, kScale}, {Name("a") + Name("missing")})).ok());
  EXPECT_FALSE(StatusOf(Model({kQuantised, kScale}, {Name("w") + Name("w")})).ok());
}

// Before version 4: element width and count; before 3 no aliases; before 2 no name of the model.
TEST(CTranslate2Test, OldVersionsHaveFewerFields) {
  const std::string variables = Raw<uint32_t>({2}) + Name("w") + "\x02" + Raw<uint32_t>({2, 2}) +
                                "\x01" + Raw<uint32_t>({4}) + "\x01\xfe\x03\x04" + Name("w_scale") +
                                "\x01" + Raw<uint32_t>({2}) + "\x04" + Raw<uint32_t>({2}) +
                                Raw<float>({2.0f, 0.5f});
  const std::string spec = Name("TransformerBase") + Raw<uint32_t>({2});
  const std::string no_aliases = Raw<uint32_t>({0});
  const std::pair<uint32_t, std::string> files[] = {
      {1, variables}, {2, spec + variables}, {3, spec + variables + no_aliases}};
  for (const auto& [version, rest] : files) {
    const ParsedCopy copy(Raw<uint32_t>({version}) + rest, ParseCTranslate2);
    ASSERT_TRUE(copy.ok()) << version << copy.status().ToString();
    EXPECT_EQ(ReadAll(copy.source(), "w"), (Floats{0.5f, -1.0f, 6.0f, 8.0f})) << version;
    EXPECT_EQ(copy.source().metadata().count("spec"), version == 1 ? 0u : 1u);
  }
}

TEST(CTranslate2Test, BadScalesAreRefused) {
  const auto with_scale = [](std::initializer_list<float> values) {
    return StatusOf(Model({kQuantised, Variable("w_scale", {static_cast<uint32_t>(values.size())},
                                                0, Raw<float>(values))}));
  };
  EXPECT_TRUE(with_scale({1.0f, 1.0f}).ok());
  EXPECT_EQ(with_scale({1.0f, NAN}).code(), StatusCode::kDataLoss);
  EXPECT_EQ(with_scale({1.0f, INFINITY}).code(), StatusCode::kDataLoss);
  EXPECT_EQ(with_scale({1.0f, 0.0f}).code(), StatusCode::kDataLoss);
  EXPECT_EQ(with_scale({1.0f, 1.0f, 1.0f}).code(), StatusCode::kDataLoss);
  EXPECT_EQ(with_scale({}).code(), StatusCode::kDataLoss);
  EXPECT_EQ(StatusOf(Model({kQuantised})).code(), StatusCode::kDataLoss);
  EXPECT_EQ(StatusOf(Model({kQuantised, Variable("w_scale", {2}, 1, "ab")})).code(),
            StatusCode::kDataLoss);
}

TEST(CTranslate2Test, OtherVersionsTypesAndZeroPointsAreNamed) {
  EXPECT_EQ(StatusOf(Raw<uint32_t>({7, 0, 0})).code(), StatusCode::kUnimplemented);
  EXPECT_EQ(StatusOf(Raw<uint32_t>({0, 0, 0})).code(), StatusCode::kUnimplemented);
  const Status awq = StatusOf(Model({kQuantised, kScale, Variable("w_zero", {2}, 1, "ab")}));
  EXPECT_EQ(awq.code(), StatusCode::kUnimplemented);
  EXPECT_NE(awq.message().find("AWQ"), std::string::npos);
  EXPECT_NE(StatusOf(Model({Variable("w", {1}, 9, "a")})).message().find("type 9"),
            std::string::npos);
}

TEST(CTranslate2Test, LyingFieldsAreRefused) {
  const std::string data = Raw<float>({1, 2, 3, 4});
  EXPECT_TRUE(StatusOf(Model({Variable("w", {4}, 0, data)})).ok());
  EXPECT_FALSE(StatusOf(Model({Variable("w", {5}, 0, data)})).ok());
  EXPECT_FALSE(StatusOf(Model({Variable("w", {3}, 0, data)})).ok());
  EXPECT_FALSE(StatusOf(Model({Variable("w", {1u << 31, 1u << 31, 4}, 0, data)})).ok());
  EXPECT_FALSE(StatusOf(Model({Variable("w", std::vector<uint32_t>(9, 1), 0, "1234")})).ok());
  EXPECT_FALSE(StatusOf(Model({Variable("w", {4}, 0, data), Variable("w", {4}, 0, data)})).ok());
  EXPECT_FALSE(StatusOf(Model({Variable("w", {4}, 0, data)}) + "x").ok());
  std::string file = Model({Variable("w", {4}, 0, data)});
  file[4 + 2 + 11] = 'x';  // The NUL after "WhisperSpec".
  EXPECT_NE(StatusOf(file).message().find("NUL"), std::string::npos);
  EXPECT_FALSE(StatusOf(Raw<uint32_t>({1, 0xffffffff})).ok());
}

TEST(CTranslate2Test, EveryCutIsRefusedAndMutationsNeverCrash) {
  const std::string file =
      Model({kQuantised, kScale, Variable("b", {3}, 4, "abcdef"), Variable("n", {}, 2, "ab")},
            {Name("alias") + Name("w")});
  EXPECT_EQ(CutEverywhere(file, ParseCTranslate2), 0);
  EXPECT_GT(Mutate(file, ParseCTranslate2, 4000, 41), 1000);
}

// Real models: the quantised ones must lie within a quantisation step of the float one.
class CTranslate2FixtureTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kFixtures)) GTEST_SKIP() << "no " << kFixtures;
  }
  static std::unique_ptr<WeightSource> Open(const std::string& folder) {
    auto source = OpenCTranslate2(kFixtures / folder / "model.bin");
    EXPECT_TRUE(source.ok()) << source.status().ToString();
    return source.ok() ? std::move(*source) : nullptr;
  }
};

TEST_F(CTranslate2FixtureTest, QuantisedModelsEqualTheFloatModelWithinAStep) {
  const auto exact = Open("aren-transliteration");
  const auto int8 = Open("aren-transliteration-i8");
  const auto int16 = Open("aren-transliteration-i16");
  ASSERT_TRUE(exact && int8 && int16);
  EXPECT_EQ(exact->metadata().at("binary_version"), "2");
  EXPECT_EQ(exact->metadata().at("spec"), "TransformerBase");
  EXPECT_EQ(exact->tensors().size(), 200u);
  EXPECT_EQ(int8->tensors().size(), 200u);
  EXPECT_EQ(int16->tensors().size(), 200u);
  for (const TensorInfo& info : exact->tensors()) {
    const Floats expected = ReadAll(*exact, info.name);
    const Floats bytes = ReadAll(*int8, info.name);
    const Floats words = ReadAll(*int16, info.name);
    ASSERT_EQ(bytes.size(), expected.size()) << info.name;
    ASSERT_EQ(words.size(), expected.size()) << info.name;
    const size_t row = info.shape.empty() ? 1 : static_cast<size_t>(info.shape.back());
    for (size_t begin = 0; begin < expected.size(); begin += row) {
      float row_extreme = 0;
      for (size_t i = begin; i < begin + row; ++i) {
        row_extreme = std::max(row_extreme, std::abs(expected[i]));
      }
      // int8: a row's step is its largest magnitude / 127. int16: these old files have one scale of
      // 1,000 throughout. They were rounded towards zero, so the error reaches a whole step.
      for (size_t i = begin; i < begin + row; ++i) {
        EXPECT_LE(std::abs(bytes[i] - expected[i]), 1.001f * row_extreme / 127) << info.name;
        EXPECT_LE(std::abs(words[i] - expected[i]), 1.001f / 1000) << info.name;
      }
    }
  }
}

}  // namespace
}  // namespace ironscribe::formats
