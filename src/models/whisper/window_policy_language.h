// Which language is spoken (openai/whisper: detect_language).
#pragma once

#include <memory>
#include <stop_token>
#include <vector>

#include "base/status.h"
#include "models/window_runner.h"
#include "text/tokenizer.h"
#include "transcript/transcript.h"

namespace ironscribe::models::whisper {

// The probability of each language of the vocabulary after start of transcript, most probable
// first. Requires: a multilingual tokenizer. Errors: those of the runner.
Result<std::vector<transcript::LanguageProbability>> DetectLanguage(
    const text::Tokenizer& tokenizer, WindowRunner& runner,
    const std::shared_ptr<const Encoding>& encoding, std::stop_token stop);

}  // namespace ironscribe::models::whisper
