#include "service/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <thread>

namespace ironscribe::service {
namespace {

TEST(MetricsTest, TextIsThatOfPrometheus) {
  MetricsRegistry registry;
  registry.AddCounter({.name = "requests_total", .help = "Of all.", .labels = {"api", "code"}})
      .With({"openai", "200"})
      .Add(2.5);
  registry.AddGauge({.name = "up", .help = "a \"b\"\\\nc", .with_prefix = false}).With({}).Set(-1);
  HistogramFamily& seconds =
      registry.AddHistogram({.name = "seconds", .help = "h", .labels = {"m"}}, {0.5, 2});
  for (const double value : {0.5, 0.6, 3.0, std::nan("")}) seconds.With({"x"}).Observe(value);
  EXPECT_EQ(registry.Text(),
            "# HELP ironscribe_requests_total Of all.\n"
            "# TYPE ironscribe_requests_total counter\n"
            "ironscribe_requests_total{api=\"openai\",code=\"200\"} 2.5\n"
            "# HELP up a \"b\"\\\\\\nc\n"
            "# TYPE up gauge\n"
            "up -1\n"
            "# HELP ironscribe_seconds h\n"
            "# TYPE ironscribe_seconds histogram\n"
            "ironscribe_seconds_bucket{m=\"x\",le=\"0.5\"} 1\n"
            "ironscribe_seconds_bucket{m=\"x\",le=\"2\"} 2\n"
            "ironscribe_seconds_bucket{m=\"x\",le=\"+Inf\"} 3\n"
            "ironscribe_seconds_sum{m=\"x\"} 4.1\n"
            "ironscribe_seconds_count{m=\"x\"} 3\n");
}

TEST(MetricsTest, LabelValuesAreEscaped) {
  MetricsRegistry registry;
  registry.AddGauge({.name = "g", .help = "h", .labels = {"l"}}).With({"a\"b\\c\nd"}).Set(1);
  EXPECT_NE(registry.Text().find("ironscribe_g{l=\"a\\\"b\\\\c\\nd\"} 1\n"), std::string::npos);
}

TEST(MetricsTest, BeyondTheBoundAllIsOther) {
  MetricsRegistry registry;
  ValueFamily& family =
      registry.AddCounter({.name = "c_total", .help = "h", .labels = {"l"}, .max_series = 2});
  for (const std::string value : {"a", "b", "c", "d", "a"}) family.With({value}).Add(1);
  const std::string text = registry.Text();
  EXPECT_NE(text.find("{l=\"a\"} 2\n"), std::string::npos) << text;
  EXPECT_NE(text.find("{l=\"other\"} 2\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("{l=\"c\"}"), std::string::npos) << text;
}

TEST(MetricsTest, CollectorsRunBeforeEachText) {
  MetricsRegistry registry;
  ValueFamily& family = registry.AddGauge({.name = "g", .help = "h", .labels = {"n"}});
  int calls = 0;
  registry.AddCollector([&] {
    family.Clear();
    family.With({std::to_string(++calls)}).Set(1);
  });
  EXPECT_NE(registry.Text().find("{n=\"1\"} 1\n"), std::string::npos);
  const std::string text = registry.Text();
  EXPECT_NE(text.find("{n=\"2\"} 1\n"), std::string::npos);
  EXPECT_EQ(text.find("{n=\"1\"}"), std::string::npos);
  EXPECT_EQ(registry.Names(), std::vector<std::string>{"ironscribe_g"});
}

TEST(MetricsTest, NothingIsLostBetweenThreads) {
  MetricsRegistry registry;
  ValueFamily& counter = registry.AddCounter({.name = "c_total", .help = "h", .labels = {"l"}});
  HistogramFamily& histogram = registry.AddHistogram({.name = "h", .help = "h"}, {1});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 1000; ++n) {
        counter.With({std::to_string(n % 3)}).Add(1);
        histogram.With({}).Observe(n % 2 * 2);
        if (n % 100 == 0) registry.Text();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  double sum = 0;
  for (const auto& [values, series] : counter.All()) sum += series->value();
  EXPECT_EQ(sum, 4000);
  EXPECT_EQ(histogram.With({}).CumulativeCounts(), (std::vector<uint64_t>{2000, 4000}));
}

}  // namespace
}  // namespace ironscribe::service
