// Nocedal and Wright, Numerical Optimization, algorithm 5.2.
#include "models/kaldi/conjugate_gradients.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace ironscribe::models::kaldi {
namespace {

void Multiply(std::span<const double> triangle, std::span<const double> x, std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  const double* row = triangle.data();
  for (size_t i = 0; i < x.size(); row += i + 1, ++i) {
    double sum = 0;
    for (size_t j = 0; j < i; ++j) {
      sum += row[j] * x[j];
      out[j] += row[j] * x[i];
    }
    out[i] += sum + row[i] * x[i];
  }
}

double Dot(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

}  // namespace

void ConjugateGradients(std::span<const double> triangle, std::span<const double> b,
                        int max_iterations, std::span<double> x) {
  const size_t n = x.size();
  const std::vector<double> start(x.begin(), x.end());
  std::vector<double> residual(n), direction(n), product(n);
  Multiply(triangle, x, residual);
  for (size_t i = 0; i < n; ++i) {
    residual[i] -= b[i];
    direction[i] = -residual[i];
  }
  const double first = Dot(residual, residual);
  double current = first;
  for (int k = 0; k < max_iterations && current > 0; ++k) {
    Multiply(triangle, direction, product);
    const double step = -Dot(direction, residual) / Dot(direction, product);
    for (size_t i = 0; i < n; ++i) {
      x[i] += step * direction[i];
      residual[i] += step * product[i];
    }
    const double next = Dot(residual, residual);
    const double ratio = next / current;
    for (size_t i = 0; i < n; ++i) direction[i] = ratio * direction[i] - residual[i];
    current = next;
  }
  if (!(current <= first)) std::copy(start.begin(), start.end(), x.begin());
}

}  // namespace ironscribe::models::kaldi
