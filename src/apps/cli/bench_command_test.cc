// The whole command on a tiny random model; the machine's peaks are given.
#include "apps/cli/bench_command.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "base/random.h"
#include "models/whisper/random_checkpoint.h"

namespace ironscribe::cli {
namespace {

class NoisySource final : public audio::PcmSource {
 public:
  Result<size_t> Read(std::span<float> out) override {
    const size_t count = std::min(out.size(), left_);
    for (float& sample : out.first(count)) sample = static_cast<float>(random_.NextUnit() - 0.5);
    left_ -= count;
    return count;
  }
  int64_t ExpectedSamples() const override { return -1; }
  Status Rewind() override {
    left_ = kSamples;
    return OkStatus();
  }
  std::string Description() const override { return "noise"; }

 private:
  static constexpr size_t kSamples = 3 * audio::kSampleRateHz;
  size_t left_ = kSamples;
  Random random_{1};
};

class EmptySource final : public audio::PcmSource {
 public:
  Result<size_t> Read(std::span<float> /*out*/) override { return size_t{0}; }
  int64_t ExpectedSamples() const override { return 0; }
  Status Rewind() override { return OkStatus(); }
  std::string Description() const override { return "nothing"; }
};

class BenchCommandTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_.Write("model.safetensors",
                  formats::testing::MakeSafetensors(
                      models::whisper::ToHuggingFace(models::whisper::RandomOpenAiCheckpoint(3)),
                      formats::Encoding::kFloat32));
    services_.measure_peaks = [this](CpuLevel level, int num_threads) {
      measured_threads_ = num_threads;
      MachinePeaks peaks;
      peaks.cpu_level = level;
      peaks.num_threads = num_threads;
      peaks.clock_hz = 4e9;
      for (ArithmeticPeak& peak : peaks.arithmetics) {
        peak = {.name = "float32", .instructions = "multiply", .operations_per_second = 1e12};
      }
      peaks.one_thread_bytes_per_second = peaks.all_threads_bytes_per_second = 25e9;
      return peaks;
    };
    services_.open_audio =
        [](const std::filesystem::path& path) -> Result<std::unique_ptr<audio::PcmSource>> {
      if (path == "empty.wav") {
        return std::unique_ptr<audio::PcmSource>(std::make_unique<EmptySource>());
      }
      if (path != "talk.wav") return NotFoundError(path.string() + ": no such file");
      return std::unique_ptr<audio::PcmSource>(std::make_unique<NoisySource>());
    };
  }

  int Bench(std::vector<std::string> arguments) {
    out_.str("");
    err_.str("");
    if (arguments.empty() || arguments[0] != "--help") {
      arguments.insert(arguments.begin(), {"--model", folder_.path().string()});
    }
    return RunBench(arguments, services_, out_, err_);
  }
  nlohmann::json Json() const { return nlohmann::json::parse(out_.str(), nullptr, false); }

  models::whisper::ModelFolder folder_;
  BenchServices services_;
  int measured_threads_ = 0;
  std::ostringstream out_, err_;
};

double StageMilliseconds(const nlohmann::json& json) {
  double sum = 0;
  for (const auto& stage : json["stages"]) sum += stage["milliseconds_per_window"].get<double>();
  return sum;
}

TEST_F(BenchCommandTest, NoiseGivesEveryStageInsideTheWallTime) {
  for (const char* threads : {"1", "2"}) {
    ASSERT_EQ(Bench({"--json", "--seconds", "0", "--threads", threads, "--batch-size", "3",
                     "--tokens", "7"}),
              0)
        << err_.str();
    EXPECT_EQ(measured_threads_, std::stoi(threads));
    const auto json = Json();
    ASSERT_FALSE(json.is_discarded()) << out_.str();
    std::set<std::string> names;
    for (const auto& stage : json["stages"]) {
      names.insert(stage["stage"]);
      EXPECT_GT(stage["milliseconds_per_window"], 0) << stage;
    }
    EXPECT_EQ(names.size(), models::kNumStages) << json["stages"];
    // Each is thread time divided by the threads, so this is: never above wall time x threads.
    EXPECT_LE(StageMilliseconds(json), json["milliseconds_per_window"].get<double>() * (1 + 1e-9));
    EXPECT_GE(json["other_milliseconds_per_window"], 0);
    EXPECT_EQ(json["run"]["windows"], 3);
    EXPECT_EQ(json["run"]["tokens"], 21);
    EXPECT_GE(json["run"]["steps"], 7);
    EXPECT_GT(json["run"]["audio_seconds"], 0);
    EXPECT_GT(json["roofs"]["own"]["times_real_time"], 0);
    EXPECT_GT(json["roofs"]["eight_bit"]["fraction_reached"], 0);
    EXPECT_EQ(json["model"]["compute_type"], "int8");
  }
}

