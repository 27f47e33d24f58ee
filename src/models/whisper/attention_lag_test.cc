#include "models/whisper/attention_lag.h"

#include <gtest/gtest.h>

namespace ironscribe::models::whisper {
namespace {

Config TinyEn() {
  Config config;
  config.dims.text_layers = 4;
  config.alignment_heads = {{1, 0}, {2, 0}, {2, 5}, {3, 0}, {3, 1}, {3, 2}, {3, 3}, {3, 4}};
  return config;
}

TEST(AttentionLag, OfAModelThatWasMeasured) { EXPECT_EQ(AttentionLag(TinyEn()), 4); }

TEST(AttentionLag, NoneForOtherHeadsOrModels) {
  Config config = TinyEn();
  config.alignment_heads.pop_back();
  EXPECT_EQ(AttentionLag(config), 0);
  config = TinyEn();
  config.dims.text_layers = 6;
  EXPECT_EQ(AttentionLag(config), 0);
  EXPECT_EQ(AttentionLag(Config()), 0);
}

}  // namespace
}  // namespace ironscribe::models::whisper
