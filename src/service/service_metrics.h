// The metrics of the server, by name: what docs, dashboard and alert rules refer to.
//
// Protocols count what they did; what can be read elsewhere (queue, models, process) is read when a
// text is asked for. Thread rule: safe from any number of threads.
#pragma once

#include <string>
#include <string_view>

#include "engine/model_pool.h"
#include "models/profile.h"
#include "service/admission.h"
#include "service/metrics.h"

namespace ironscribe::service {

class ServiceMetrics {
 private:
  MetricsRegistry registry_;  // First: the families are its own.

 public:
  explicit ServiceMetrics(std::string_view version);

  // What is read from then on; the objects outlive this one or the last Text().
  void Watch(const engine::ModelPool& pool);
  void Watch(const Admission& admission);
  void Watch(const models::Profile& profile);
  MetricsRegistry& registry() { return registry_; }
  std::string Text() { return registry_.Text(); }

  // For ModelPoolOptions::on_step.
  void CountStep(std::string_view model, int searches);
  void CountRefusal(const Refusal& refusal);
  // A recording that was recognized to its end.
  void CountRecognition(std::string_view model, std::string_view mode, double audio_seconds,
                        double seconds);

  // Labels: `api` is the protocol ("openai"), `code` the HTTP status, `mode` "request" or "job".
  ValueFamily& requests;             // api, model, code
  HistogramFamily& request_seconds;  // api, model
  HistogramFamily& queue_seconds;    // class
  ValueFamily& audio_seconds;        // model, mode
  HistogramFamily& realtime_factor;  // model
  HistogramFamily& batch_size;       // model
  ValueFamily& refusals;             // reason
  ValueFamily& decode_errors;        // reason
  ValueFamily& jobs;                 // state
  ValueFamily& callbacks;            // outcome

 private:
  void SetModels(const engine::ModelPool& pool);
  void SetQueue(const QueueSnapshot& snapshot);
  void SetProcess();

  struct Models {
    explicit Models(MetricsRegistry& registry);
    ValueFamily &ready, &info, &memory_bytes, &users, &load_seconds, &loads;
    ValueFamily &memory_budget, &stalled, &inference_seconds;
  };
  struct Queue {
    explicit Queue(MetricsRegistry& registry);
    ValueFamily &running, &places, &depth, &audio_seconds, &oldest_seconds;
  };
  struct Process {
    explicit Process(MetricsRegistry& registry);
    ValueFamily &cpu, &resident, &virtual_memory, &open_fds, &max_fds, &threads, &start_time;
  };

  Models models_;
  Queue queue_;
  Process process_;
};

}  // namespace ironscribe::service
