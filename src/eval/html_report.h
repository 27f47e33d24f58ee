// An evaluation or a comparison as one HTML page: no script, nothing from the network, everything
// that comes from outside escaped.
#pragma once

#include <string>

#include "eval/comparison.h"
#include "eval/evaluation.h"

namespace ironscribe::eval {

std::string WriteHtmlReport(const Evaluation& evaluation);
std::string WriteHtmlComparison(const Comparison& comparison);

}  // namespace ironscribe::eval
