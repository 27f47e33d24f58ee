// `ironscribe serve` as a process: signals, the first key, checking a configuration.
#include <gtest/gtest.h>
#include <signal.h>

#include <array>
#include <string>
#include <vector>

#include "apps/cli/test_fakes.h"
#include "formats/testing/checkpoint_writer.h"
#include "io/child_process.h"
#include "models/whisper/random_checkpoint.h"

namespace ironscribe::cli {
namespace {

constexpr int kTimeoutMs = 120'000;

class ServeProgram : public testing::Test {
 protected:
  ServeProgram() {
    model_.Write("model.safetensors",
                 formats::testing::MakeSafetensors(
                     models::whisper::ToHuggingFace(models::whisper::RandomOpenAiCheckpoint(11)),
                     formats::Encoding::kFloat32));
  }

  std::unique_ptr<io::ChildProcess> Start(const std::vector<std::string>& flags) const {
    std::vector<std::string> command = {std::string(IRONSCRIBE_BINARY_DIR) + "/ironscribe",
                                        "serve",
                                        "--model",
                                        model_.path().string(),
                                        "--data-dir",
                                        (folder_.path() / "data").string(),
                                        "--listen",
                                        "127.0.0.1:0",
                                        "--load-on-demand",
                                        "--threads",
                                        "2"};
    command.insert(command.end(), flags.begin(), flags.end());
    io::ChildOptions options;
    // No configuration and no models but those of the test.
    options.environment = {"XDG_CONFIG_HOME=" + folder_.path().string(),
                           "XDG_DATA_HOME=" + folder_.path().string()};
    auto child = io::ChildProcess::Start(command, options);
    EXPECT_TRUE(child.ok()) << child.status().ToString();
    return *std::move(child);
  }

  static std::string Read(io::ChildProcess& child) {
    std::array<std::byte, 1000> bytes{};
    const auto count = child.ReadStdout(bytes, kTimeoutMs);
    EXPECT_TRUE(count.ok()) << count.status().ToString();
    return std::string(reinterpret_cast<const char*>(bytes.data()), count.ok() ? *count : 0);
  }

  static std::string End(io::ChildProcess& child) {
    const auto end = child.Wait(kTimeoutMs);
    return end.ok() ? end->ToString() : end.status().ToString();
  }

  const TestFolder folder_;
  const models::whisper::ModelFolder model_;
};

TEST_F(ServeProgram, EndsInOrderWhenItIsAskedTo) {
  const auto server = Start({});
  EXPECT_TRUE(Read(*server).starts_with("isk_"));
  ASSERT_EQ(::kill(server->pid(), SIGTERM), 0);
  EXPECT_EQ(End(*server), "exited with status 0");
}

TEST_F(ServeProgram, SaysWhetherItCouldStart) {
  const auto good = Start({"--check-config"});
  EXPECT_EQ(Read(*good), "the configuration is good\n");
  EXPECT_EQ(End(*good), "exited with status 0");
  EXPECT_EQ(End(*Start({"--check-config", "--alias", "a=nothing"})), "exited with status 1");
  EXPECT_EQ(End(*Start({"--check-config", "--model", "/nothing/here"})), "exited with status 1");
  EXPECT_EQ(End(*Start({"--check-config", "--listen", "here"})), "exited with status 2");
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "data")) << "checking makes nothing";
}

}  // namespace
}  // namespace ironscribe::cli
