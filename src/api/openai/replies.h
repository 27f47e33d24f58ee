// Transcripts in the formats of OpenAI's audio API. Pure functions.
#pragma once

#include <string>

#include "api/openai/request.h"
#include "api/reply.h"
#include "transcript/transcript.h"

namespace ironscribe::api::openai {

// The text of a transcript without space around it.
std::string PlainText(const transcript::Transcript& transcript);

Reply TranscriptReply(const transcript::Transcript& transcript, const Request& request);

// The events of a stream, as JSON.
std::string DeltaEvent(const std::string& delta);
std::string DoneEvent(const transcript::Transcript& transcript, const Request& request);

}  // namespace ironscribe::api::openai
