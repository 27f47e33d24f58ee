// POST /v1/audio/transcriptions and /v1/audio/translations: a form in, a transcript or a stream of
// events out.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "api/backend.h"
#include "api/form_call.h"
#include "api/openai/request.h"

namespace ironscribe::api::openai {

// A comment of an event stream goes out after this long without an event.
inline constexpr std::chrono::milliseconds kKeepAlive{15'000};

class TranscriptionCall final : public FormCall {
 public:
  // `deployment`: the model that a path of Azure names.
  TranscriptionCall(RouteRequest request, Endpoint endpoint, std::optional<std::string> deployment,
                    Backend& backend);

 protected:
  Reply Refusal(const Status& status, int http_status) override;
  void Answer(Form form, ReplyWriter& writer, std::stop_token client_gone) override;

 private:
  Reply Fail(const Error& error);
  void AnswerWhole(const SpoolFile& file, ReplyWriter& writer, BackendRequest& work);
  void AnswerStream(const SpoolFile& file, ReplyWriter& writer, BackendRequest& work);

  const Endpoint endpoint_;
  const std::optional<std::string> deployment_;
  Backend& backend_;
  Request asked_;
};

}  // namespace ironscribe::api::openai
