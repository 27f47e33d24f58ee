// What a client of whisper.cpp's server asks for: the table of parameters, and a request made of
// the fields of a form.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "api/form.h"
#include "api/parameter_table.h"
#include "api/recognition.h"
#include "base/status.h"

namespace ironscribe::api::whispercpp {

enum class ReplyFormat { kJson, kText, kSrt, kVerboseJson, kVtt };

struct Request {
  RecognitionRequest recognition;
  ReplyFormat format = ReplyFormat::kJson;
  double offset_seconds = 0;
  std::optional<double> duration_seconds;
  float temperature = 0;
  float temperature_step = 0.2f;
};

std::span<const Parameter<Request>> Parameters();

// `options` is the header X-Ironscribe-Options.
Status ReadRequest(std::span<const FormField> fields, std::optional<std::string_view> options,
                   Request& request);

}  // namespace ironscribe::api::whispercpp
