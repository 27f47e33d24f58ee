#include "formats/safetensors/safetensors.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "formats/testing/checkpoint_writer.h"
#include "formats/testing/encode.h"
#include "formats/testing/robustness.h"

namespace ironscribe::formats {
namespace {

namespace fs = std::filesystem;
using testing::CutEverywhere;
using testing::Mutate;
using testing::ParsedCopy;
using testing::ReadAll;
using Floats = std::vector<float>;

const fs::path kFixture = fs::path(IRONSCRIBE_SOURCE_DIR) /
                          "../shared/data/fixtures/silero-vad/silero_vad_16k.safetensors";

std::string File(const std::string& header, const std::string& data) {
  std::string out;
  testing::Put(&out, static_cast<uint64_t>(header.size()));
  return out + header + data;
}

std::string Entry(const std::string& name, const std::string& type, const std::string& shape,
                  const std::string& offsets) {
  return "\"" + name + "\":{\"dtype\":\"" + type + "\",\"shape\":" + shape +
         ",\"data_offsets\":" + offsets + "}";
}

Status StatusOf(const std::string& file) { return ParsedCopy(file, ParseSafetensors).status(); }

TEST(SafetensorsTest, EveryElementType) {
  const std::pair<std::string, Encoding> types[] = {
      {"F32", Encoding::kFloat32}, {"F16", Encoding::kFloat16}, {"BF16", Encoding::kBFloat16},
      {"F64", Encoding::kFloat64}, {"I8", Encoding::kInt8},     {"I16", Encoding::kInt16},
      {"I32", Encoding::kInt32},   {"I64", Encoding::kInt64},   {"U8", Encoding::kUint8},
      {"BOOL", Encoding::kUint8},
  };
  const Floats values = {0, 1, 5, 100, 7, 2};
  for (const auto& [name, encoding] : types) {
    const std::string data = testing::Encode(encoding, values);
    const std::string header =
        "{" + Entry("w", name, "[2,3]", "[0," + std::to_string(data.size()) + "]") + "}";
    const ParsedCopy copy(File(header, data), ParseSafetensors);
    ASSERT_TRUE(copy.ok()) << name << copy.status().ToString();
    EXPECT_EQ(ReadAll(copy.source(), "w"), values) << name;
    EXPECT_EQ(copy.source().Find("w")->shape, (tensor::Shape{2, 3}));
  }
  const Status other = StatusOf(File("{" + Entry("w", "F8_E4M3", "[2]", "[0,2]") + "}", "ab"));
  EXPECT_EQ(other.code(), StatusCode::kUnimplemented);
  EXPECT_NE(other.message().find("F8_E4M3"), std::string::npos);
}

TEST(SafetensorsTest, MetadataPaddingScalarsAndEmptyTensors) {
  const std::string header = "{\"__metadata__\":{\"format\":\"pt\"}," +
                             Entry("scalar", "U8", "[]", "[0,1]") + "," +
                             Entry("empty", "F32", "[0,4]", "[1,1]") + "}   ";
  const ParsedCopy copy(File(header, "\x07"), ParseSafetensors);
  ASSERT_TRUE(copy.ok()) << copy.status().ToString();
  EXPECT_EQ(copy.source().metadata().at("format"), "pt");
  EXPECT_EQ(ReadAll(copy.source(), "scalar"), Floats{7});
  EXPECT_EQ(ReadAll(copy.source(), "empty"), Floats{});
}

TEST(SafetensorsTest, BrokenRulesAreRefused) {
  const std::string good = Entry("w", "U8", "[4]", "[0,4]");
  EXPECT_TRUE(StatusOf(File("{" + good + "}", "abcd")).ok());
  const std::string headers[] = {
      "",
      "[]",
      " {" + good + "}",
      "{" + good,
      "{" + good + "," + good + "}",
      "{\"w\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}",
      "{" + Entry("w", "U8", "[4]", "[0,5]") + "}",
      "{" + Entry("w", "U8", "[3]", "[0,3]") + "}",
      "{" + Entry("w", "U8", "[5]", "[0,4]") + "}",
      "{" + Entry("w", "U8", "[4]", "[4,0]") + "}",
      "{" + Entry("w", "U8", "[4]", "[0]") + "}",
      "{" + Entry("w", "U8", "[4]", "[0,4,4]") + "}",
      "{" + Entry("w", "U8", "[-4]", "[0,4]") + "}",
      "{" + Entry("w", "U8", "[4.0]", "[0,4]") + "}",
      "{" + Entry("w", "U8", "4", "[0,4]") + "}",
      "{" + Entry("w", "U8", "[18446744073709551615,18446744073709551615]", "[0,4]") + "}",
      "{" + Entry("w", "U8", "[4294967296,4294967296,4294967296]", "[0,4]") + "}",
      "{" + Entry("w", "U8", "[1,1,1,1,1,1,1,1,4]", "[0,4]") + "}",
      "{" + Entry("w", "U8", "[4]", "[18446744073709551612,18446744073709551615]") + "}",
      "{" + Entry("a", "U8", "[2]", "[0,2]") + "," + Entry("b", "U8", "[1]", "[3,4]") + "}",
      "{" + Entry("a", "U8", "[3]", "[0,3]") + "," + Entry("b", "U8", "[2]", "[2,4]") + "}",
      "{" + Entry("a", "U8", "[4]", "[0,4]") + "," + Entry("b", "U8", "[4]", "[0,4]") + "}",
      "{\"w\":{\"dtype\":1,\"shape\":[4],\"data_offsets\":[0,4]}}",
      "{\"w\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4],\"more\":1}}",
      "{\"w\":{\"shape\":[4],\"data_offsets\":[0,4]}}",
      "{\"w\":3}",
      "{\"__metadata__\":[]," + good + "}",
      "{\"__metadata__\":{\"a\":1}," + good + "}",
      "{\"\xff\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}",
  };
  for (const std::string& header : headers) {
    EXPECT_EQ(StatusOf(File(header, "abcd")).code(), StatusCode::kDataLoss) << header;
  }
}

TEST(SafetensorsTest, HeaderLengthIsCapped) {
  std::string file;
  testing::Put(&file, uint64_t{1} << 62);
  EXPECT_EQ(StatusOf(file + "{}").code(), StatusCode::kDataLoss);
  const std::string nested = "{\"w\":" + std::string(1 << 20, '[');
  EXPECT_EQ(StatusOf(File(nested, "")).code(), StatusCode::kDataLoss);
}

testing::Checkpoint SmallCheckpoint() {
  testing::Checkpoint checkpoint;
  checkpoint.tensors = {{"a", {2, 3}, testing::RandomValues(6, 1)},
                        {"b", {4}, testing::RandomValues(4, 2)},
                        {"c", {1}, testing::RandomValues(1, 3)}};
  checkpoint.metadata = {{"format", "pt"}};
  return checkpoint;
}

TEST(SafetensorsTest, EveryCutIsRefusedAndMutationsNeverCrash) {
  const std::string file = MakeSafetensors(SmallCheckpoint(), Encoding::kFloat16);
  EXPECT_EQ(CutEverywhere(file, ParseSafetensors), 0);
  EXPECT_GT(Mutate(file, ParseSafetensors, 4000, 47), 1000);
}

class ShardsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              ("safetensors_test_" + std::to_string(::getpid()) + "_" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    files_ = MakeShardedSafetensors(SmallCheckpoint(), Encoding::kFloat32, 2);
  }
  void TearDown() override { fs::remove_all(folder_); }
  Result<std::unique_ptr<WeightSource>> Open() {
    fs::remove_all(folder_);
    for (const auto& [name, content] : files_) {
      EXPECT_TRUE(io::WriteFileAtomically(folder_ / name, content).ok());
    }
    return OpenSafetensors(folder_);
  }

