#include "models/whisper/checkpoint.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "formats/registry.h"
#include "models/registry.h"
#include "models/whisper/random_checkpoint.h"
#include "models/whisper/whisper_model.h"

namespace ironscribe::models::whisper {
namespace {

using formats::Encoding;
namespace containers = formats::testing;

constexpr uint64_t kSeed = 11;

Result<std::shared_ptr<const formats::PackedFile>> Pack(const ModelFolder& folder,
                                                        std::string heads = "") {
  ASSIGN_OR_RETURN(const auto source, formats::OpenWeights(folder.path()));
  const auto writer = formats::PackedWriter::CreateInMemory();
  ASSIGN_OR_RETURN(const std::string json, PackWhisper({.source = source.get(),
                                                        .folder = folder.path(),
                                                        .compute = ComputeType::kInt8,
                                                        .digest = "",
                                                        .alignment_heads = std::move(heads)},
                                                       *writer));
  return writer->FinishInMemory(json);
}

// Blobs of all containers must be equal to the last bit: the same values went in.
void ExpectSameBlobs(const formats::PackedFile& a, const formats::PackedFile& b,
                     const std::string& what) {
  ASSERT_EQ(a.blobs().size(), b.blobs().size()) << what;
  for (const formats::PackedFile::Blob& blob : a.blobs()) {
    const formats::PackedFile::Blob* other = b.Find(blob.name);
    ASSERT_NE(other, nullptr) << what << " " << blob.name;
    EXPECT_TRUE(
        std::equal(blob.bytes.begin(), blob.bytes.end(), other->bytes.begin(), other->bytes.end()))
        << what << " " << blob.name;
  }
}

TEST(CheckpointTest, EveryContainerGivesTheSameModel) {
  const containers::Checkpoint openai = RandomOpenAiCheckpoint(kSeed);
  const containers::Checkpoint hugging_face = ToHuggingFace(openai);
  const ModelFolder ctranslate2, safetensors, sharded, torch_pt, ggml;
  ctranslate2.Write("model.bin",
                    containers::MakeCTranslate2(ToCTranslate2(openai), Encoding::kFloat32));
  safetensors.Write("model.safetensors",
                    containers::MakeSafetensors(hugging_face, Encoding::kFloat32));
  for (const auto& [name, bytes] :
       containers::MakeShardedSafetensors(hugging_face, Encoding::kFloat32, 3)) {
    sharded.Write(name, bytes);
  }
  torch_pt.Write("random.pt", containers::MakeTorchPt(openai, Encoding::kFloat32));
  ggml.Write("ggml-random.bin", containers::MakeGgml(openai, Encoding::kFloat32));
  const auto expected = Pack(ctranslate2);
  ASSERT_TRUE(expected.ok()) << expected.status().message();
  const std::pair<const char*, const ModelFolder*> others[] = {
      {"safetensors", &safetensors}, {"sharded", &sharded}, {"pt", &torch_pt}, {"ggml", &ggml}};
  for (const auto& [name, folder] : others) {
    const auto packed = Pack(*folder);
    ASSERT_TRUE(packed.ok()) << name << ": " << packed.status().message();
    ExpectSameBlobs(**expected, **packed, name);
  }
}

TEST(CheckpointTest, PackedModelsLoadAgain) {
  const ModelFolder folder;
  folder.Write("model.safetensors",
               containers::MakeSafetensors(ToHuggingFace(RandomOpenAiCheckpoint(kSeed)),
                                           Encoding::kFloat16));
  const auto packed = Pack(folder).value();
  const auto model = LoadWhisper({.file = packed,
                                  .metadata = packed->metadata(),
                                  .cpu_level = CpuLevel::kPortable,
                                  .name = "random"});
  ASSERT_TRUE(model.ok()) << model.status().message();
  EXPECT_EQ((*model)->window_model().vocab_size(), RandomDimensions().vocab_size);
  EXPECT_EQ((*model)->window_model().max_frames(), 2 * RandomDimensions().audio_context);
  EXPECT_EQ((*model)->info().compute_type, "int8");
  EXPECT_EQ((*model)->info().alignment_heads, "upper_half");
}

// A checkpoint with one thing changed, and what the error must say.
struct BadCase {
  const char* name;
  void (*spoil)(containers::Checkpoint&);
  const char* message;
};

containers::CheckpointTensor& Tensor(containers::Checkpoint& checkpoint, const std::string& name) {
  for (containers::CheckpointTensor& tensor : checkpoint.tensors) {
    if (tensor.name == name) return tensor;
  }
  ADD_FAILURE() << "no tensor " << name;
  return checkpoint.tensors.front();
}

const BadCase kBadCases[] = {
    {"missing matrix",
     [](containers::Checkpoint& c) {
       Tensor(c, "decoder.blocks.1.attn.query.weight").name = "other";
     },
     "decoder.blocks.1.attn.query.weight' is missing"},
    {"missing norm",
     [](containers::Checkpoint& c) { Tensor(c, "encoder.ln_post.bias").name = "other"; },
     "encoder.ln_post.bias' is missing"},
    {"wrong shape",
     [](containers::Checkpoint& c) {
       Tensor(c, "encoder.blocks.0.mlp.2.weight").shape = {256, 64};
     },
     "encoder.blocks.0.mlp.2.weight' has shape [256, 64]"},
    {"bias too long",
     [](containers::Checkpoint& c) {
       Tensor(c, "encoder.blocks.0.attn.out.bias").shape = {128};
       Tensor(c, "encoder.blocks.0.attn.out.bias").values.resize(128);
     },
     "attn.out.bias' has shape [128], expected 64 elements"},
    {"not a number",
     [](containers::Checkpoint& c) {
       Tensor(c, "decoder.token_embedding.weight").values[70] =
           std::numeric_limits<float>::quiet_NaN();
     },
     "NaN or infinity"},
    {"another model",
     [](containers::Checkpoint& c) { Tensor(c, "encoder.positional_embedding").name = "other"; },
     "not those of a Whisper model"},
    {"vocabulary of another size",
     [](containers::Checkpoint& c) {
       Tensor(c, "decoder.token_embedding.weight").shape[0] -= 700;
       Tensor(c, "decoder.token_embedding.weight")
           .values.resize(Tensor(c, "decoder.token_embedding.weight").values.size() - 700 * 64);
     },
     ""},
};

TEST(CheckpointTest, BadCheckpointsAreRefusedByName) {
  for (const BadCase& bad : kBadCases) {
    containers::Checkpoint checkpoint = RandomOpenAiCheckpoint(kSeed);
    bad.spoil(checkpoint);
    const ModelFolder folder;
    folder.Write("random.pt", containers::MakeTorchPt(checkpoint, Encoding::kFloat32));
    const auto packed = Pack(folder);
    ASSERT_FALSE(packed.ok()) << bad.name;
    EXPECT_NE(packed.status().message().find(bad.message), std::string::npos)
        << bad.name << ": " << packed.status().message();
  }
}

TEST(CheckpointTest, AlignmentHeadsByOption) {
  const ModelFolder folder;
  folder.Write("random.pt",
               containers::MakeTorchPt(RandomOpenAiCheckpoint(kSeed), Encoding::kFloat32));
  const auto packed = Pack(folder, "1:1,0:0").value();
  const Config config = ConfigFromJson(packed->metadata()).value();
  EXPECT_EQ(config.alignment_source, "option");
  EXPECT_EQ(config.alignment_heads, (std::vector<AlignmentHead>{{1, 1}, {0, 0}}));
  EXPECT_EQ(Pack(folder, "2:0").status().code(), StatusCode::kOutOfRange);
  EXPECT_EQ(Pack(folder, "1:1;0").status().code(), StatusCode::kInvalidArgument);
}

TEST(CheckpointTest, DamagedPackedFilesAreRefused) {
  const ModelFolder folder;
  folder.Write("random.pt",
               containers::MakeTorchPt(RandomOpenAiCheckpoint(kSeed), Encoding::kFloat32));
  const auto packed = Pack(folder).value();
  const std::string json(packed->metadata());
  const auto load = [&](const std::string& metadata) {
    return LoadWhisper(
               {.file = packed, .metadata = metadata, .cpu_level = CpuLevel::kPortable, .name = ""})
        .status();
  };
  EXPECT_TRUE(load(json).ok());
  EXPECT_FALSE(load("").ok());
  EXPECT_FALSE(load("{}").ok());
  const std::pair<const char*, const char*> edits[] = {
      {"\"text_layers\":2", "\"text_layers\":3"},
      {"\"vocab_size\":", "\"vocab_size\":1"},
      {"\"audio_heads\":2", "\"audio_heads\":0"},
      {"\"num_mels\":80", "\"num_mels\":81"},
      {"\"int8\"", "\"float32\""},
      {"\"text_state\":64", "\"text_state\":\"x\""},
  };
  for (const auto& [from, to] : edits) {
    std::string edited = json;
    ASSERT_NE(edited.find(from), std::string::npos) << from;
    edited.replace(edited.find(from), std::string(from).size(), to);
    EXPECT_FALSE(load(edited).ok()) << to;
  }
}

}  // namespace
}  // namespace ironscribe::models::whisper
