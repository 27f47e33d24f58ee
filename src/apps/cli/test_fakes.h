// For the tests of this folder: a recogniser for which the content of a file is what is said in it.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "apps/cli/transcriber.h"
#include "io/test_folder.h"

namespace ironscribe::cli {

using io::TestFolder;

inline std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

class FakeSource : public audio::PcmSource {
 public:
  explicit FakeSource(std::string said) : said_(std::move(said)) {}
  Result<size_t> Read(std::span<float>) override { return size_t{0}; }
  int64_t ExpectedSamples() const override { return 2 * audio::kSampleRateHz; }
  Status Rewind() override { return OkStatus(); }
  std::string Description() const override { return said_; }

 private:
  std::string said_;
};

// Every recording lasts two seconds. "broken" cannot be opened, "waits" is never done before it is
// stopped, "" is silence, "no samples" not even that.
inline Result<std::unique_ptr<audio::PcmSource>> OpenFake(const InputFile& input, std::stop_token) {
  std::string said = ReadAll(input.path);
  if (said == "broken") return DataLossError("the WAV header is cut off; copy the file again");
  return std::unique_ptr<audio::PcmSource>(std::make_unique<FakeSource>(std::move(said)));
}

// The same of a recording whose channels say what stands between bars: "yes|no".
inline Result<audio::ChannelSources> OpenFakeChannels(const InputFile& input, std::stop_token) {
  const std::string content = ReadAll(input.path);
  if (content == "broken") {
    return DataLossError("the WAV header is cut off; copy the file again");
  }
  std::vector<std::string> said(1);
  for (char c : content) c == '|' ? said.emplace_back() : said.back() += c;
  audio::ChannelSources sources;
  sources.num_channels = static_cast<int>(said.size());
  sources.expected_samples = 2 * audio::kSampleRateHz;
  sources.description = content;
  sources.open = [said](int channel) -> Result<std::unique_ptr<audio::PcmSource>> {
    const std::string& one = said[static_cast<size_t>(channel)];
    if (one == "broken") return DataLossError("it breaks off after 1.0 s");
    return std::unique_ptr<audio::PcmSource>(std::make_unique<FakeSource>(one));
  };
  return sources;
}

class FakeTranscriber : public Transcriber {
 public:
  transcript::ModelInfo model_info() const override { return model; }
  std::string note() const override { return what_to_know; }

  Status CheckOptions(const models::DecodingOptions& options) const override {
    if (options.language == "xx") {
      return InvalidArgumentError("unknown language 'xx'; nearest: xh");
    }
    return OkStatus();
  }

  Result<transcript::Transcript> Transcribe(audio::PcmSource& source,
                                            const models::DecodingOptions&,
                                            const models::RecognitionCallbacks& callbacks,
                                            std::stop_token stop) override {
    ++num_calls;
    const std::string said = source.Description();
    if (said == "waits") {
      started = true;
      while (!stop.stop_requested()) std::this_thread::yield();
      return CancelledError("stopped");
    }
    transcript::Transcript transcript;
    transcript.duration_seconds = said == "no samples" ? 0 : 2;
    transcript.model = model;
    if (!said.empty()) {
      transcript::Segment segment;
      segment.end_seconds = 2;
      segment.text = " " + said;
      transcript.text = segment.text;
      transcript.segments = {segment};
      if (callbacks.segment) callbacks.segment(segment);
    }
    transcript.dropped = dropped;
    if (callbacks.progress) callbacks.progress(2);
    return transcript;
  }

  transcript::ModelInfo model{"fake", "fake", "d1", "float32", ""};
  std::string what_to_know;
  std::vector<transcript::DroppedSpan> dropped;
  std::atomic<int> num_calls{0};
  std::atomic<bool> started{false};
};

}  // namespace ironscribe::cli
