// Brings spans to a collector, beside everything else: nothing waits for it, and what it cannot get
// rid of is dropped and counted.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/status.h"
#include "service/trace_span.h"

namespace ironscribe::service {

struct TraceExporterOptions {
  // Sends a body; blocks, ends soon after the token is stopped.
  std::function<Status(const std::string& body, std::stop_token stop)> post;
  std::string version;
  // Told when sending begins to fail, and with Ok when it goes again; on the exporter's thread.
  std::function<void(const Status& status)> on_change = [](const Status&) {};
  size_t max_waiting = 4096;  // Spans.
  // Spans are collected for so long, to be sent together.
  std::chrono::milliseconds interval{2000};
};

// Safe from every thread. The destructor tries once to send what is left, `post` willing.
class TraceExporter {
 public:
  explicit TraceExporter(TraceExporterOptions options);
  TraceExporter(const TraceExporter&) = delete;
  TraceExporter& operator=(const TraceExporter&) = delete;
  ~TraceExporter();

  // Never blocks.
  void Add(std::vector<TraceSpan> spans);
  // Spans that were not sent.
  uint64_t dropped() const;

 private:
  void Run(const std::stop_token& stop);
  void Send(std::vector<TraceSpan> spans, const std::stop_token& stop);

  const TraceExporterOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<TraceSpan> waiting_;
  uint64_t dropped_ = 0;
  bool failing_ = false;  // Of the thread.
  std::jthread thread_;   // Behind what it uses.
};

// Posts to `url` as a collector takes it ("http://collector:4318/v1/traces"). Errors:
// InvalidArgument for what is no URL of HTTP.
Result<std::function<Status(const std::string& body, std::stop_token stop)>> MakeTracePost(
    const std::string& url);

}  // namespace ironscribe::service
