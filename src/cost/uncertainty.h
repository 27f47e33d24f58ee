// How sure a comparison is: every uncertain parameter drawn at once (Monte Carlo), and each by
// itself (tornado). Deterministic by its seed. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "cost/comparison.h"

namespace ironscribe::cost {

struct Percentiles {
  Money p10 = {};
  Money p50 = {};
  Money p90 = {};
};

struct MonteCarloOptions {
  int draws = 100'000;
  uint64_t seed = 1;
};

struct MonteCarloResult {
  MonteCarloOptions options = {};
  std::vector<Percentiles> rows = {};       // Total of a year, as the rows of the comparison.
  std::vector<double> share_cheapest = {};  // Of the draws, among comparable rows.
  // The cheapest comparable plan of a draw minus its cheapest comparable own row; nothing where one
  // side has none.
  std::optional<Percentiles> saving = {};
  double share_own_cheaper = 0;
};

// Parameters are drawn from triangles between their low and high end with the top at their value,
// speeds from a normal distribution that has 95 % between their own low and high.
MonteCarloResult DrawCosts(const Case& one, const Comparison& comparison,
                           const MonteCarloOptions& options);

// What one parameter does to `plan` minus `own`.
struct Swing {
  std::string_view key = {};
  double low = 0;
  double high = 0;
  Money saving_at_low = {};
  Money saving_at_high = {};
  Money width() const {
    const Money difference = saving_at_high - saving_at_low;
    return difference < Money() ? -difference : difference;
  }
};

// Widest first; parameters that change nothing are left out.
std::vector<Swing> TornadoOf(const Case& one, const Comparison& comparison, size_t plan,
                             size_t own);

}  // namespace ironscribe::cost
