// The server from start to end, with models and decoder handed in, so that tests run it on fakes.
#pragma once

#include <functional>
#include <mutex>
#include <ostream>
#include <stop_token>
#include <string>

#include "api/recognition.h"
#include "apps/cli/exit_code.h"
#include "apps/cli/serve_flags.h"
#include "audio/open_audio.h"
#include "base/status.h"
#include "engine/model_pool.h"
#include "service/service_metrics.h"
#include "service/trace_exporter.h"

namespace ironscribe::cli {

// SIGHUP while the server runs. The watcher of signals is made before the server is.
class HangupSlot {
 public:
  void Set(std::function<void()> on_hangup) {
    const std::lock_guard lock(mutex_);
    on_hangup_ = std::move(on_hangup);
  }
  void Call() {
    const std::lock_guard lock(mutex_);
    if (on_hangup_) on_hangup_();
  }

 private:
  std::mutex mutex_;
  std::function<void()> on_hangup_;
};

struct ServeServices {
  api::SpeechModels& models;
  engine::ModelPool& pool;  // Where they are from.
  service::ServiceMetrics& metrics;
  std::string default_model;                 // By its own name.
  service::TraceExporter* traces = nullptr;  // Null: nothing is traced.
  // Loads what is to be loaded at the start; blocks.
  std::function<Status(std::stop_token stop)> load_models;
  audio::OpenOptions recordings;  // Limits are taken from the options.
  std::ostream& log;
  std::ostream& out;  // Takes the first administrator's secret, once.
  HangupSlot& hangup;
  std::string program{};  // With its version: what a job that was interrupted may go on with.
};

// Serves until `stop`, then drains. Errors are told in the log.
ExitCode RunServe(const ServeOptions& options, const ServeServices& services, std::stop_token stop);

}  // namespace ironscribe::cli
