#include "models/whisper/config.h"

#include <gtest/gtest.h>

#include "models/whisper/model_files.h"
#include "models/whisper/random_checkpoint.h"

namespace ironscribe::models::whisper {
namespace {

TEST(ConfigTest, JsonRoundTrip) {
  Config config;
  config.dims = RandomDimensions();
  config.alignment_heads = {{1, 0}, {0, 1}};
  config.alignment_source = "model";
  config.suppress_ids = {1, 2, 3};
  config.begin_suppress_ids = {220, 50256};
  config.digest = "abc";
  config.compute_type = "int8";
  const Config read = ConfigFromJson(ConfigToJson(config)).value();
  EXPECT_EQ(read.dims.vocab_size, config.dims.vocab_size);
  EXPECT_EQ(read.dims.audio_context, config.dims.audio_context);
  EXPECT_EQ(read.alignment_heads, config.alignment_heads);
  EXPECT_EQ(read.suppress_ids, config.suppress_ids);
  EXPECT_EQ(read.begin_suppress_ids, config.begin_suppress_ids);
  EXPECT_EQ(read.digest, "abc");
}

TEST(ConfigTest, AbsurdDimensionsAreRefused) {
  for (auto spoil :
       {+[](Dimensions& d) { d.text_layers = 0; }, +[](Dimensions& d) { d.vocab_size = 1 << 30; },
        +[](Dimensions& d) { d.audio_heads = 3; }, +[](Dimensions& d) { d.text_state = 128; },
        +[](Dimensions& d) { d.num_mels = -80; }}) {
    Dimensions dims = RandomDimensions();
    spoil(dims);
    EXPECT_EQ(CheckDimensions(dims).code(), StatusCode::kInvalidArgument);
  }
  EXPECT_TRUE(CheckDimensions(RandomDimensions()).ok());
}

TEST(ConfigTest, AlignmentHeadLists) {
  EXPECT_EQ(ParseAlignmentHeads("2:0,13:5").value(), (std::vector<AlignmentHead>{{2, 0}, {13, 5}}));
  for (const char* bad : {"", "2", "2:", ":1", "2:0,", "2:0;3:1", "a:b", "2:0,x"}) {
    EXPECT_FALSE(ParseAlignmentHeads(bad).ok()) << bad;
  }
}

TEST(ConfigTest, UpperHalf) {
  EXPECT_EQ(UpperHalfHeads(RandomDimensions()), (std::vector<AlignmentHead>{{1, 0}, {1, 1}}));
}

TEST(ConfigTest, ModelFilesOfBothConverters) {
  const ModelFolder folder;
  folder.Write("config.json", R"({"alignment_heads": [[1, 0], [2, 5]], "lang_ids": [1],
                                  "suppress_ids": [3, 4], "suppress_ids_begin": [220, 50256]})");
  ModelFiles files = ReadModelFiles(folder.path()).value();
  EXPECT_EQ(files.alignment_heads, (std::vector<AlignmentHead>{{1, 0}, {2, 5}}));
  EXPECT_EQ(files.suppress_ids, (std::vector<int32_t>{3, 4}));
  EXPECT_EQ(files.begin_suppress_ids, (std::vector<int32_t>{220, 50256}));
  folder.Write("config.json", R"({"encoder_attention_heads": 6, "decoder_attention_heads": 8,
                                  "suppress_tokens": [-1, 9], "begin_suppress_tokens": null})");
  folder.Write("generation_config.json", R"({"alignment_heads": [[3, 3]]})");
  files = ReadModelFiles(folder.path()).value();
  EXPECT_EQ(files.audio_heads, 6);
  EXPECT_EQ(files.text_heads, 8);
  EXPECT_EQ(files.alignment_heads, (std::vector<AlignmentHead>{{3, 3}}));
  EXPECT_EQ(files.suppress_ids, (std::vector<int32_t>{9}));
  EXPECT_TRUE(files.begin_suppress_ids.empty());
}

}  // namespace
}  // namespace ironscribe::models::whisper
