#include "models/silero_vad/silero_vad.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

#include "audio/open_audio.h"
#include "base/random.h"
#include "formats/registry.h"
#include "formats/safetensors/safetensors.h"
#include "models/silero_vad/naive_silero_vad.h"
#include "models/speech_detector.h"

namespace ironscribe::models::silero_vad {
namespace {

using formats::testing::Checkpoint;
using formats::testing::CheckpointTensor;
using Model = std::shared_ptr<const VoiceActivityModel>;

constexpr size_t kFrame = 512;

Result<Model> Load(const Checkpoint& checkpoint, CpuLevel level = DetectCpuLevel()) {
  const std::string bytes =
      formats::testing::MakeSafetensors(checkpoint, formats::Encoding::kFloat32);
  ASSIGN_OR_RETURN(const auto source,
                   formats::ParseSafetensors(formats::FileBytes::Borrow(
                       std::as_bytes(std::span(bytes.data(), bytes.size())), "random")));
  return LoadSileroVad(*source, level);
}

std::vector<float> Noise(size_t frames, uint64_t seed) {
  Random random(seed);
  std::vector<float> samples(frames * kFrame);
  for (size_t i = 0; i < samples.size(); ++i) {
    const double loudness = std::sin(static_cast<double>(i) / 3000);
    samples[i] = static_cast<float>((random.NextUnit() * 2 - 1) * loudness);
  }
  return samples;
}

// The probabilities of a stream that is pushed in calls of `frames_per_call` frames.
std::vector<float> Probabilities(const VoiceActivityModel& model, std::span<const float> samples,
                                 size_t frames_per_call = 1 << 20) {
  const auto state = model.NewState();
  const auto scratch = model.NewScratch();
  std::vector<float> probabilities(samples.size() / kFrame);
  for (size_t at = 0; at < probabilities.size(); at += frames_per_call) {
    const size_t count = std::min(frames_per_call, probabilities.size() - at);
    const VoiceActivityRun run{.state = state.get(),
                               .samples = samples.subspan(at * kFrame, count * kFrame),
                               .probabilities = std::span(probabilities).subspan(at, count)};
    model.Advance({&run, 1}, *scratch);
  }
  return probabilities;
}

class SileroVadLevelTest : public testing::TestWithParam<CpuLevel> {};

TEST_P(SileroVadLevelTest, AgreesWithDoublePrecisionOnRandomWeights) {
  for (uint64_t seed : {1u, 1000u}) {
    const Checkpoint checkpoint = RandomSileroVad(seed);
    const Model model = Load(checkpoint, GetParam()).value();
    const auto samples = Noise(60, seed);
    const auto expected = NaiveProbabilities(checkpoint, samples);
    const auto found = Probabilities(*model, samples);
    ASSERT_EQ(found.size(), expected.size());
    const auto [least, most] = std::minmax_element(expected.begin(), expected.end());
    EXPECT_GT(*most - *least, 0.1) << "the weights tell nothing apart";
    for (size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 2e-5) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, SileroVadLevelTest, testing::ValuesIn(SupportedCpuLevels()),
                         [](const auto& level) { return std::string(CpuLevelName(level.param)); });

TEST(SileroVadTest, CallsOfAnySizeGiveTheSameBits) {
  const Model model = Load(RandomSileroVad(1)).value();
  const auto samples = Noise(131, 5);
  const auto whole = Probabilities(*model, samples);
  for (size_t frames : {1u, 2u, 7u, 47u, 48u, 49u}) {
    EXPECT_EQ(Probabilities(*model, samples, frames), whole) << frames;
  }
}

TEST(SileroVadTest, ABatchOfStreamsEqualsItsMembers) {
  const Model model = Load(RandomSileroVad(1)).value();
  // More streams than a block has rows, of different lengths, empty ones included.
  constexpr size_t kStreams = 60;
  std::vector<std::vector<float>> samples, found;
  std::vector<std::unique_ptr<VoiceActivityState>> states;
  Random random(3);
  for (size_t i = 0; i < kStreams; ++i) {
    samples.push_back(Noise(random.Next() % 9 * (i % 7 == 0 ? 10 : 1), i));
    found.emplace_back(samples[i].size() / kFrame);
    states.push_back(model->NewState());
  }
  const auto scratch = model->NewScratch();
  // In two calls, so that what a stream remembers matters.
  for (size_t half : {0u, 1u}) {
    std::vector<VoiceActivityRun> runs;
    for (size_t i = 0; i < kStreams; ++i) {
      const size_t frames = found[i].size(), middle = frames / 2;
      const size_t first = half == 0 ? 0 : middle, count = half == 0 ? middle : frames - middle;
      runs.push_back({.state = states[i].get(),
                      .samples = std::span(samples[i]).subspan(first * kFrame, count * kFrame),
                      .probabilities = std::span(found[i]).subspan(first, count)});
    }
    model->Advance(runs, *scratch);
  }
  for (size_t i = 0; i < kStreams; ++i) {
    EXPECT_EQ(found[i], Probabilities(*model, samples[i])) << i;
  }
}

TEST(SileroVadTest, HostileSamplesStayProbabilitiesAndAreForgotten) {
  const Model model = Load(RandomSileroVad(1)).value();
  auto samples = Noise(300, 5);
  const float infinity = std::numeric_limits<float>::infinity();
  const float bad[] = {infinity, -infinity, std::nanf(""), 3e38f, -3e38f};
  for (size_t i = 0; i < 5 * kFrame; ++i) samples[i] = bad[i % 5];
  const auto found = Probabilities(*model, samples);
  for (float probability : found) {
    EXPECT_GE(probability, 0.0f);
    EXPECT_LE(probability, 1.0f);
  }
  const auto clean = Probabilities(*model, Noise(300, 5));
  EXPECT_NEAR(found.back(), clean.back(), 1e-3);
}

TEST(SileroVadTest, TheLargestWeightsGiveProbabilities) {
  Checkpoint checkpoint = RandomSileroVad(1);
  for (CheckpointTensor& tensor : checkpoint.tensors) {
    for (float& value : tensor.values) value = value == 0 ? 0 : std::copysign(1000.0f, value);
  }
  const Model model = Load(checkpoint).value();
  std::vector<float> samples(40 * kFrame, 3e38f);
  for (float probability : Probabilities(*model, samples)) {
    EXPECT_GE(probability, 0.0f);
    EXPECT_LE(probability, 1.0f);
  }
}

void ExpectRefused(const Checkpoint& checkpoint, StatusCode code, const std::string& name) {
  const auto model = Load(checkpoint);
  ASSERT_FALSE(model.ok()) << name;
  EXPECT_EQ(model.status().code(), code) << model.status().message();
  EXPECT_NE(model.status().message().find(name), std::string::npos) << model.status().message();
}

TEST(SileroVadTest, EveryTensorIsChecked) {
  const Checkpoint good = RandomSileroVad(1);
  ASSERT_TRUE(Load(good).ok());
  for (size_t i = 0; i < good.tensors.size(); ++i) {
    const std::string& name = good.tensors[i].name;
    Checkpoint bad = good;
    bad.tensors.erase(bad.tensors.begin() + static_cast<int64_t>(i));
    ExpectRefused(bad, StatusCode::kInvalidArgument, name);
    bad = good;
    bad.tensors[i].shape.push_back(1);
    ExpectRefused(bad, StatusCode::kInvalidArgument, name);
    bad = good;
    bad.tensors[i].shape[0] += 1;
    bad.tensors[i].values.resize(bad.tensors[i].values.size() / (bad.tensors[i].shape[0] - 1) *
                                 bad.tensors[i].shape[0]);
    ExpectRefused(bad, StatusCode::kInvalidArgument, name);
    for (float value : {std::nanf(""), std::numeric_limits<float>::infinity(), 1001.0f, -1e30f}) {
      bad = good;
      bad.tensors[i].values.back() = value;
      ExpectRefused(bad, StatusCode::kDataLoss, name);
    }
  }
}

TEST(SileroVadTest, OnlyFourierTransformsAreTaken) {
  const auto refused = [](size_t row, size_t sample) {
    Checkpoint checkpoint = RandomSileroVad(1);
    TensorNamed(checkpoint, "stft_conv.weight").values[row * 256 + sample] += 0.5f;
    ExpectRefused(checkpoint, StatusCode::kInvalidArgument, "row " + std::to_string(row));
  };
  refused(0, 0);
  refused(7, 100);
  refused(128, 255);
  refused(129, 128);
  refused(257, 40);
  refused(200, 128);
  refused(200, 129);
}

TEST(SileroVadTest, OtherNetworksAreNotDetected) {
  Checkpoint checkpoint = RandomSileroVad(1);
  const auto detects = [&] {
    const std::string bytes =
        formats::testing::MakeSafetensors(checkpoint, formats::Encoding::kFloat32);
    return DetectSileroVad(*formats::ParseSafetensors(
                                formats::FileBytes::Borrow(
                                    std::as_bytes(std::span(bytes.data(), bytes.size())), "random"))
                                .value());
  };
  EXPECT_TRUE(detects());
  TensorNamed(checkpoint, "lstm_cell.weight_hh").name = "other";
  EXPECT_FALSE(detects());
}

struct Golden {
  std::string recording;
  size_t num_samples = 0;
  std::vector<float> probabilities;
};

std::vector<Golden> GoldenProbabilities() {
  std::vector<Golden> all;
  std::ifstream file(std::string(IRONSCRIBE_SOURCE_DIR) +
                     "/src/models/silero_vad/testdata/probabilities.txt");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string kind, label;
    Golden golden;
    if (!(fields >> kind) || kind != "recording") continue;
    fields >> golden.recording >> golden.num_samples >> label;
    for (float value; fields >> value;) golden.probabilities.push_back(value);
    all.push_back(std::move(golden));
  }
  return all;
}

std::vector<float> ReadRecording(const std::string& path) {
  const auto source = audio::OpenAudio(path, {}).value();
  std::vector<float> samples, block(1 << 16);
  while (const size_t count = source->Read(block).value()) {
    samples.insert(samples.end(), block.begin(), block.begin() + static_cast<int64_t>(count));
  }
  return samples;
}

const std::string kShared = std::string(IRONSCRIBE_SOURCE_DIR) + "/../shared/data/";
constexpr char kRealWeights[] = "fixtures/silero-vad/silero_vad_16k.safetensors";

TEST(SileroVadTest, EqualsOnnxRuntimeOnRecordings) {
  const auto source = formats::OpenWeights(kShared + kRealWeights);
  if (source.status().code() == StatusCode::kNotFound) {
    GTEST_SKIP() << "Silero's weights are not in ../shared/data";
  }
  ASSERT_TRUE(source.ok()) << source.status().message();
  EXPECT_TRUE(DetectSileroVad(**source));
  const auto goldens = GoldenProbabilities();
  ASSERT_EQ(goldens.size(), 4u);
  for (CpuLevel level : SupportedCpuLevels()) {
    const Model model = LoadSileroVad(**source, level).value();
    double largest = 0;
    for (const Golden& golden : goldens) {
      auto samples = ReadRecording(kShared + golden.recording);
      ASSERT_EQ(samples.size(), golden.num_samples);
      samples.resize(golden.probabilities.size() * kFrame, 0.0f);
      const auto found = Probabilities(*model, samples);
      for (size_t i = 0; i < found.size(); ++i) {
        largest = std::max(largest, std::fabs(double{found[i]} - golden.probabilities[i]));
      }
    }
    EXPECT_LT(largest, 1e-4) << CpuLevelName(level);
    RecordProperty("largest_error_" + std::string(CpuLevelName(level)), std::to_string(largest));
  }
}

// One spoken digit a file, padded with silence.
TEST(SileroVadTest, DigitsAreFoundAtAnyLevel) {
  const auto source = formats::OpenWeights(kShared + kRealWeights);
  if (source.status().code() == StatusCode::kNotFound) {
    GTEST_SKIP() << "Silero's weights are not in ../shared/data";
  }
  const Model model = LoadSileroVad(**source, DetectCpuLevel()).value();
  size_t digits = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kShared + "telephone/digits-8k")) {
    if (entry.path().extension() != ".wav") continue;
    ++digits;
    auto samples = ReadRecording(entry.path().string());
    const auto length = static_cast<int64_t>(samples.size());
    samples.insert(samples.begin(), 8000, 0.0f);
    samples.resize(samples.size() + 8000, 0.0f);
    for (int decibels : {0, -30}) {
      auto quiet = samples;
      for (float& sample : quiet) sample *= std::pow(10.0f, static_cast<float>(decibels) / 20);
      const auto detector = SpeechDetector::Create(model, {}).value();
      std::vector<SpeechSpan> spans;
      detector->Push(quiet, spans);
      detector->Finish(spans);
      ASSERT_FALSE(spans.empty()) << entry.path() << " at " << decibels << " dB";
      EXPECT_LT(spans.front().begin_sample, 8000 + length / 2);
      EXPECT_GT(spans.back().end_sample, 8000 + length / 2);
    }
  }
  EXPECT_EQ(digits, 150u);
}

}  // namespace
}  // namespace ironscribe::models::silero_vad
