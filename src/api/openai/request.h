// What a client of OpenAI's audio API asks for: the table of parameters, and a request made of the
// fields of a form.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "api/form.h"
#include "api/openai/error.h"
#include "api/parameter_table.h"
#include "api/recognition.h"

namespace ironscribe::api::openai {

enum class Endpoint { kTranscriptions, kTranslations };

enum class ReplyFormat { kJson, kText, kSrt, kVerboseJson, kVtt };

struct Request {
  Endpoint endpoint = Endpoint::kTranscriptions;
  RecognitionRequest recognition;
  bool has_model = false;
  ReplyFormat format = ReplyFormat::kJson;
  bool words = false;     // timestamp_granularities
  bool segments = false;  // likewise
  bool logprobs = false;
  bool stream = false;
};

std::span<const Parameter<Request>> ParametersOf(Endpoint endpoint);

// `options` is the header X-Ironscribe-Options. A deployment of Azure stands for a model that need
// not be in the form.
struct RequestSource {
  Endpoint endpoint = Endpoint::kTranscriptions;
  std::span<const FormField> fields;
  std::optional<std::string_view> options;
  std::optional<std::string_view> deployment;
};

// Sets `request`, complete with what its format needs. Errors name the parameter.
std::optional<Error> ReadRequest(const RequestSource& source, Request& request);

// Names of OpenAI's models, which stand for the server's default one.
std::span<const std::string_view> ModelAliases();

}  // namespace ironscribe::api::openai
