// The single formats that hypotheses.h reads. `name` starts each message; the bytes are hostile.
#pragma once

#include <string_view>

#include "base/status.h"
#include "eval/hypotheses.h"

namespace ironscribe::eval {

// One object: a transcript of `transcribe`, or a similar one of another program.
Result<Hypothesis> ReadHypothesisJson(std::string_view json, std::string_view name);

// Formats of many lines add to `set`, with broken lines among its problems.
//   ctm    name channel start duration word [confidence], ";;" comments; words by time.
//   stm    name channel speaker start end [<labels>] text, ";;" comments; parts by time.
//   trn    text (name)
//   lines  name text
//   jsonl  {"id": name, "text": text}
void ReadCtm(std::string_view text, std::string_view name, HypothesisSet& set);
void ReadStm(std::string_view text, std::string_view name, HypothesisSet& set);
void ReadTrn(std::string_view text, std::string_view name, HypothesisSet& set);
void ReadNamedLines(std::string_view text, std::string_view name, HypothesisSet& set);
void ReadHypothesisLines(std::string_view text, std::string_view name, HypothesisSet& set);

}  // namespace ironscribe::eval