  fs::path folder_;
  std::map<std::string, std::string> files_;
  const std::string kIndex = "model.safetensors.index.json";
};

TEST_F(ShardsTest, TensorsOfAllShardsAreThere) {
  const auto source = Open();
  ASSERT_TRUE(source.ok()) << source.status().ToString();
  for (const auto& tensor : SmallCheckpoint().tensors) {
    EXPECT_EQ(ReadAll(**source, tensor.name), tensor.values);
  }
  EXPECT_EQ((*source)->metadata().at("format"), "pt");
}

TEST_F(ShardsTest, ASingleFileIsPreferred) {
  files_["model.safetensors"] = File("{" + Entry("only", "U8", "[1]", "[0,1]") + "}", "a");
  const auto source = Open();
  ASSERT_TRUE(source.ok());
  EXPECT_EQ((*source)->tensors().size(), 1u);
}

TEST_F(ShardsTest, MissingAndLyingShardsAreNamed) {
  auto whole = files_;
  files_.erase("model-2.safetensors");
  auto source = Open();
  EXPECT_EQ(source.status().code(), StatusCode::kNotFound);
  EXPECT_NE(source.status().message().find("model-2.safetensors"), std::string::npos);
  files_ = whole;
  files_["model-2.safetensors"] = files_["model-1.safetensors"];
  source = Open();
  EXPECT_EQ(source.status().code(), StatusCode::kDataLoss);
  EXPECT_NE(source.status().message().find("'b'"), std::string::npos);
}

TEST_F(ShardsTest, DamagedIndicesAreRefused) {
  for (const std::string index :
       {"{}", "{\"weight_map\":[]}", "{\"weight_map\":{\"a\":1}}", "{", "",
        "{\"weight_map\":{\"a\":\"../model-1.safetensors\"}}",
        "{\"weight_map\":{\"a\":\"/etc/passwd\"}}", "{\"weight_map\":{\"a\":\"..\"}}",
        "{\"weight_map\":{\"a\":\"\"}}", "{\"weight_map\":{\"a\":\"x\\u0000y\"}}"}) {
    files_[kIndex] = index;
    EXPECT_EQ(Open().status().code(), StatusCode::kDataLoss) << index;
  }
}

TEST(SafetensorsFixtureTest, ARealFile) {
  if (!fs::exists(kFixture)) GTEST_SKIP() << "no " << kFixture;
  const auto source = OpenSafetensors(kFixture);
  ASSERT_TRUE(source.ok()) << source.status().ToString();
  EXPECT_EQ((*source)->tensors().size(), 15u);
  EXPECT_EQ((*source)->Find("stft_conv.weight")->shape, (tensor::Shape{258, 1, 256}));
  // Its STFT is a Hann-windowed cosine and sine basis: row 0 sums to the window's 128.
  const Floats basis = ReadAll(**source, "stft_conv.weight");
  double sum = 0;
  for (size_t i = 0; i < 256; ++i) sum += basis[i];
  EXPECT_NEAR(sum, 128, 1e-3);
}

}  // namespace
}  // namespace ironscribe::formats
