#include "apps/cli/model_watch.h"

#include <gtest/gtest.h>

#include <sstream>

#include "api/test_backend.h"
#include "models/whisper/random_checkpoint.h"

namespace ironscribe::cli {
namespace {

// The pool's model is real; what transcribes the clip is the stub of the same name.
class ModelWatchTest : public testing::Test {
 protected:
  ModelWatchTest() {
    folder_.Write("model.safetensors",
                  formats::testing::MakeSafetensors(
                      models::whisper::ToHuggingFace(models::whisper::RandomOpenAiCheckpoint(3)),
                      formats::Encoding::kFloat32));
    EXPECT_TRUE(pool_.Add({.name = "first", .path = folder_.path()}).ok());
    EXPECT_TRUE(pool_.Add({.name = "org/second", .path = "/nothing/here"}).ok());
    health_.SetStarted();
  }

  static engine::ModelPoolOptions PoolOptions() {
    engine::ModelPoolOptions options;
    options.recognizer.num_threads = 1;
    return options;
  }

  // What the next look adds to the log.
  std::string Look() {
    out_.str("");
    (void)watch_.Look({});
    return out_.str();
  }

  models::whisper::ModelFolder folder_;
  api::TestBackend test_;
  api::Health health_;
  api::Canary canary_{test_.backend, health_};
  std::ostringstream out_;
  JsonLog log_{out_};
  engine::ModelPool pool_{PoolOptions()};
  ModelWatch watch_{pool_, canary_, log_, /*idle_unload=*/false};
};

TEST_F(ModelWatchTest, TellsOnceWhatBecomesOfModels) {
  EXPECT_EQ(Look(), "");
  ASSERT_TRUE(pool_.Load("first", {}).ok());
  EXPECT_NE(Look().find("model 'first' is loaded"), std::string::npos);
  EXPECT_EQ(Look(), "");
  ASSERT_TRUE(pool_.Unload("first").ok());
  EXPECT_NE(Look().find("model 'first' is unloaded"), std::string::npos);
  EXPECT_FALSE(pool_.Load("org/second", {}).ok());
  EXPECT_NE(Look().find("model 'org/second' cannot be loaded"), std::string::npos);
  EXPECT_EQ(Look(), "");
  EXPECT_TRUE(health_.Readiness().ok()) << "the others work";
}

TEST_F(ModelWatchTest, AModelThatFailsOnTheClipCountsWhileItIsLoaded) {
  test_.models.first->failure = InternalError("broken");
  ASSERT_TRUE(pool_.Load("first", {}).ok());
  EXPECT_NE(Look().find("fails on the built-in clip"), std::string::npos);
  EXPECT_FALSE(health_.Readiness().ok());
  ASSERT_TRUE(pool_.Unload("first").ok());
  Look();
  EXPECT_TRUE(health_.Readiness().ok());
}

}  // namespace
}  // namespace ironscribe::cli