TEST_F(BenchCommandTest, ARecordingGoesTheRealWay) {
  ASSERT_EQ(Bench({"talk.wav", "--json", "--seconds", "0", "--language", "en"}), 0) << err_.str();
  const auto json = Json();
  EXPECT_EQ(json["run"]["input"], "talk.wav");
  EXPECT_EQ(json["run"]["audio_seconds"], 3);
  EXPECT_GE(json["run"]["windows"], 1);
  ASSERT_EQ(Bench({"talk.wav", "--json", "--seconds", "0.001"}), 0) << err_.str();
  EXPECT_EQ(std::fmod(Json()["run"]["audio_seconds"].get<double>(), 3), 0);
}

TEST_F(BenchCommandTest, WhatIsWrongWithARecordingIsFoundBeforeAnythingIsMeasured) {
  // Before the model is looked at, too.
  EXPECT_EQ(RunBench({"--model", "no-such-model", "other.wav"}, services_, out_, err_), 1);
  EXPECT_NE(err_.str().find("other.wav: no such file"), std::string::npos) << err_.str();
  EXPECT_EQ(Bench({"empty.wav"}), 1);
  EXPECT_NE(err_.str().find("empty.wav: holds no audio"), std::string::npos) << err_.str();
  EXPECT_EQ(Bench({"talk.wav", "--language", "xx"}), 2);
  EXPECT_NE(err_.str().find("xx"), std::string::npos) << err_.str();
  EXPECT_EQ(out_.str(), "");
  EXPECT_EQ(measured_threads_, 0);
}

TEST_F(BenchCommandTest, TextAndHelp) {
  ASSERT_EQ(Bench({"--seconds", "0", "--batch-size", "2", "--tokens", "3"}), 0) << err_.str();
  EXPECT_NE(out_.str().find("decoder_cross"), std::string::npos) << out_.str();
  EXPECT_NE(out_.str().find("Roof"), std::string::npos) << out_.str();
  EXPECT_EQ(Bench({"--help"}), 0);
  EXPECT_NE(out_.str().find("Examples:"), std::string::npos);
}

TEST_F(BenchCommandTest, BadFlagsAreRefusedBeforeAnythingIsMeasured) {
  const std::vector<std::vector<std::string>> kCases = {{"--threads", "-1"},
                                                        {"--threads", "two"},
                                                        {"--batch-size", "0"},
                                                        {"--batch-size", "257"},
                                                        {"--compute", "fp8"},
                                                        {"--cpu-level", "sse"},
                                                        {"--seconds", "-1"},
                                                        {"--seconds", "nan"},
                                                        {"--seconds", "1e9"},
                                                        {"--tokens", "0"},
                                                        {"--tokens", "449"},
                                                        {"--language", "en"},
                                                        {"talk.wav", "--tokens", "9"},
                                                        {"a.wav", "b.wav"},
                                                        {"--loud"},
                                                        {"--model", ""},
                                                        {""}};
  for (const auto& arguments : kCases) {
    EXPECT_EQ(Bench(arguments), 2) << arguments[0] << " " << arguments.back();
    EXPECT_NE(err_.str(), "") << arguments[0];
    EXPECT_EQ(out_.str(), "") << arguments[0];
  }
  EXPECT_EQ(measured_threads_, 0);
}

TEST_F(BenchCommandTest, AMissingModelFailsAndAnInterruptEnds) {
  EXPECT_EQ(RunBench({"--model", "no-such-model"}, services_, out_, err_), 1);
  EXPECT_EQ(measured_threads_, 0);
  std::stop_source stop;
  stop.request_stop();
  services_.stop = stop.get_token();
  EXPECT_EQ(Bench({"--seconds", "0"}), 3);
}

}  // namespace
}  // namespace ironscribe::cli
