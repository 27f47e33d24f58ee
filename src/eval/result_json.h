// An evaluation as a JSON file, complete enough to be compared with another one later.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "eval/comparison.h"
#include "eval/evaluation.h"

namespace ironscribe::eval {

inline constexpr int kResultVersion = 1;
// The "format" member, by which a result is told from other JSON.
inline constexpr std::string_view kResultFormat = "ironscribe-eval";

// One object, one recording a line. Percentages have two decimals, counts are whole.
std::string WriteResultJson(const Evaluation& evaluation);

// A comparison, with every word and file that changed.
std::string WriteComparisonJson(const Comparison& comparison);

// Settings and texts of a result; alignments and totals are made anew, with `bootstrap`. Not read:
// calibration, times and run time. The bytes are hostile. Errors: InvalidArgument naming the
// member, FailedPrecondition for a newer version. `name` starts each message.
Result<Evaluation> ReadResultJson(std::string_view json, std::string_view name,
                                  const BootstrapOptions& bootstrap);

// "unit" or "sclite". Errors: InvalidArgument with the names there are.
Result<AlignmentCosts> ParseAlignmentCosts(std::string_view name);
std::string_view AlignmentCostsName(AlignmentCosts costs);

}  // namespace ironscribe::eval
