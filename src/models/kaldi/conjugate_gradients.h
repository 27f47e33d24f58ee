// Solves A x = b for a symmetric positive definite A, given as its lower triangle, by a few
// iterations from the x it finds.
#pragma once

#include <span>

namespace ironscribe::models::kaldi {

// Leaves x as it was where the iterations make it worse. Requires: x and b of one size n,
// `triangle` of n (n + 1) / 2.
void ConjugateGradients(std::span<const double> triangle, std::span<const double> b,
                        int max_iterations, std::span<double> x);

}  // namespace ironscribe::models::kaldi
