// An evaluation and a comparison as text for a terminal.
#pragma once

#include <ostream>

#include "eval/comparison.h"
#include "eval/evaluation.h"

namespace ironscribe::cli {

struct EvalReportOptions {
  int worst = 10;
  int alignments = 0;
  bool color = false;
  int columns = 80;
};

// Rates in percent; tables of speakers and languages only when there are several.
void PrintEvaluation(const eval::Evaluation& evaluation, const EvalReportOptions& options,
                     std::ostream& out);

// `rows` of each table.
void PrintComparison(const eval::Comparison& comparison, int rows, std::ostream& out);

}  // namespace ironscribe::cli
