// Counters, gauges and histograms, and their text form for Prometheus (exposition format 0.0.4,
// https://prometheus.io/docs/instrumenting/exposition_formats/).
//
// Labels are bounded: a family keeps at most max_series combinations of values, and what comes
// beyond is counted with "other" for each label. No label may hold what a client wrote.
//
// Thread rule: every function is safe from any number of threads. Families and series live as long
// as their registry, so callers may keep references; adding to a series takes no lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace ironscribe::service {

// Before every name but those of the process itself, which Prometheus has conventions for.
inline constexpr std::string_view kMetricPrefix = "ironscribe_";

struct MetricSpec {
  std::string name;  // Without the prefix; the unit last, counters with _total.
  std::string help;
  std::vector<std::string> labels = {};
  size_t max_series = 200;
  bool with_prefix = true;
};

// A series of a counter (which only Add is called for) or of a gauge.
class MetricValue {
 public:
  void Add(double amount) { value_.fetch_add(amount, std::memory_order_relaxed); }
  void Set(double value) { value_.store(value, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

// A series of a histogram.
class MetricHistogram {
 public:
  // Upper bounds of the buckets, ascending; one without a bound is added.
  explicit MetricHistogram(std::vector<double> bounds);
  void Observe(double value);  // NaN is left out.
  const std::vector<double>& bounds() const { return bounds_; }
  // How many were at most the bound of that index; of all for the index behind the last.
  std::vector<uint64_t> CumulativeCounts() const;
  double sum() const { return sum_.value(); }

 private:
  const std::vector<double> bounds_;
  std::vector<std::atomic<uint64_t>> counts_;
  MetricValue sum_;
};

using LabelValues = std::initializer_list<std::string_view>;

// All series of one name.
template <typename Series>
class MetricFamily {
 public:
  MetricFamily(MetricSpec spec, std::function<std::unique_ptr<Series>()> make)
      : spec_(std::move(spec)), make_(std::move(make)) {}
  // The series of these values, made if it is new. Requires: one value for each label.
  Series& With(LabelValues values);
  // Forgets all series, for gauges of things that may have gone. Requires: called by a collector,
  // and nobody holds a reference.
  void Clear();
  const MetricSpec& spec() const { return spec_; }
  std::map<std::vector<std::string>, const Series*> All() const;

 private:
  const MetricSpec spec_;
  const std::function<std::unique_ptr<Series>()> make_;
  mutable std::mutex mutex_;
  std::map<std::vector<std::string>, std::unique_ptr<Series>> series_;
};

using ValueFamily = MetricFamily<MetricValue>;
using HistogramFamily = MetricFamily<MetricHistogram>;

class MetricsRegistry {
 public:
  // Requires: names are new, and names and labels of the form that Prometheus allows.
  ValueFamily& AddCounter(MetricSpec spec);
  ValueFamily& AddGauge(MetricSpec spec);
  HistogramFamily& AddHistogram(MetricSpec spec, std::vector<double> bounds);
  // Called before each text is written, to set gauges; one at a time.
  void AddCollector(std::function<void()> collect);

  std::string Text();
  // Of all families, as Prometheus knows them; those of histograms without _bucket and so on.
  std::vector<std::string> Names() const;

 private:
  struct Registered {
    std::string name;
    std::string_view type;
    std::unique_ptr<ValueFamily> values = nullptr;
    std::unique_ptr<HistogramFamily> histograms = nullptr;
  };
  Registered& Register(const MetricSpec& spec, std::string_view type);
  ValueFamily& AddValues(MetricSpec spec, std::string_view type);

  mutable std::mutex mutex_;
  std::deque<Registered> families_;
  std::vector<std::function<void()>> collectors_;
};

}  // namespace ironscribe::service
