// Kaldi's online i-vectors: what is peculiar to a speaker and a room, estimated as the audio comes
// in, from the posteriors of a mixture of Gaussians over spliced and projected features. Frames
// count as much as the search says they are speech, and what it changes its mind about is taken
// back.
//
// Formulas: kaldi/src/{online2/online-ivector-feature,ivector/ivector-extractor,
// feat/online-feature}.cc. Thread rule: IvectorModel is immutable; an IvectorStream belongs to one
// thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <queue>
#include <span>
#include <utility>
#include <vector>

#include "base/status.h"
#include "formats/kaldi/gaussian_mixture.h"
#include "formats/kaldi/ivector_extractor.h"
#include "formats/kaldi/matrix.h"

namespace ironscribe::models::kaldi {

// Defaults: kaldi's OnlineIvectorExtractionConfig and OnlineCmvnOptions, max_count as Vosk sets it.
struct IvectorOptions {
  int splice_left = 4;
  int splice_right = 4;
  int cmvn_window_frames = 600;
  int cmvn_global_frames = 200;
  // Frames whose first value is not above this take the mean over that was used last, as Vosk's
  // Kaldi does: digital silence would move it too far.
  double cmvn_min_energy = 50;
  int num_gaussians = 5;  // Of the most probable ones on a frame.
  double min_posterior = 0.025;
  double posterior_scale = 0.1;
  double max_count = 100;
  int num_iterations = 15;  // Of conjugate gradients.
};

class IvectorModel {
 public:
  // `transform` is [features, spliced] or has a last column of offsets; `global_stats` is
  // [1 or 2, dim + 1]: sums and, last, their count. Errors: InvalidArgument for shapes that
  // disagree.
  static Result<std::shared_ptr<const IvectorModel>> Create(
      const IvectorOptions& options, const formats::kaldi::Matrix& transform,
      const formats::kaldi::DoubleMatrix& global_stats,
      const formats::kaldi::GaussianMixture& mixture,
      const formats::kaldi::IvectorExtractor& extractor);

  int base_dim() const { return base_dim_; }
  int dim() const { return dim_; }

 private:
  friend class IvectorStream;
  IvectorModel() = default;
  void Project(std::span<const float> spliced, std::span<float> out) const;
  void Scores(std::span<const float> features, std::span<float> scores) const;
  void AddGaussian(const formats::kaldi::IvectorExtractor& extractor, size_t gaussian);

  IvectorOptions options_;
  int base_dim_ = 0;
  int feature_dim_ = 0;  // Behind the projection.
  int dim_ = 0;
  formats::kaldi::Matrix projection_;  // [features, spliced]
  std::vector<float> projection_offset_;
  std::vector<double> global_sums_;
  double global_count_ = 0;
  // Of the mixture, by dimension and then Gaussian.
  std::vector<float> constants_, linear_, quadratic_;
  double prior_offset_ = 0;
  // Per Gaussian: S^-1 M [features, ivector] and the lower triangle of M' S^-1 M.
  std::vector<double> weighted_means_;
  std::vector<double> precisions_;
};

class IvectorStream {
 public:
  explicit IvectorStream(std::shared_ptr<const IvectorModel> model);

  // Appends one frame of base features.
  void AddFrame(std::span<const float> features);
  // No more frames will come: the last ones need wait for no context.
  void Finish() { finished_ = true; }

  // Frames whose context is there.
  int64_t num_frames_ready() const;

  // Adds to the weights of frames. Once called, only frames with a weight count.
  void ChangeWeights(std::span<const std::pair<int64_t, float>> changes);

  // The i-vector after all frames up to this one, with the prior's offset taken off. Requires:
  // 0 <= frame < num_frames_ready().
  std::vector<float> At(int64_t frame);

 private:
  using Change = std::pair<int64_t, float>;

  struct Mean {
    std::vector<double> sums;
    double count = 0;
  };
  // A frame that has come in.
  struct Frame {
    std::vector<float> features;
    Mean window;  // Of the frames up to here.
    // Spliced and projected; the mixture sees the normalised one. Empty: not asked for yet.
    std::vector<float> projected;
    std::vector<float> normalized;
  };

  Frame& FrameAt(int64_t frame);
  void ProjectFrame(int64_t frame);
  void AppendNormalized(const Frame& frame, std::vector<float>* out);
  void Accumulate(const std::vector<Change>& weights);
  void AddStatistics(int gaussian, double weight, std::span<const double> weighted_features);
  void Solve();

  std::shared_ptr<const IvectorModel> model_;
  // Frames from first_frame_ on.
  int64_t first_frame_ = 0;
  int64_t num_frames_ = 0;
  std::deque<Frame> frames_;
  std::deque<std::vector<float>> window_frames_;
  std::vector<double> window_sums_;
  int64_t frames_projected_ = 0;
  Mean mean_;  // That the last normalised frame was normalised with.
  bool finished_ = false;

  std::priority_queue<Change, std::vector<Change>, std::greater<>> changes_;
  bool weighted_ = false;
  int64_t frames_counted_ = 0;

  double count_ = 0;
  std::vector<double> linear_term_;     // [ivector]
  std::vector<double> quadratic_term_;  // Lower triangle.
  std::vector<double> ivector_;
};

}  // namespace ironscribe::models::kaldi
