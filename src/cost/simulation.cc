#include "cost/simulation.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <queue>

#include "base/random.h"

namespace ironscribe::cost {
namespace {

// Means of this many stretches stand for the independent observations that single waits are not
// (batch means, Law and Kelton, "Simulation Modeling and Analysis"); 1.96 widened to Student's t.
constexpr int kStretches = 40;
constexpr double kStudent = 2.023;  // t of 39 degrees of freedom at 97.5 %.
// The beginning, with an empty queue, is not like the rest. Of the pilot.
constexpr double kWarmUpShare = 0.05;
// So many times the recordings that the pilot finds necessary: most runs then meet the target at
// once. One that stops as soon as the interval looks small stops where chance made it too small:
// its intervals held the truth in 92 to 94 %.
constexpr double kMargin = 1.5;

double Exponential(Random& random, double mean) { return -mean * std::log(1 - random.NextUnit()); }

// A number above 0 of this mean and squared coefficient of variation: constant, a mix of Erlang
// distributions below 1, exponential, two balanced exponentials above 1 (H. C. Tijms, "Stochastic
// Models", appendix B).
class Positive {
 public:
  Positive(double mean, double variability) : mean_(mean), variability_(variability) {
    if (variability_ > 1) {
      probability_ = (1 + std::sqrt((variability_ - 1) / (variability_ + 1))) / 2;
    } else if (variability_ > kConstant && variability_ < 1) {
      phases_ = static_cast<int>(std::ceil(1 / variability_));
      const double k = phases_;
      probability_ = (k * variability_ - std::sqrt(k * (1 + variability_) - k * k * variability_)) /
                     (1 + variability_);
    }
  }

  double Draw(Random& random) const {
    if (variability_ <= kConstant) return mean_;
    if (variability_ > 1) {
      const bool first = random.NextUnit() < probability_;
      return Exponential(random, mean_ / (2 * (first ? probability_ : 1 - probability_)));
    }
    if (variability_ == 1) return Exponential(random, mean_);
    const int phases = random.NextUnit() < probability_ ? phases_ - 1 : phases_;
    double sum = 0;
    for (int i = 0; i < phases; ++i) sum += Exponential(random, mean_ / (phases_ - probability_));
    return sum;
  }

 private:
  static constexpr double kConstant = 1e-3;
  double mean_;
  double variability_;
  double probability_ = 0;
  int phases_ = 1;
};

class Lengths {
 public:
  explicit Lengths(const SimulationOptions& options)
      : positive_(options.mean_length.value(), options.length_variability) {
    double sum = 0;
    for (const ClipLength& clip : options.clips) {
      sum += clip.share;
      table_.push_back({sum, clip.length.value()});
    }
  }

  double Draw(Random& random) const {
    if (table_.empty()) return positive_.Draw(random);
    const double at = random.NextUnit() * table_.back().until;
    for (const Step& step : table_) {
      if (at < step.until) return step.seconds;
    }
    return table_.back().seconds;
  }

 private:
  struct Step {
    double until;
    double seconds;
  };
  std::vector<Step> table_;
  Positive positive_;
};

struct Recording {
  double arrived;
  double audio_seconds;
};

struct Observations {
  std::vector<float> waits;
  std::vector<float> latencies;
  double busy = 0;
  double ends = 0;
  int64_t batches = 0;
};

// One queue, first come first served; a machine that becomes free takes what waits, up to the
// largest batch.
class Run {
 public:
  explicit Run(const SimulationOptions& options)
      : options_(options),
        random_(options.seed),
        gaps_(1 / options.arrivals_per_second, options.arrival_variability),
        lengths_(options),
        largest_batch_(options.speeds.back().batch_size) {
    for (int size = 1; size <= largest_batch_; ++size) {
      speeds_.push_back(SpeedAt(options.speeds, size).value());
    }
    for (int i = 0; i < options.machines; ++i) free_at_.push(0);
  }

  void Serve(int64_t recordings, Observations& seen) {
    const auto until = seen.waits.size() + static_cast<size_t>(recordings);
    while (seen.waits.size() < until) {
      // The next to begin: the machine that is free first, as soon as somebody waits.
      if (waiting_.empty()) Arrive();
      const double start = std::max(free_at_.top(), waiting_.front().arrived);
      while (next_arrival_ <= start && static_cast<int>(waiting_.size()) < largest_batch_) Arrive();
      Begin(start, seen);
    }
  }

 private:
  void Arrive() {
    waiting_.push_back({next_arrival_, lengths_.Draw(random_)});
    next_arrival_ += gaps_.Draw(random_);
  }

