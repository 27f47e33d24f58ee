// The values of flags that are more than one number or word. Each function takes the text as typed
// and returns the value, or InvalidArgument with what is wrong and what would be right; the caller
// puts the flag's name in front.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/cli/transcribe_options.h"
#include "base/status.h"
#include "models/decoding_options.h"
#include "transcript/writers.h"

namespace ironscribe::cli {

// A decimal number, sign allowed; no infinity and no NaN.
Result<double> ParseNumber(std::string_view text);

// "90", "90.5", "1:30", "1:02:03.25": seconds, minutes:seconds, hours:minutes:seconds.
Result<double> ParseSeconds(std::string_view text);

// "START-END"; an empty START is the beginning, an empty END the end of the recording.
Result<models::Clip> ParseClip(std::string_view text);

// "0", "0,0.2,0.4", or a start with an increment: "0" and 0.2 give 0, 0.2, ... up to 1.
Result<std::vector<float>> ParseTemperatures(std::string_view text,
                                             std::optional<double> increment);

// A number, or "off" (NaN).
Result<float> ParseThreshold(std::string_view text);

// "-1,50,1023": token ids, -1 for the computed non-speech list; "none" for an empty list.
Result<std::vector<int32_t>> ParseTokenList(std::string_view text);

// Names of formats, each once, in the order given.
Result<std::vector<const transcript::OutputFormat*>> ParseFormats(
    std::span<const std::string> names);

// Codes of languages by their codes or names, each once.
Result<std::vector<std::string>> ParseLanguages(std::span<const std::string> names);

Result<ProgressMode> ParseProgressMode(std::string_view name);
Result<models::Task> ParseTask(std::string_view name);
Result<models::Segmentation> ParseSegmentation(std::string_view name);
// "mix" or "split": whether channels are transcribed each on its own.
Result<bool> ParseSplitChannels(std::string_view name);
// "agent,customer"; "none" gives no value: names are left out. Each is on one line, short and
// different from the others.
Result<std::optional<std::vector<std::string>>> ParseChannelNames(std::string_view text);
Result<transcript::CueStyle> ParseCueStyle(std::string_view name);
// "full" or "speech": whether windows are fitted to their audio.
Result<bool> ParseFitWindows(std::string_view name);
// "on" or "off".
Result<bool> ParseOnOff(std::string_view name);

}  // namespace ironscribe::cli
