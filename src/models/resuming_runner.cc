#include "models/resuming_runner.h"

#include <mutex>
#include <utility>

#include "io/digest.h"

namespace ironscribe::models {
namespace {

std::string KeyOf(const EncodeRequest& request) {
  io::Digest digest;
  const uint8_t has_silence = request.silence_level.has_value() ? 1 : 0;
  const float level = request.silence_level.value_or(0);
  digest.Update(std::as_bytes(std::span(&has_silence, 1)));
  digest.Update(std::as_bytes(std::span(&level, 1)));
  digest.Update(std::as_bytes(std::span(request.features)));
  return digest.Finish();
}

}  // namespace

class ResumingRunner::DeferredEncoding final : public Encoding {
 public:
  explicit DeferredEncoding(EncodeRequest request)
      : key_(KeyOf(request)), request_(std::move(request)) {}

  const std::string& key() const { return key_; }

  Result<std::shared_ptr<const Encoding>> Get(WindowRunner& runner, std::stop_token stop) const {
    const std::lock_guard lock(mutex_);
    if (encoding_ == nullptr) {
      // Given away: an encoding that failed is not asked for again.
      ASSIGN_OR_RETURN(encoding_, runner.Encode(std::move(request_), std::move(stop)));
    }
    return encoding_;
  }

 private:
  const std::string key_;
  mutable std::mutex mutex_;
  mutable EncodeRequest request_;  // Until it is encoded.
  mutable std::shared_ptr<const Encoding> encoding_;
};

std::string_view ResumingRunner::FeaturesKey(const Encoding& encoding) const {
  return static_cast<const DeferredEncoding&>(encoding).key();
}

Result<std::shared_ptr<const Encoding>> ResumingRunner::Encode(EncodeRequest request,
                                                               std::stop_token) {
  return std::shared_ptr<const Encoding>(std::make_shared<DeferredEncoding>(std::move(request)));
}

Status ResumingRunner::Run(const std::shared_ptr<const Encoding>& encoding,
                           decoding::Search& search, std::stop_token stop) {
  const auto& deferred = static_cast<const DeferredEncoding&>(*encoding);
  ASSIGN_OR_RETURN(const auto encoded, deferred.Get(runner_, stop));
  return runner_.Run(encoded, search, std::move(stop));
}

Result<WindowRunner::Alignment> ResumingRunner::Align(
    const std::shared_ptr<const Encoding>& encoding, std::span<const decoding::TokenId> tokens,
    decoding::TokenId vocabulary_end, std::stop_token stop) {
  const auto& deferred = static_cast<const DeferredEncoding&>(*encoding);
  ASSIGN_OR_RETURN(const auto encoded, deferred.Get(runner_, stop));
  return runner_.Align(encoded, tokens, vocabulary_end, std::move(stop));
}

}  // namespace ironscribe::models
