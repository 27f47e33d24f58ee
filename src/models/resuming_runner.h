// A runner that puts off encoding until somebody needs it, and tells what identifies the features
// behind an encoding: with a ResultStore, windows whose results are there are never encoded.
//
// Thread rule: as WindowRunner.
#pragma once

#include <memory>
#include <string>

#include "models/result_store.h"
#include "models/window_runner.h"

namespace ironscribe::models {

class ResumingRunner final : public WindowRunner {
 public:
  // Both outlive the object.
  ResumingRunner(WindowRunner& runner, ResultStore& store) : runner_(runner), store_(store) {}

  const WindowModel& model() const override { return runner_.model(); }
  Profile* profile() const override { return runner_.profile(); }
  std::shared_ptr<const VoiceActivityModel> voice_activity() const override {
    return runner_.voice_activity();
  }
  const TextJudge* judge() const override { return runner_.judge(); }
  int batch_size() const override { return runner_.batch_size(); }

  ResultStore* results() const override { return &store_; }
  std::string_view FeaturesKey(const Encoding& encoding) const override;

  // The encodings are this runner's own: only its calls take them.
  Result<std::shared_ptr<const Encoding>> Encode(EncodeRequest request,
                                                 std::stop_token stop) override;
  Status Run(const std::shared_ptr<const Encoding>& encoding, decoding::Search& search,
             std::stop_token stop) override;
  Result<Alignment> Align(const std::shared_ptr<const Encoding>& encoding,
                          std::span<const decoding::TokenId> tokens,
                          decoding::TokenId vocabulary_end, std::stop_token stop) override;

 private:
  class DeferredEncoding;

  WindowRunner& runner_;
  ResultStore& store_;
};

}  // namespace ironscribe::models
