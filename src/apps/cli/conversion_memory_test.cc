// The promise of small machines: a conversion needs the memory of the largest tensor plus 300 MB,
// however large the model is. Slow, and in a program of its own: the peak is that of all children.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "apps/cli/test_fakes.h"
#include "io/child_process.h"

namespace ironscribe::cli {
namespace {

namespace fs = std::filesystem;

// As wide as large-v3, with so few layers that it takes seconds: 183 million weights.
constexpr int kState = 1280;
constexpr int kHeads = 20;
constexpr int kLayers = 4;
constexpr int kMels = 128;
// src/text/testdata/small.tiktoken with the special tokens of 100 languages.
constexpr int kVocabulary = 656 + 2 + 100 + 6 + 1501;

// A safetensors file of zeros: a header, and a hole in place of the weights.
class HoleWriter {
 public:
  void Add(const std::string& name, const std::vector<int64_t>& shape) {
    uint64_t bytes = sizeof(float);
    std::string dimensions;
    for (const int64_t dimension : shape) {
      bytes *= static_cast<uint64_t>(dimension);
      dimensions += (dimensions.empty() ? "" : ",") + std::to_string(dimension);
    }
    header_ += (header_.empty() ? "{" : ",") + std::string("\"model.") + name +
               "\":{\"dtype\":\"F32\",\"shape\":[" + dimensions + "],\"data_offsets\":[" +
               std::to_string(bytes_) + "," + std::to_string(bytes_ + bytes) + "]}";
    bytes_ += bytes;
    largest_bytes_ = std::max(largest_bytes_, bytes);
  }
  void Layer(const std::string& name, bool cross) {
    Attention(name + ".self_attn");
    if (cross) Attention(name + ".encoder_attn");
    Add(name + ".fc1.weight", {4 * kState, kState});
    Add(name + ".fc1.bias", {4 * kState});
    Add(name + ".fc2.weight", {kState, 4 * kState});
    Add(name + ".fc2.bias", {kState});
    Norm(name + ".final_layer_norm");
  }
  void Norm(const std::string& name) {
    Add(name + ".weight", {kState});
    Add(name + ".bias", {kState});
  }
  void Write(const fs::path& path) const {
    const std::string header = header_ + "}";
    uint64_t length = header.size();
    std::string start;
    for (int byte = 0; byte < 8; ++byte, length >>= 8) start += static_cast<char>(length & 0xff);
    start += header;
    const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    ASSERT_GE(file, 0);
    EXPECT_EQ(::write(file, start.data(), start.size()), static_cast<ssize_t>(start.size()));
    EXPECT_EQ(::ftruncate(file, static_cast<off_t>(start.size() + bytes_)), 0);
    ::close(file);
  }
  uint64_t bytes() const { return bytes_; }
  uint64_t largest_bytes() const { return largest_bytes_; }

 private:
  void Attention(const std::string& name) {
    for (const char* part : {".q_proj", ".k_proj", ".v_proj", ".out_proj"}) {
      Add(name + part + ".weight", {kState, kState});
      if (std::string(part) != ".k_proj") Add(name + part + ".bias", {kState});
    }
    Norm(name + "_layer_norm");
  }

  std::string header_;
  uint64_t bytes_ = 0;
  uint64_t largest_bytes_ = 0;
};

HoleWriter WideModel() {
  HoleWriter model;
  model.Add("encoder.conv1.weight", {kState, kMels, 3});
  model.Add("encoder.conv1.bias", {kState});
  model.Add("encoder.conv2.weight", {kState, kState, 3});
  model.Add("encoder.conv2.bias", {kState});
  model.Add("encoder.embed_positions.weight", {1500, kState});
  model.Add("decoder.embed_tokens.weight", {kVocabulary, kState});
  model.Add("decoder.embed_positions.weight", {448, kState});
  for (int layer = 0; layer < kLayers; ++layer) {
    model.Layer("encoder.layers." + std::to_string(layer), false);
    model.Layer("decoder.layers." + std::to_string(layer), true);
  }
  model.Norm("encoder.layer_norm");
  model.Norm("decoder.layer_norm");
  return model;
}

int64_t PeakBytesOfChildren() {
  struct rusage usage = {};
  EXPECT_EQ(::getrusage(RUSAGE_CHILDREN, &usage), 0);
  return int64_t{usage.ru_maxrss} * 1024;
}

TEST(ConversionMemory, IsTheLargestTensorAnd300Megabytes) {
  const TestFolder folder;
  const fs::path model = folder.path() / "wide";
  fs::create_directories(model);
  fs::copy_file(fs::path(IRONSCRIBE_SOURCE_DIR) / "src/text/testdata/small.tiktoken",
                model / "small.tiktoken");
  const std::string heads = std::to_string(kHeads);
  folder.Write("wide/config.json", "{\"encoder_attention_heads\": " + heads +
                                       ", \"decoder_attention_heads\": " + heads + "}");
  const HoleWriter weights = WideModel();
  weights.Write(model / "model.safetensors");
  const auto limit_bytes = static_cast<int64_t>(weights.largest_bytes()) + 300'000'000;
  // Reading it whole, even in bfloat16, would show.
  ASSERT_GT(static_cast<int64_t>(weights.bytes() / 2), limit_bytes);
  io::RunOptions options;
  options.environment = {"HOME=" + folder.path().string(),
                         "XDG_DATA_HOME=", "XDG_CONFIG_HOME=", "XDG_CACHE_HOME="};
  const auto output =
      io::RunCommand({std::string(IRONSCRIBE_BINARY_DIR) + "/ironscribe", "models", "convert",
                      model.string(), "--output", (folder.path() / "packed").string()},
                     options);
  ASSERT_TRUE(output.ok()) << output.status().message();
  EXPECT_TRUE(output->exit.ok()) << output->standard_error;
  const int64_t peak_bytes = PeakBytesOfChildren();
  RecordProperty("peak_bytes", static_cast<int>(peak_bytes));
  EXPECT_GT(peak_bytes, 1'000'000);
  EXPECT_LE(peak_bytes, limit_bytes);
}

}  // namespace
}  // namespace ironscribe::cli
