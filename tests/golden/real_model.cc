#include "golden/real_model.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>

#include "audio/open_audio.h"

namespace ironscribe::golden {
namespace {

constexpr const char* kLibrivox = "/usr/share/pocketsphinx/test/data/librivox";

std::filesystem::path DataFolder() {
  if (const char* folder = std::getenv("XDG_DATA_HOME"); folder != nullptr && *folder == '/') {
    return folder;
  }
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home == nullptr ? "/" : home) / ".local" / "share";
}

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

std::optional<std::filesystem::path> InstalledModel(const std::string& name) {
  const auto folder = DataFolder() / "ironscribe" / "models" / name;
  for (const char* weights : {"model.bin", "model.safetensors"}) {
    if (std::filesystem::exists(folder / weights)) return folder;
  }
  return std::nullopt;
}

std::optional<std::filesystem::path> LibrivoxFolder() {
  if (!std::filesystem::exists(kLibrivox)) return std::nullopt;
  return kLibrivox;
}

std::string MissingForRealModel() {
  if (!InstalledModel("tiny.en")) {
    return "tiny.en is not installed; run: ironscribe models pull tiny.en";
  }
  if (!LibrivoxFolder()) return "Debian's package pocketsphinx-testdata is not installed";
  return "";
}

std::filesystem::path GoldenFolder() {
  return std::filesystem::path(IRONSCRIBE_SOURCE_DIR) / "tests" / "golden";
}

std::vector<float> ReadFloats(const std::string& name) {
  const std::string bytes = ReadAll(GoldenFolder() / "tiny.en" / name);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

std::vector<std::vector<std::string>> ReadTable(const std::string& name) {
  std::istringstream lines(ReadAll(GoldenFolder() / "tiny.en" / name));
  std::vector<std::vector<std::string>> table;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    table.emplace_back();
    for (std::string field; std::getline(fields, field, '\t');) table.back().push_back(field);
  }
  return table;
}

std::vector<int> ReadTokens() {
  std::istringstream words(ReadAll(GoldenFolder() / "tiny.en" / "tokens.txt"));
  return {std::istream_iterator<int>(words), std::istream_iterator<int>()};
}

std::vector<float> ReadSamples(const std::filesystem::path& path) {
  auto source = audio::OpenAudio(path, {});
  EXPECT_TRUE(source.ok()) << source.status().message();
  std::vector<float> samples;
  std::vector<float> block(audio::kSampleRateHz);
  while (source.ok()) {
    const auto count = (*source)->Read(block);
    EXPECT_TRUE(count.ok()) << count.status().message();
    if (!count.ok() || *count == 0) break;
    samples.insert(samples.end(), block.begin(), block.begin() + static_cast<ptrdiff_t>(*count));
  }
  return samples;
}

}  // namespace ironscribe::golden
