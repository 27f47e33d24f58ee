#include "apps/cli/models_flags.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/packed_cache_name.h"
#include "engine/stub_hub.h"
#include "engine/stub_wheel.h"
#include "io/file.h"

namespace ironscribe::cli {
namespace {

namespace fs = std::filesystem;
using Arguments = std::vector<std::string>;

class ModelsFlagsTest : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("no_proxy", "127.0.0.1", 1);
    root_ = fs::path(testing::TempDir()) /
            ("models_flags_test_" + std::to_string(::getpid()) + "_" +
             std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(root_);
    folders_.models = root_ / "models";
    folders_.cache = root_ / "cache";
    catalog_ = {package_.Entry()};
    services_.fetcher = &fetcher_;
    services_.catalog = catalog_;
    services_.describe = [](const fs::path& path) -> Result<engine::ModelDescription> {
      engine::ModelDescription description;
      description.family = "whisper";
      description.format = "ctranslate2";
      description.weight_file = path / "model.bin";
      description.encoder_layers = 4;
      description.num_languages = 99;
      return description;
    };
    services_.pack = [this](const fs::path& path,
                            const engine::RecognizerOptions& options) -> Result<fs::path> {
      packed_model_ = path;
      pack_options_ = options;
      const fs::path packed = options.cache_folder / "x.pack";
      RETURN_IF_ERROR(io::WriteFileAtomically(packed, "packed"));
      return packed;
    };
  }
  void TearDown() override { fs::remove_all(root_); }

  int Run(const Arguments& arguments) {
    out_.str("");
    err_.str("");
    return RunModels(arguments, folders_, services_, out_, err_);
  }
  nlohmann::json Json() { return nlohmann::json::parse(out_.str(), nullptr, false); }
  bool Printed(const std::string& text) { return out_.str().find(text) != std::string::npos; }
  bool Complained(const std::string& text) { return err_.str().find(text) != std::string::npos; }

