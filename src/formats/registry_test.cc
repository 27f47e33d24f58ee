#include "formats/registry.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>

#include "base/safe_math.h"
#include "formats/testing/checkpoint_writer.h"
#include "formats/testing/robustness.h"

namespace ironscribe::formats {
namespace {

namespace fs = std::filesystem;
using testing::Checkpoint;
using testing::CheckpointTensor;
using testing::ParsedCopy;
using testing::RandomValues;
using testing::ReadAll;

Checkpoint SampleCheckpoint() {
  Checkpoint checkpoint;
  uint64_t seed = 1;
  const auto add = [&](std::string name, tensor::Shape shape) {
    const auto size = static_cast<size_t>(*CheckedProduct(shape));
    checkpoint.tensors.push_back({std::move(name), std::move(shape), RandomValues(size, seed++)});
  };
  add("decoder.token_embedding.weight", {40, 64});
  add("encoder.conv1.weight", {8, 4, 3});
  add("encoder.positional_embedding", {10, 64});
  add("encoder.ln_post.bias", {64});
  checkpoint.metadata = {{"n_mels", "4"}, {"n_vocab", "40"}};
  return checkpoint;
}

struct Container {
  std::string format;
  Encoding type;
  // Largest error of a value in [-1, 1), from the definition of the type.
  double tolerance;
};

// Half a unit in the last place of a value just below 1.
constexpr double kHalfError = 0x1p-12;
constexpr double kBFloatError = 0x1p-9;

// Block types: half a step (a whole one at the side where the codes end early), with the step
// itself and the minimum rounded to half precision; conv1's rows of 3 stay float16.
const Container kContainers[] = {
    {"ctranslate2", Encoding::kFloat32, 0},
    {"ctranslate2", Encoding::kFloat16, kHalfError},
    {"ctranslate2", Encoding::kBFloat16, kBFloatError},
    {"ctranslate2", Encoding::kInt8, 0.5 / 127 + 1e-6},
    {"ctranslate2", Encoding::kInt16, 0.5 / 1024 + 1e-6},
    {"safetensors", Encoding::kFloat32, 0},
    {"safetensors", Encoding::kFloat16, kHalfError},
    {"safetensors", Encoding::kBFloat16, kBFloatError},
    {"pytorch", Encoding::kFloat32, 0},
    {"pytorch", Encoding::kFloat16, kHalfError},
    {"pytorch", Encoding::kBFloat16, kBFloatError},
    {"ggml", Encoding::kFloat32, 0},
    {"ggml", Encoding::kFloat16, kHalfError},
    {"ggml", Encoding::kQ8_0, (0.5 + 127 * 0x1p-11) / 127},
    {"ggml", Encoding::kQ5_0, (1 + 16 * 0x1p-11) / 16},
    {"ggml", Encoding::kQ5_1, (0.5 + 31 * 0x1p-11) * 2 / 31 + 0x1p-11},
    {"ggml", Encoding::kQ4_0, (1 + 8 * 0x1p-11) / 8},
    {"ggml", Encoding::kQ4_1, (0.5 + 15 * 0x1p-11) * 2 / 15 + 0x1p-11},
};

std::string MakeFile(const Checkpoint& checkpoint, const Container& container) {
  if (container.format == "ctranslate2") return MakeCTranslate2(checkpoint, container.type);
  if (container.format == "safetensors") return MakeSafetensors(checkpoint, container.type);
  if (container.format == "pytorch") return MakeTorchPt(checkpoint, container.type);
  return MakeGgml(checkpoint, container.type);
}

class RoundTripTest : public ::testing::TestWithParam<Container> {};

TEST_P(RoundTripTest, ValuesComeBackWithinTheTypesError) {
  const Checkpoint checkpoint = SampleCheckpoint();
  const ParsedCopy copy(MakeFile(checkpoint, GetParam()), ParseWeights);
  ASSERT_TRUE(copy.ok()) << copy.status().ToString();
  EXPECT_EQ(copy.source().format(), GetParam().format);
  EXPECT_EQ(copy.source().tensors().size(), checkpoint.tensors.size());
  for (const CheckpointTensor& tensor : checkpoint.tensors) {
    const TensorInfo* info = copy.source().Find(tensor.name);
    ASSERT_NE(info, nullptr) << tensor.name;
    EXPECT_EQ(info->shape, tensor.shape);
    const auto values = ReadAll(copy.source(), tensor.name);
    ASSERT_EQ(values.size(), tensor.values.size());
    double worst = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      worst = std::max<double>(worst, std::abs(values[i] - tensor.values[i]));
    }
    EXPECT_LE(worst, GetParam().tolerance) << tensor.name;
  }
}

TEST_P(RoundTripTest, AnyRangeEqualsThePartOfTheWhole) {
  const Checkpoint checkpoint = SampleCheckpoint();
  const ParsedCopy copy(MakeFile(checkpoint, GetParam()), ParseWeights);
  ASSERT_TRUE(copy.ok());
  for (const CheckpointTensor& tensor : checkpoint.tensors) {
    const auto whole = ReadAll(copy.source(), tensor.name);
    for (size_t offset = 0; offset < whole.size(); offset += 13) {
      for (const size_t count : {0, 1, 31, 32, 65}) {
        std::vector<float> part(std::min(count, whole.size() - offset));
        ASSERT_TRUE(copy.source().Read(tensor.name, offset, part).ok());
        EXPECT_TRUE(
            std::equal(part.begin(), part.end(), whole.begin() + static_cast<ptrdiff_t>(offset)));
      }
    }
    std::vector<float> beyond(2);
    EXPECT_EQ(copy.source().Read(tensor.name, whole.size() - 1, beyond).code(),
              StatusCode::kOutOfRange);
    EXPECT_EQ(copy.source().Read(tensor.name, UINT64_MAX, beyond).code(), StatusCode::kOutOfRange);
  }
  EXPECT_EQ(copy.source().Read("no such tensor", 0, {}).code(), StatusCode::kNotFound);
}

std::string ContainerName(const ::testing::TestParamInfo<Container>& info) {
  return info.param.format + "_" + std::string(EncodingName(info.param.type));
}
INSTANTIATE_TEST_SUITE_P(Containers, RoundTripTest, ::testing::ValuesIn(kContainers),
                         ContainerName);

class RegistryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              ("registry_test_" + std::to_string(::getpid()) + "_" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  void Put(const std::string& name, const std::string& content) {
    ASSERT_TRUE(io::WriteFileAtomically(folder_ / name, content).ok());
  }
  std::string FormatOf(const std::string& name) {
    const auto source = OpenWeights(folder_ / name);
    return source.ok() ? std::string((*source)->format()) : source.status().ToString();
  }

  fs::path folder_;
  const Checkpoint checkpoint_ = SampleCheckpoint();
};

TEST_F(RegistryTest, FilesAreKnownByContentNotByName) {
  Put("a.txt", MakeCTranslate2(checkpoint_, Encoding::kFloat32));
  Put("b.pt", MakeSafetensors(checkpoint_, Encoding::kFloat32));
  Put("model.bin", MakeTorchPt(checkpoint_, Encoding::kFloat32));
  Put("c.safetensors", MakeGgml(checkpoint_, Encoding::kFloat32));
  EXPECT_EQ(FormatOf("a.txt"), "ctranslate2");
  EXPECT_EQ(FormatOf("b.pt"), "safetensors");
  EXPECT_EQ(FormatOf("model.bin"), "pytorch");
  EXPECT_EQ(FormatOf("c.safetensors"), "ggml");
  EXPECT_EQ(FormatOf(""), "pytorch");
}

TEST_F(RegistryTest, FoldersMayHoldShards) {
  for (const auto& [name, content] : MakeShardedSafetensors(checkpoint_, Encoding::kFloat32, 3)) {
    Put(name, content);
  }
  const auto source = OpenWeights(folder_);
  ASSERT_TRUE(source.ok()) << source.status().ToString();
  for (const CheckpointTensor& tensor : checkpoint_.tensors) {
    EXPECT_EQ(ReadAll(**source, tensor.name), tensor.values);
  }
  EXPECT_EQ(FormatOf("model.safetensors.index.json"), "safetensors");
}

TEST_F(RegistryTest, TheOnlyPtOrGgmlFileOfAFolderIsFound) {
  Put("tiny.pt", MakeTorchPt(checkpoint_, Encoding::kFloat16));
  EXPECT_EQ(FormatOf(""), "pytorch");
  Put("ggml-tiny.bin", MakeGgml(checkpoint_, Encoding::kFloat16));
  const auto both = OpenWeights(folder_);
  EXPECT_EQ(both.status().code(), StatusCode::kInvalidArgument);
  EXPECT_NE(both.status().message().find("ggml-tiny.bin"), std::string::npos);
}

TEST_F(RegistryTest, AnEmptyFolderErrorNamesWhatWasLookedFor) {
  const auto source = OpenWeights(folder_);
  EXPECT_EQ(source.status().code(), StatusCode::kNotFound);
  for (const char* name : {"model.bin", "model.safetensors", "*.pt", "ggml-*.bin"}) {
    EXPECT_NE(source.status().message().find(name), std::string::npos) << name;
  }
  EXPECT_EQ(OpenWeights(folder_ / "missing").status().code(), StatusCode::kNotFound);
}

TEST_F(RegistryTest, OtherFilesGetAdvice) {
  Put("empty", "");
  Put("text", "hello, this is not a model at all");
  Put("pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
  Put("page", "<!DOCTYPE html><html></html>");
  Put("gguf", std::string("GGUF\x03\0\0\0", 8));
  Put("old.pt", std::string("\x80\x02\x8a\x0al\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15));
  EXPECT_NE(FormatOf("empty").find("empty"), std::string::npos);
  EXPECT_NE(FormatOf("text").find("known format"), std::string::npos);
  EXPECT_NE(FormatOf("pointer").find("git lfs pull"), std::string::npos);
  EXPECT_NE(FormatOf("page").find("web page"), std::string::npos);
  EXPECT_NE(FormatOf("gguf").find("GGUF"), std::string::npos);
  EXPECT_NE(FormatOf("old.pt").find("before 1.6"), std::string::npos);
}

}  // namespace
}  // namespace ironscribe::formats
