#include "service/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "base/check.h"

namespace ironscribe::service {
namespace {

bool IsName(std::string_view name) {
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

std::string Escape(std::string_view text, bool quotes) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\n') {
      escaped += "\\n";
    } else {
      if (c == '\\' || (quotes && c == '"')) escaped += '\\';
      escaped += c;
    }
  }
  return escaped;
}

std::string Number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

// {a="1",b="2"}, with one label more where `more` has a name.
std::string Labels(std::span<const std::string> names, std::span<const std::string> values,
                   const std::pair<std::string_view, std::string>& more = {}) {
  std::string text;
  const auto add = [&](std::string_view name, std::string_view value) {
    text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", name, Escape(value, true));
  };
  for (size_t i = 0; i < names.size(); ++i) add(names[i], values[i]);
  if (!more.first.empty()) add(more.first, more.second);
  return text.empty() ? "" : "{" + text + "}";
}

std::string ValueText(const std::string& name, const ValueFamily& family) {
  std::string text;
  for (const auto& [values, series] : family.All()) {
    text += fmt::format("{}{} {}\n", name, Labels(family.spec().labels, values),
                        Number(series->value()));
  }
  return text;
}

std::string HistogramText(const std::string& name, const HistogramFamily& family) {
  std::string text;
  const std::vector<std::string>& labels = family.spec().labels;
  for (const auto& [values, series] : family.All()) {
    const std::vector<uint64_t> counts = series->CumulativeCounts();
    for (size_t i = 0; i < counts.size(); ++i) {
      const double bound = i < series->bounds().size() ? series->bounds()[i] : INFINITY;
      text += fmt::format("{}_bucket{} {}\n", name, Labels(labels, values, {"le", Number(bound)}),
                          counts[i]);
    }
    const std::string own = Labels(labels, values);
    text += fmt::format("{}_sum{} {}\n{}_count{} {}\n", name, own, Number(series->sum()), name, own,
                        counts.back());
  }
  return text;
}

}  // namespace

MetricHistogram::MetricHistogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {}

void MetricHistogram::Observe(double value) {
  if (std::isnan(value)) return;  // It would make the sum useless for ever.
  const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  counts_[static_cast<size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  sum_.Add(value);
}

std::vector<uint64_t> MetricHistogram::CumulativeCounts() const {
  std::vector<uint64_t> counts;
  uint64_t sum = 0;
  for (const auto& count : counts_) {
    sum += count.load(std::memory_order_relaxed);
    counts.push_back(sum);
  }
  return counts;
}

template <typename Series>
Series& MetricFamily<Series>::With(LabelValues values) {
  IRONSCRIBE_CHECK(values.size() == spec_.labels.size());
  std::vector<std::string> key(values.begin(), values.end());
  std::lock_guard lock(mutex_);
  auto found = series_.find(key);
  if (found == series_.end()) {
    if (series_.size() >= spec_.max_series) key.assign(key.size(), "other");
    found = series_.try_emplace(std::move(key)).first;
    if (found->second == nullptr) found->second = make_();
  }
  return *found->second;
}

template <typename Series>
void MetricFamily<Series>::Clear() {
  std::lock_guard lock(mutex_);
  series_.clear();
}

template <typename Series>
std::map<std::vector<std::string>, const Series*> MetricFamily<Series>::All() const {
  std::map<std::vector<std::string>, const Series*> all;
  std::lock_guard lock(mutex_);
  for (const auto& [values, series] : series_) all[values] = series.get();
  return all;
}

template class MetricFamily<MetricValue>;
template class MetricFamily<MetricHistogram>;

MetricsRegistry::Registered& MetricsRegistry::Register(const MetricSpec& spec,
                                                       std::string_view type) {
  IRONSCRIBE_CHECK(IsName(spec.name));
  for (const std::string& label : spec.labels) IRONSCRIBE_CHECK(IsName(label));
  std::string name = spec.with_prefix ? std::string(kMetricPrefix) + spec.name : spec.name;
  for (const Registered& other : families_) IRONSCRIBE_CHECK(other.name != name);
  return families_.emplace_back(Registered{.name = std::move(name), .type = type});
}

ValueFamily& MetricsRegistry::AddValues(MetricSpec spec, std::string_view type) {
  std::lock_guard lock(mutex_);
  Registered& registered = Register(spec, type);
  registered.values =
      std::make_unique<ValueFamily>(std::move(spec), &std::make_unique<MetricValue>);
  return *registered.values;
}

ValueFamily& MetricsRegistry::AddCounter(MetricSpec spec) {
  return AddValues(std::move(spec), "counter");
}

ValueFamily& MetricsRegistry::AddGauge(MetricSpec spec) {
  return AddValues(std::move(spec), "gauge");
}

HistogramFamily& MetricsRegistry::AddHistogram(MetricSpec spec, std::vector<double> bounds) {
  std::lock_guard lock(mutex_);
  Registered& registered = Register(spec, "histogram");
  registered.histograms = std::make_unique<HistogramFamily>(
      std::move(spec),
      [bounds = std::move(bounds)] { return std::make_unique<MetricHistogram>(bounds); });
  return *registered.histograms;
}

void MetricsRegistry::AddCollector(std::function<void()> collect) {
  std::lock_guard lock(mutex_);
  collectors_.push_back(std::move(collect));
}

std::string MetricsRegistry::Text() {
  std::lock_guard lock(mutex_);
  for (const auto& collect : collectors_) collect();
  std::string text;
  for (const Registered& family : families_) {
    const MetricSpec& spec = family.values ? family.values->spec() : family.histograms->spec();
    text += fmt::format("# HELP {} {}\n# TYPE {} {}\n", family.name, Escape(spec.help, false),
                        family.name, family.type);
    text += family.values ? ValueText(family.name, *family.values)
                          : HistogramText(family.name, *family.histograms);
  }
  return text;
}

std::vector<std::string> MetricsRegistry::Names() const {
  std::vector<std::string> names;
  std::lock_guard lock(mutex_);
  for (const Registered& family : families_) names.push_back(family.name);
  return names;
}

}  // namespace ironscribe::service
