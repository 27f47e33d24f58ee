#include "service/service_metrics.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

namespace ironscribe::service {
namespace {

std::string ReadText(const std::string& name) {
  std::ifstream file(std::string(IRONSCRIBE_SOURCE_DIR) + "/deploy/monitoring/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// What looks like one of our metrics, with the suffixes of histograms taken off.
std::set<std::string> MetricsIn(const std::string& text) {
  std::set<std::string> names;
  for (const std::string_view prefix : {"ironscribe_", "process_"}) {
    for (size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at)) {
      const size_t behind = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", at);
      std::string name = text.substr(at, behind - at);
      at += name.size();
      for (const std::string_view suffix : {"_bucket", "_sum", "_count"}) {
        if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
      }
      if (name.size() > prefix.size()) names.insert(std::move(name));
    }
  }
  return names;
}

TEST(ServiceMetricsTest, DashboardAndAlertsReferToMetricsThatExist) {
  ServiceMetrics metrics("1");
  const auto list = metrics.registry().Names();
  const std::set<std::string> known(list.begin(), list.end());
  const std::set<std::string> shown = MetricsIn(ReadText("dashboard.json"));
  for (const char* file : {"dashboard.json", "alerts.yaml", "alerts_test.yaml"}) {
    const std::set<std::string> used = MetricsIn(ReadText(file));
    EXPECT_GE(used.size(), 5u) << file;
    for (const std::string& name : used) EXPECT_TRUE(known.contains(name)) << file << ": " << name;
  }
  EXPECT_GE(shown.size(), 20u);
}

TEST(ServiceMetricsTest, WhatIsWatchedIsInTheText) {
  engine::ModelPool pool({.recognizer = {}, .memory_bytes = 5000});
  ASSERT_TRUE(pool.Add({.name = "base", .path = "/nowhere"}).ok());
  EXPECT_FALSE(pool.Load("base", {}).ok());
  Admission admission({.running = 1, .max_waiting = 0});
  admission.SetRunning("base", 3);
  models::Profile profile;
  profile.AddTime(models::Stage::kSearch, 1'500'000'000);
  ServiceMetrics metrics("0.1");
  metrics.Watch(pool);
  metrics.Watch(admission);
  metrics.Watch(profile);
  metrics.CountStep("base", 3);
  metrics.CountRecognition("base", "request", 10, 2);
  const auto refused = admission.TryEnter({.model = "base", .key = "k"});
  metrics.CountRefusal(std::get<Refusal>(refused));
  const std::string text = metrics.Text();
  for (const char* line :
       {"ironscribe_build_info{version=\"0.1\"} 1\n", "ironscribe_memory_budget_bytes 5000\n",
        "ironscribe_model_ready{model=\"base\"} 0\n", "digest=\"\",state=\"failed\"} 1\n",
        "ironscribe_running_places{model=\"base\"} 3\n", "queue_depth{class=\"batch\"} 0\n",
        "ironscribe_inference_seconds_total{stage=\"search\"} 1.5\n",
        "ironscribe_batch_size_bucket{model=\"base\",le=\"2\"} 0\n",
        "ironscribe_batch_size_bucket{model=\"base\",le=\"3\"} 1\n",
        "ironscribe_audio_seconds_total{model=\"base\",mode=\"request\"} 10\n",
        "ironscribe_realtime_factor_bucket{model=\"base\",le=\"0.2\"} 1\n",
        "ironscribe_admission_rejected_total{reason=\"queue_full\"} 1\n",
        "ironscribe_engine_stalled_seconds 0\n", "\nprocess_open_fds "}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\nin\n" << text;
  }
}

TEST(ServiceMetricsTest, PromtoolAcceptsTheText) {
  if (std::system("command -v promtool >/dev/null") != 0) {
    GTEST_SKIP() << "promtool is not installed (Debian package prometheus)";
  }
  ServiceMetrics metrics("0.1");
  metrics.CountStep("base", 3);
  metrics.requests.With({"openai", "base", "200"}).Add(1);
  const std::string path = testing::TempDir() + "ironscribe_metrics.txt";
  std::ofstream(path) << metrics.Text();
  EXPECT_EQ(std::system(("promtool check metrics < '" + path + "'").c_str()), 0);
}

}  // namespace
}  // namespace ironscribe::service