  void Begin(double start, Observations& seen) {
    const size_t size = std::min(waiting_.size(), static_cast<size_t>(largest_batch_));
    double audio = 0;
    for (size_t i = 0; i < size; ++i) audio += waiting_[i].audio_seconds;
    const double seconds = audio / speeds_[size - 1];
    for (size_t i = 0; i < size; ++i) {
      const double wait = start - waiting_.front().arrived;
      seen.waits.push_back(static_cast<float>(wait));
      seen.latencies.push_back(static_cast<float>(wait + seconds));
      waiting_.pop_front();
    }
    free_at_.pop();
    free_at_.push(start + seconds);
    seen.busy += seconds;
    seen.ends = start;
    ++seen.batches;
  }

  const SimulationOptions& options_;
  Random random_;
  Positive gaps_;
  Lengths lengths_;
  int largest_batch_;
  std::vector<double> speeds_;
  std::deque<Recording> waiting_;
  double next_arrival_ = 0;
  std::priority_queue<double, std::vector<double>, std::greater<>> free_at_;
};

Estimate MeanOf(std::span<const float> values) {
  const size_t length = values.size() / kStretches;
  double sum = 0;
  double squares = 0;
  for (int stretch = 0; stretch < kStretches; ++stretch) {
    double mean = 0;
    for (const float value : values.subspan(static_cast<size_t>(stretch) * length, length)) {
      mean += value;
    }
    mean /= static_cast<double>(length);
    sum += mean;
    squares += mean * mean;
  }
  const double mean = sum / kStretches;
  const double variance =
      std::max(0.0, squares / kStretches - mean * mean) * (kStretches / (kStretches - 1.0));
  return {mean, kStudent * std::sqrt(variance / kStretches)};
}

// How many make the interval as narrow as asked for, when `count` gave this one.
int64_t RecordingsFor(const Estimate& estimate, int64_t count, const SimulationOptions& options) {
  if (!(estimate.half_width > 0)) return count;
  const double times = estimate.half_width / (options.half_width * estimate.mean);
  const double needed = kMargin * times * times * static_cast<double>(count);
  const double most = static_cast<double>(options.max_recordings);
  return needed < most ? static_cast<int64_t>(needed) : options.max_recordings;
}

double Quantile(std::vector<float>& values, double share) {
  const auto position = static_cast<std::ptrdiff_t>(
      std::min(static_cast<double>(values.size() - 1), share * static_cast<double>(values.size())));
  std::nth_element(values.begin(), values.begin() + position, values.end());
  return values[static_cast<size_t>(position)];
}

}  // namespace

Speed SpeedAt(std::span<const BatchSpeed> speeds, int batch_size) {
  const BatchSpeed* below = &speeds.front();
  for (const BatchSpeed& one : speeds) {
    if (one.batch_size >= batch_size) {
      if (one.batch_size == below->batch_size) return one.speed;
      const double share = static_cast<double>(batch_size - below->batch_size) /
                           (one.batch_size - below->batch_size);
      return below->speed * (1 - share) + one.speed * share;
    }
    below = &one;
  }
  return below->speed;
}

SimulationResult Simulate(const SimulationOptions& options) {
  Run run(options);
  Observations pilot;
  run.Serve(static_cast<int64_t>(kWarmUpShare * static_cast<double>(options.pilot_recordings)),
            pilot);
  pilot = {};
  run.Serve(options.pilot_recordings, pilot);
  // What the pilot saw does not count: it decides how much is seen.
  int64_t goal = std::max(std::min(options.pilot_recordings, options.max_recordings),
                          RecordingsFor(MeanOf(pilot.waits), options.pilot_recordings, options));
  const double begins = pilot.ends;
  Observations seen;
  SimulationResult result;
  while (true) {
    run.Serve(goal - static_cast<int64_t>(seen.waits.size()), seen);
    result.wait = MeanOf(seen.waits);
    if (result.wait.half_width <= options.half_width * result.wait.mean ||
        goal >= options.max_recordings) {
      break;
    }
    goal = RecordingsFor(result.wait, goal, options);
  }
  result.recordings = static_cast<int64_t>(seen.waits.size());
  const auto share_within = [&](double limit) {
    const auto count = std::count_if(seen.waits.begin(), seen.waits.end(),
                                     [&](float wait) { return wait <= limit; });
    return static_cast<double>(count) / static_cast<double>(result.recordings);
  };
  result.share_waiting = 1 - share_within(0);
  result.share_in_time = share_within(options.target_wait.value());
  result.utilization = seen.busy / ((seen.ends - begins) * options.machines);
  result.mean_batch = static_cast<double>(result.recordings) / static_cast<double>(seen.batches);
  result.wait_p50 = Quantile(seen.waits, 0.5);
  result.wait_p95 = Quantile(seen.waits, 0.95);
  result.wait_p99 = Quantile(seen.waits, 0.99);
  result.wait_of_share = Quantile(seen.waits, options.target_share);
  result.latency_p50 = Quantile(seen.latencies, 0.5);
  result.latency_p95 = Quantile(seen.latencies, 0.95);
  result.latency_p99 = Quantile(seen.latencies, 0.99);
  return result;
}

}  // namespace ironscribe::cost
