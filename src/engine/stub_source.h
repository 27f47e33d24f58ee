// For tests: samples in memory as a recording. Not thread-safe.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "audio/pcm_source.h"

namespace ironscribe::engine {

class StubSource : public audio::PcmSource {
 public:
  explicit StubSource(std::vector<float> samples) : samples_(std::move(samples)) {}

  Result<size_t> Read(std::span<float> out) override {
    const size_t count = std::min(out.size(), samples_.size() - position_);
    std::copy_n(samples_.begin() + static_cast<std::ptrdiff_t>(position_), count, out.begin());
    position_ += count;
    return count;
  }
  int64_t ExpectedSamples() const override { return static_cast<int64_t>(samples_.size()); }
  Status Rewind() override {
    position_ = 0;
    return OkStatus();
  }
  std::string Description() const override { return "stub"; }

 private:
  std::vector<float> samples_;
  size_t position_ = 0;
};

}  // namespace ironscribe::engine