  engine::StubPackage package_;
  engine::StubFetcher fetcher_{package_};
  std::vector<engine::CatalogEntry> catalog_;
  ModelsServices services_;
  Folders folders_;
  fs::path packed_model_;
  engine::RecognizerOptions pack_options_;
  std::ostringstream out_;
  std::ostringstream err_;
  fs::path root_;
};

TEST_F(ModelsFlagsTest, HelpAndWrongUsage) {
  EXPECT_EQ(Run({"--help"}), 0);
  EXPECT_TRUE(Printed("Examples:"));
  for (const char* command : {"pull", "list", "info", "convert", "verify", "remove"}) {
    EXPECT_EQ(Run({command, "--help"}), 0) << command;
    EXPECT_TRUE(Printed("Example")) << command;
  }
  EXPECT_EQ(Run({}), 2);
  EXPECT_EQ(Run({"fetch"}), 2);
  EXPECT_EQ(Run({"pull"}), 2);
  EXPECT_EQ(Run({"pull", "fake", "--source", "disk"}), 2);
  EXPECT_EQ(Run({"pull", "fake", "--sha256", "model.bin"}), 2);
  EXPECT_EQ(Run({"pull", "fake", "--sha256", "model.bin=12"}), 2);
  EXPECT_EQ(Run({"pull", "fake", "--progress", "loud"}), 2);
  EXPECT_EQ(Run({"convert", "fake", "--compute", "int3"}), 2);
  EXPECT_TRUE(out_.str().empty());
}

TEST_F(ModelsFlagsTest, PullListInfoVerifyRemove) {
  EXPECT_EQ(Run({"list"}), 0);
  EXPECT_TRUE(Printed("available"));
  ASSERT_EQ(Run({"pull", "fake"}), 0) << err_.str();
  EXPECT_TRUE(Printed("installed in"));
  EXPECT_TRUE(Complained("fetching package fake-part1"));
  EXPECT_EQ(Run({"pull", "fake"}), 0);
  EXPECT_TRUE(Printed("already installed"));
  EXPECT_EQ(Run({"list"}), 0);
  EXPECT_FALSE(Printed("available"));
  EXPECT_EQ(Run({"info", "fake"}), 0) << err_.str();
  EXPECT_TRUE(Printed("4 layers"));
  EXPECT_TRUE(Printed("package fake-part1==1.0"));
  EXPECT_TRUE(Printed(std::string(package_.Entry().files[0].sha256)));
  EXPECT_EQ(Run({"verify"}), 0);
  EXPECT_TRUE(Printed("fake: 2 files"));
  EXPECT_EQ(Run({"remove", "fake"}), 0);
  EXPECT_TRUE(Printed("removed " + (folders_.models / "fake").string()));
  EXPECT_EQ(Run({"remove", "fake"}), 1);
  EXPECT_TRUE(Complained("ironscribe models"));
}

TEST_F(ModelsFlagsTest, JsonOfEverySubcommand) {
  ASSERT_EQ(Run({"pull", "fake", "--json", "--quiet"}), 0);
  EXPECT_EQ(Json()[0]["name"], "fake");
  EXPECT_EQ(Json()[0]["was_installed"], false);
  EXPECT_TRUE(err_.str().empty()) << err_.str();
  Run({"list", "--json"});
  EXPECT_EQ(Json()["models"][0]["installed"], true);
  EXPECT_EQ(Json()["aliases"]["large"], "large-v3");
  Run({"info", "fake", "--json"});
  EXPECT_EQ(Json()["network"]["languages"], 99);
  EXPECT_EQ(Json()["digest"], package_.Entry().files[0].sha256);
  EXPECT_EQ(Json()["packed"].size(), 0u);
  Run({"verify", "--json"});
  EXPECT_EQ(Json()[0]["ok"], true);
  Run({"convert", "fake", "--json"});
  EXPECT_EQ(Json()["size_bytes"], 6);
  Run({"remove", "fake", "--json"});
  EXPECT_EQ(Json()[0]["removed"][0], (folders_.models / "fake").string());
}

TEST_F(ModelsFlagsTest, ModelsOfAnotherTaskAreShownAsSuch) {
  catalog_[0].task = engine::ModelTask::kVoiceActivity;
  Run({"list"});
  EXPECT_TRUE(Printed("voice activity"));
  Run({"list", "--json"});
  EXPECT_EQ(Json()["models"][0]["task"], "voice activity");
  ASSERT_EQ(Run({"pull", "fake", "--quiet"}), 0);
  Run({"list", "--json"});
  EXPECT_EQ(Json()["models"][0]["task"], "voice activity");
  services_.describe = [](const fs::path& path) -> Result<engine::ModelDescription> {
    engine::ModelDescription description;
    description.weight_file = path / "model.bin";
    description.family = "silero_vad";
    description.task = engine::ModelTask::kVoiceActivity;
    description.num_parameters = 309'633;
    return description;
  };
  EXPECT_EQ(Run({"info", "fake"}), 0) << err_.str();
  EXPECT_TRUE(Printed("silero_vad, 0.3 M parameters"));
  EXPECT_FALSE(Printed("layers"));
  EXPECT_FALSE(Printed("packed"));
  Run({"info", "fake", "--json"});
  EXPECT_TRUE(Json()["network"].is_null());
}

TEST_F(ModelsFlagsTest, OneFailureDoesNotStopTheOthers) {
  EXPECT_EQ(Run({"pull", "fkae", "fake"}), 1);
  EXPECT_TRUE(Complained("'fkae'"));
  EXPECT_TRUE(fs::exists(folders_.models / "fake" / "model.bin"));
}

TEST_F(ModelsFlagsTest, InterruptionHasItsOwnStatus) {
  std::stop_source stop;
  services_.stop = stop.get_token();
  fetcher_.before = [&] { stop.request_stop(); };
  EXPECT_EQ(Run({"pull", "fake"}), 3);
  EXPECT_FALSE(fs::exists(folders_.models / "fake"));
}

TEST_F(ModelsFlagsTest, FlippedByteFailsVerify) {
  ASSERT_EQ(Run({"pull", "fake"}), 0);
  ASSERT_TRUE(
      io::WriteFileAtomically(folders_.models / "fake" / "config.json", "{\"fake\": tRue}\n").ok());
  EXPECT_EQ(Run({"verify", "fake"}), 1);
  EXPECT_TRUE(Complained("config.json"));
  EXPECT_TRUE(Complained("ironscribe models pull --force fake"));
  EXPECT_EQ(Run({"verify", "--json"}), 1);
  EXPECT_EQ(Json()[0]["problems"][0]["file"], "config.json");
}

TEST_F(ModelsFlagsTest, DamagedPackedFormFailsVerify) {
  ASSERT_EQ(Run({"pull", "fake"}), 0);
  const fs::path packed =
      folders_.cache / engine::PackedCacheName(folders_.models / "fake", "int8", "");
  ASSERT_TRUE(io::WriteFileAtomically(packed, "damaged").ok());
  EXPECT_EQ(Run({"verify"}), 1);
  EXPECT_TRUE(Complained("delete '" + packed.string() + "'")) << err_.str();
  EXPECT_TRUE(Complained("ironscribe models convert fake"));
  EXPECT_FALSE(Complained("--force"));
}

TEST_F(ModelsFlagsTest, DamagedRecordFailsVerify) {
  ASSERT_EQ(Run({"pull", "fake"}), 0);
  ASSERT_TRUE(
      io::WriteFileAtomically(folders_.models / "fake" / engine::kManifestFileName, "").ok());
  EXPECT_EQ(Run({"verify"}), 1);
  EXPECT_TRUE(Complained("ironscribe models pull --force fake")) << err_.str();
}

TEST_F(ModelsFlagsTest, HubAddressAndFolders) {
  engine::StubHub hub;
  hub.files = {{"model.bin", "weights"}, {"config.json", "{}"}};
  const engine::StubHttpServer server([&](const auto& request) { return hub.Answer(request); });
  const std::string other = (root_ / "other").string();
  ASSERT_EQ(Run({"pull", "owner/name@v1", "--hub-url", server.url(), "--models-dir", other}), 0)
      << err_.str();
  EXPECT_TRUE(fs::exists(root_ / "other" / "owner--name" / "model.bin"));
  EXPECT_EQ(Run({"info", "owner/name", "--models-dir", other}), 0) << err_.str();
  EXPECT_TRUE(Printed("owner/name"));
  EXPECT_TRUE(Printed(engine::StubHub::kCommit));
}

TEST_F(ModelsFlagsTest, InfoOfAFolderWithoutRecord) {
  const fs::path folder = root_ / "mine";
  ASSERT_TRUE(io::WriteFileAtomically(folder / "model.bin", "abc").ok());
  ASSERT_EQ(Run({"info", folder.string(), "--json"}), 0) << err_.str();
  EXPECT_EQ(Json()["size_bytes"], 3);
  EXPECT_EQ(Json()["digest"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_FALSE(Json().contains("source"));
}

TEST_F(ModelsFlagsTest, ConvertHandsOnWhatWasAsked) {
  ASSERT_EQ(Run({"pull", "fake"}), 0);
  ASSERT_EQ(Run({"convert", "fake", "--compute", "float32", "--alignment-heads", "1:2"}), 0);
  EXPECT_EQ(packed_model_, folders_.models / "fake");
  EXPECT_EQ(pack_options_.compute, engine::ComputeType::kFloat32);
  EXPECT_EQ(pack_options_.alignment_heads, "1:2");
  EXPECT_EQ(pack_options_.cache_folder, folders_.cache);
  ASSERT_EQ(Run({"convert", "fake", "--output", (root_ / "here").string()}), 0);
  EXPECT_EQ(pack_options_.cache_folder, root_ / "here");
  EXPECT_EQ(Run({"convert", "fkae"}), 1);
  EXPECT_EQ(Run({"convert", "fake", "--alignment-heads", "x"}), 2);
  EXPECT_TRUE(Complained("--alignment-heads"));

  ::setenv("IRONSCRIBE_COMPUTE", "bfloat16", 1);
  EXPECT_EQ(Run({"convert", "fake"}), 0);
  EXPECT_EQ(pack_options_.compute, models::ComputeType::kBFloat16);
  ::setenv("IRONSCRIBE_COMPUTE", "int3", 1);
  EXPECT_EQ(Run({"convert", "fake"}), 2);
  EXPECT_TRUE(Complained("IRONSCRIBE_COMPUTE")) << err_.str();
  ::unsetenv("IRONSCRIBE_COMPUTE");

  std::stop_source stop;
  stop.request_stop();
  services_.stop = stop.get_token();
  EXPECT_EQ(Run({"convert", "fake"}), 0);
  EXPECT_TRUE(pack_options_.stop.stop_requested());
}

}  // namespace
}  // namespace ironscribe::cli
