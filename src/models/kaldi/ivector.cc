#include "models/kaldi/ivector.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/check.h"
#include "models/kaldi/conjugate_gradients.h"

namespace ironscribe::models::kaldi {
namespace {

namespace kf = formats::kaldi;

constexpr int kMaxSplice = 100;
// Weights change at most 100 output frames of 3 input frames back (kaldi's silence weighting);
// the rest is context and a chunk.
constexpr size_t kKeptFrames = 500;
constexpr int64_t kContextFrames = 400;

size_t Triangle(size_t n) { return n * (n + 1) / 2; }

}  // namespace

Result<std::shared_ptr<const IvectorModel>> IvectorModel::Create(
    const IvectorOptions& options, const kf::Matrix& transform,
    const kf::DoubleMatrix& global_stats, const kf::GaussianMixture& mixture,
    const kf::IvectorExtractor& extractor) {
  const auto bad = [](const char* what) {
    return InvalidArgumentError(std::string("i-vector extractor: ") + what);
  };
  if (options.splice_left < 0 || options.splice_left > kMaxSplice || options.splice_right < 0 ||
      options.splice_right > kMaxSplice || options.num_gaussians < 1 ||
      options.cmvn_window_frames < 1 || options.num_iterations < 1) {
    return bad("options out of range");
  }
  if (global_stats.rows < 1 || global_stats.cols < 2) return bad("no global statistics");
  std::shared_ptr<IvectorModel> model(new IvectorModel());
  model->options_ = options;
  model->base_dim_ = static_cast<int>(global_stats.cols - 1);
  const auto spliced =
      static_cast<int64_t>(model->base_dim_) * (options.splice_left + 1 + options.splice_right);
  if (transform.cols != spliced && transform.cols != spliced + 1) {
    return bad("the transform does not fit the spliced features");
  }
  if (transform.rows != mixture.inverse_variances.cols ||
      transform.rows != extractor.feature_dim()) {
    return bad("transform, mixture and extractor are of different dimensions");
  }
  if (mixture.weights.size() != extractor.means.size()) {
    return bad("mixture and extractor have different numbers of Gaussians");
  }
  if (!(global_stats.row(0).back() > 0)) return bad("global statistics of no frames");
  model->feature_dim_ = static_cast<int>(transform.rows);
  model->dim_ = static_cast<int>(extractor.ivector_dim());
  model->projection_ = {.rows = transform.rows, .cols = spliced, .values = {}};
  model->projection_offset_.assign(static_cast<size_t>(transform.rows), 0);
  for (int64_t row = 0; row < transform.rows; ++row) {
    const auto from = transform.row(row);
    model->projection_.values.insert(model->projection_.values.end(), from.begin(),
                                     from.begin() + spliced);
    if (transform.cols > spliced) {
      model->projection_offset_[static_cast<size_t>(row)] = from.back();
    }
  }
  const auto sums = global_stats.row(0);
  model->global_sums_.assign(sums.begin(), sums.end() - 1);
  model->global_count_ = sums.back();
  model->constants_ = mixture.constants;
  for (int64_t d = 0; d < transform.rows; ++d) {
    for (int64_t g = 0; g < mixture.inverse_variances.rows; ++g) {
      model->linear_.push_back(mixture.means_inverse_variances.row(g)[d]);
      model->quadratic_.push_back(-0.5f * mixture.inverse_variances.row(g)[d]);
    }
  }
  model->prior_offset_ = extractor.prior_offset;
  const size_t gaussians = extractor.means.size(), ivector_dim = static_cast<size_t>(model->dim_);
  model->weighted_means_.reserve(gaussians * static_cast<size_t>(model->feature_dim_) *
                                 ivector_dim);
  model->precisions_.reserve(gaussians * Triangle(ivector_dim));
  for (size_t g = 0; g < gaussians; ++g) model->AddGaussian(extractor, g);
  return std::shared_ptr<const IvectorModel>(std::move(model));
}

void IvectorModel::AddGaussian(const kf::IvectorExtractor& extractor, size_t gaussian) {
  const kf::DoubleMatrix& mean = extractor.means[gaussian];
  const std::vector<double>& inverse = extractor.inverse_covariances[gaussian];
  const auto features = static_cast<size_t>(feature_dim_), dim = static_cast<size_t>(dim_);
  std::vector<double> weighted(features * dim);
  for (size_t i = 0; i < features; ++i) {
    for (size_t j = 0; j < features; ++j) {
      const double value = i >= j ? inverse[Triangle(i) + j] : inverse[Triangle(j) + i];
      const auto row = mean.row(static_cast<int64_t>(j));
      for (size_t k = 0; k < dim; ++k) weighted[i * dim + k] += value * row[k];
    }
  }
  std::vector<double> precision(Triangle(dim));
  for (size_t i = 0; i < features; ++i) {
    const auto row = mean.row(static_cast<int64_t>(i));
    for (size_t j = 0; j < dim; ++j) {
      double* to = precision.data() + Triangle(j);
      for (size_t k = 0; k <= j; ++k) to[k] += row[j] * weighted[i * dim + k];
    }
  }
  weighted_means_.insert(weighted_means_.end(), weighted.begin(), weighted.end());
  precisions_.insert(precisions_.end(), precision.begin(), precision.end());
}

void IvectorModel::Project(std::span<const float> spliced, std::span<float> out) const {
  for (size_t i = 0; i < out.size(); ++i) {
    const auto row = projection_.row(static_cast<int64_t>(i));
    float sum = projection_offset_[i];
    for (size_t j = 0; j < spliced.size(); ++j) sum += row[j] * spliced[j];
    out[i] = sum;
  }
}

void IvectorModel::Scores(std::span<const float> features, std::span<float> scores) const {
  std::copy(constants_.begin(), constants_.end(), scores.begin());
  const size_t gaussians = scores.size();
  for (size_t d = 0; d < features.size(); ++d) {
    const float x = features[d];
    const float* linear = linear_.data() + d * gaussians;
    const float* quadratic = quadratic_.data() + d * gaussians;
    for (size_t g = 0; g < gaussians; ++g) scores[g] += (linear[g] + quadratic[g] * x) * x;
  }
}

IvectorStream::IvectorStream(std::shared_ptr<const IvectorModel> model)
    : model_(std::move(model)),
      window_sums_(static_cast<size_t>(model_->base_dim_)),
      linear_term_(static_cast<size_t>(model_->dim_)),
      quadratic_term_(Triangle(static_cast<size_t>(model_->dim_))),
      ivector_(static_cast<size_t>(model_->dim_)) {
  linear_term_[0] = model_->prior_offset_;
  for (size_t i = 0; i < linear_term_.size(); ++i) quadratic_term_[Triangle(i) + i] = 1;
  ivector_[0] = model_->prior_offset_;
}

void IvectorStream::AddFrame(std::span<const float> features) {
  IRONSCRIBE_CHECK(static_cast<int>(features.size()) == model_->base_dim_);
  window_frames_.emplace_back(features.begin(), features.end());
  for (size_t i = 0; i < window_sums_.size(); ++i) window_sums_[i] += features[i];
  const auto window = static_cast<size_t>(model_->options_.cmvn_window_frames);
  if (window_frames_.size() > window) {
    for (size_t i = 0; i < window_sums_.size(); ++i) window_sums_[i] -= window_frames_.front()[i];
    window_frames_.pop_front();
  }
  frames_.push_back({.features = {features.begin(), features.end()},
                     .window = {window_sums_, static_cast<double>(window_frames_.size())},
                     .projected = {},
                     .normalized = {}});
  ++num_frames_;
  if (frames_.size() > kKeptFrames && first_frame_ + kContextFrames < frames_projected_) {
    frames_.pop_front();
    ++first_frame_;
  }
}

IvectorStream::Frame& IvectorStream::FrameAt(int64_t frame) {
  const int64_t inside = std::clamp<int64_t>(frame, first_frame_, num_frames_ - 1);
  return frames_[static_cast<size_t>(inside - first_frame_)];
}

// The mean is that of the window that ends with the frame; while it is short, frames of the
// training data fill it up. A quiet frame keeps the mean that was used last, and fills it up too.
void IvectorStream::AppendNormalized(const Frame& frame, std::vector<float>* out) {
  const auto window = static_cast<double>(model_->options_.cmvn_window_frames);
  const auto global = static_cast<double>(model_->options_.cmvn_global_frames);
  if (mean_.sums.empty()) mean_.sums.resize(frame.features.size());
  if (frame.features[0] > model_->options_.cmvn_min_energy) mean_ = frame.window;
  const double borrowed = std::min(window - mean_.count, global);
  if (borrowed > 0) {
    for (size_t i = 0; i < mean_.sums.size(); ++i) {
      mean_.sums[i] += borrowed / model_->global_count_ * model_->global_sums_[i];
    }
    mean_.count += borrowed;
  }
  for (size_t i = 0; i < mean_.sums.size(); ++i) {
    const double mean = mean_.count > 0 ? mean_.sums[i] / mean_.count : 0;
    out->push_back(frame.features[i] + static_cast<float>(-mean));
  }
}

void IvectorStream::ProjectFrame(int64_t frame) {
  std::vector<float> raw, normalized;
  for (int64_t t = frame - model_->options_.splice_left; t <= frame + model_->options_.splice_right;
       ++t) {
    const Frame& neighbour = FrameAt(t);
    raw.insert(raw.end(), neighbour.features.begin(), neighbour.features.end());
    AppendNormalized(neighbour, &normalized);
  }
  Frame& to = FrameAt(frame);
  to.projected.resize(static_cast<size_t>(model_->feature_dim_));
  to.normalized.resize(static_cast<size_t>(model_->feature_dim_));
  model_->Project(raw, to.projected);
  model_->Project(normalized, to.normalized);
}

int64_t IvectorStream::num_frames_ready() const {
  if (finished_) return num_frames_;
  return std::max<int64_t>(0, num_frames_ - model_->options_.splice_right);
}

void IvectorStream::ChangeWeights(std::span<const std::pair<int64_t, float>> changes) {
  for (const Change& change : changes) changes_.push(change);
  weighted_ = true;
}

std::vector<float> IvectorStream::At(int64_t frame) {
  IRONSCRIBE_CHECK(frame >= 0 && frame < num_frames_ready());
  // In order: quiet frames depend on those before them.
  for (; frames_projected_ <= frame; ++frames_projected_) ProjectFrame(frames_projected_);
  if (frames_counted_ <= frame) {
    std::vector<Change> weights;
    if (weighted_) {
      for (; !changes_.empty() && changes_.top().first <= frame; changes_.pop()) {
        const Change& change = changes_.top();
        if (!weights.empty() && weights.back().first == change.first) {
          weights.back().second += change.second;
        } else {
          weights.push_back(change);
        }
      }
    } else {
      for (int64_t t = frames_counted_; t <= frame; ++t) weights.emplace_back(t, 1.0f);
    }
    Accumulate(weights);
    Solve();
    frames_counted_ = frame + 1;
  }
  std::vector<float> result(ivector_.begin(), ivector_.end());
  result[0] -= static_cast<float>(model_->prior_offset_);
  return result;
}

namespace {

struct Posterior {
  int gaussian;
  float value;
};

// The most probable Gaussians, those far below the rest dropped, summing to one.
std::vector<Posterior> Prune(std::span<const float> scores, int num_gaussians,
                             float min_posterior) {
  const float largest = *std::max_element(scores.begin(), scores.end());
  const float cutoff = largest + std::log(min_posterior);
  std::vector<Posterior> kept;
  for (size_t g = 0; g < scores.size(); ++g) {
    if (scores[g] > cutoff) kept.push_back({static_cast<int>(g), std::exp(scores[g] - largest)});
  }
  std::sort(kept.begin(), kept.end(),
            [](const Posterior& a, const Posterior& b) { return a.value > b.value; });
  if (kept.size() > static_cast<size_t>(num_gaussians)) {
    kept.resize(static_cast<size_t>(num_gaussians));
  }
  float total = 0;
  for (const Posterior& posterior : kept) total += posterior.value;
  const float smallest = min_posterior * total;
  while (kept.size() > 1 && kept.back().value < smallest) {
    total -= kept.back().value;
    kept.pop_back();
  }
  for (Posterior& posterior : kept) posterior.value /= total;
  return kept;
}

}  // namespace

void IvectorStream::Accumulate(const std::vector<Change>& weights) {
  const auto features = static_cast<size_t>(model_->feature_dim_);
  struct Sum {
    double weight = 0;
    std::vector<double> features;
  };
  std::map<int, Sum> sums;
  std::vector<float> scores(model_->constants_.size());
  for (const auto& [frame, weight] : weights) {
    if (weight == 0) continue;
    const Frame& counted = FrameAt(frame);
    model_->Scores(counted.normalized, scores);
    // The less a frame counts, the fewer Gaussians are worth it.
    const auto min_posterior = static_cast<float>(
        std::min(0.99, model_->options_.min_posterior / std::abs(static_cast<double>(weight))));
    for (const Posterior& posterior :
         Prune(scores, model_->options_.num_gaussians, min_posterior)) {
      Sum& sum = sums[posterior.gaussian];
      sum.features.resize(features);
      const double share =
          posterior.value * static_cast<float>(model_->options_.posterior_scale) * weight;
      sum.weight += share;
      for (size_t i = 0; i < features; ++i) sum.features[i] += share * counted.projected[i];
    }
  }
  double total = 0;
  for (const auto& [gaussian, sum] : sums) {
    AddStatistics(gaussian, sum.weight, sum.features);
    total += sum.weight;
  }
  // More frames than max_count count as that many: instead of the statistics, the prior is scaled.
  const double limit = model_->options_.max_count;
  const double before = std::max(count_, limit), after = std::max(count_ + total, limit);
  const double change = limit > 0 ? (after - before) / limit : 0;
  linear_term_[0] += model_->prior_offset_ * change;
  for (size_t i = 0; i < linear_term_.size(); ++i) quadratic_term_[Triangle(i) + i] += change;
  count_ += total;
}

void IvectorStream::AddStatistics(int gaussian, double weight,
                                  std::span<const double> weighted_features) {
  const auto index = static_cast<size_t>(gaussian);
  const size_t dim = linear_term_.size();
  const double* means = model_->weighted_means_.data() + index * weighted_features.size() * dim;
  for (size_t i = 0; i < weighted_features.size(); ++i) {
    for (size_t k = 0; k < dim; ++k) linear_term_[k] += weighted_features[i] * means[i * dim + k];
  }
  const double* precision = model_->precisions_.data() + index * quadratic_term_.size();
  for (size_t i = 0; i < quadratic_term_.size(); ++i) quadratic_term_[i] += weight * precision[i];
}

void IvectorStream::Solve() {
  if (!(count_ > 0)) {
    std::fill(ivector_.begin(), ivector_.end(), 0.0);
    ivector_[0] = model_->prior_offset_;
    return;
  }
  if (ivector_[0] == 0) ivector_[0] = model_->prior_offset_;
  ConjugateGradients(quadratic_term_, linear_term_, model_->options_.num_iterations, ivector_);
}

}  // namespace ironscribe::models::kaldi
