#include "service/service_metrics.h"

#include <algorithm>

#include "base/process_usage.h"
#include "service/progress_watch.h"

namespace ironscribe::service {
namespace {

// From an utterance that is at hand to hours of audio.
const std::vector<double> kSeconds = {0.05, 0.1, 0.25, 0.5, 1,   2,   5,    10,
                                      20,   30,  60,   120, 300, 600, 1800, 3600};
// Seconds of work for a second of audio: 0.01 is a hundred times faster than it is spoken.
const std::vector<double> kRealtimeFactors = {0.002, 0.005, 0.01, 0.02, 0.05, 0.1,
                                              0.2,   0.5,   1,    2,    5};
const std::vector<double> kBatchSizes = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64};

MetricSpec OfProcess(std::string name, std::string help) {
  return {.name = "process_" + std::move(name), .help = std::move(help), .with_prefix = false};
}

}  // namespace

ServiceMetrics::ServiceMetrics(std::string_view version)
    : requests(registry_.AddCounter({.name = "requests_total",
                                     .help = "Requests that were answered, by HTTP status.",
                                     .labels = {"api", "model", "code"}})),
      request_seconds(
          registry_.AddHistogram({.name = "request_duration_seconds",
                                  .help = "From the head of a request to the end of its answer.",
                                  .labels = {"api", "model"}},
                                 kSeconds)),
      queue_seconds(registry_.AddHistogram({.name = "queue_wait_seconds",
                                            .help = "From the end of a request's body to its turn.",
                                            .labels = {"class"}},
                                           kSeconds)),
      audio_seconds(registry_.AddCounter({.name = "audio_seconds_total",
                                          .help = "Audio that was recognized.",
                                          .labels = {"model", "mode"}})),
      realtime_factor(
          registry_.AddHistogram({.name = "realtime_factor",
                                  .help = "Seconds of recognition for a second of audio.",
                                  .labels = {"model"}},
                                 kRealtimeFactors)),
      batch_size(registry_.AddHistogram({.name = "batch_size",
                                         .help = "Searches advanced together in a decoding step.",
                                         .labels = {"model"}},
                                        kBatchSizes)),
      refusals(registry_.AddCounter({.name = "admission_rejected_total",
                                     .help = "Requests refused before recognition.",
                                     .labels = {"reason"}})),
      decode_errors(registry_.AddCounter({.name = "decode_errors_total",
                                          .help = "Recordings that could not be decoded.",
                                          .labels = {"reason"}})),
      jobs(registry_.AddGauge(
          {.name = "jobs", .help = "Jobs of the jobs API.", .labels = {"state"}})),
      callbacks(registry_.AddCounter({.name = "callbacks_total",
                                      .help = "Tries to tell receivers of jobs that are final.",
                                      .labels = {"outcome"}})),
      models_(registry_),
      queue_(registry_),
      process_(registry_) {
  registry_.AddGauge({.name = "build_info", .help = "1, by version.", .labels = {"version"}})
      .With({version})
      .Set(1);
  registry_.AddCollector([this] { SetProcess(); });
}

ServiceMetrics::Models::Models(MetricsRegistry& registry)
    : ready(registry.AddGauge({.name = "model_ready",
                               .help = "1 while the model is loaded, by name.",
                               .labels = {"model"}})),
      info(registry.AddGauge({.name = "model_info",
                              .help = "1, by what is known of the model.",
                              .labels = {"model", "family", "compute_type", "digest", "state"}})),
      memory_bytes(registry.AddGauge({.name = "model_memory_bytes",
                                      .help = "Weights of the model in memory.",
                                      .labels = {"model"}})),
      users(registry.AddGauge(
          {.name = "model_users", .help = "Requests that hold the model.", .labels = {"model"}})),
      load_seconds(registry.AddGauge(
          {.name = "model_load_seconds", .help = "What the last load took.", .labels = {"model"}})),
      loads(registry.AddCounter(
          {.name = "model_loads_total", .help = "Times it was loaded.", .labels = {"model"}})),
      memory_budget(registry.AddGauge(
          {.name = "memory_budget_bytes", .help = "For models and what works on them."})),
      stalled(registry.AddGauge(
          {.name = "engine_stalled_seconds",
           .help = "How long the engine has had work and not finished any of it."})),
      inference_seconds(registry.AddCounter({.name = "inference_seconds_total",
                                             .help = "Thread time of the engine, by stage.",
                                             .labels = {"stage"}})) {}

ServiceMetrics::Queue::Queue(MetricsRegistry& registry)
    : running(registry.AddGauge({.name = "running_recognitions",
                                 .help = "Recognitions that have their turn.",
                                 .labels = {"model"}})),
      places(registry.AddGauge({.name = "running_places",
                                .help = "Recognitions that may run at once.",
                                .labels = {"model"}})),
      depth(registry.AddGauge({.name = "queue_depth",
                               .help = "Requests that wait, those that still send included.",
                               .labels = {"class"}})),
      audio_seconds(registry.AddGauge({.name = "queue_audio_seconds",
                                       .help = "Audio that waits, as far as known.",
                                       .labels = {"class"}})),
      oldest_seconds(registry.AddGauge({.name = "queue_oldest_seconds",
                                        .help = "How long the oldest request has waited.",
                                        .labels = {"class"}})) {}

ServiceMetrics::Process::Process(MetricsRegistry& registry)
    : cpu(registry.AddCounter(OfProcess("cpu_seconds_total", "User and system time."))),
      resident(registry.AddGauge(OfProcess("resident_memory_bytes", "Resident memory."))),
      virtual_memory(registry.AddGauge(OfProcess("virtual_memory_bytes", "Virtual memory."))),
      open_fds(registry.AddGauge(OfProcess("open_fds", "Open file descriptors."))),
      max_fds(registry.AddGauge(OfProcess("max_fds", "File descriptors allowed."))),
      threads(registry.AddGauge(OfProcess("threads", "Threads."))),
      start_time(
          registry.AddGauge(OfProcess("start_time_seconds", "Start, in seconds since 1970."))) {}

void ServiceMetrics::Watch(const engine::ModelPool& pool) {
  registry_.AddCollector([this, &pool] { SetModels(pool); });
}

void ServiceMetrics::Watch(const Admission& admission) {
  registry_.AddCollector([this, &admission] { SetQueue(admission.Snapshot()); });
}

void ServiceMetrics::Watch(const models::Profile& profile) {
  registry_.AddCollector([this, &profile] {
    for (size_t i = 0; i < models::kNumStages; ++i) {
      const auto stage = static_cast<models::Stage>(i);
      models_.inference_seconds.With({models::StageName(stage)}).Set(profile.thread_seconds(stage));
    }
  });
}

void ServiceMetrics::CountStep(std::string_view model, int searches) {
  batch_size.With({model}).Observe(searches);
}

void ServiceMetrics::CountRefusal(const Refusal& refusal) {
  refusals.With({RefusalReasonName(refusal.reason)}).Add(1);
}

void ServiceMetrics::CountRecognition(std::string_view model, std::string_view mode, double audio,
                                      double seconds) {
  audio_seconds.With({model, mode}).Add(audio);
  if (audio > 0) realtime_factor.With({model}).Observe(seconds / audio);
}

void ServiceMetrics::SetModels(const engine::ModelPool& pool) {
  for (ValueFamily* family : {&models_.ready, &models_.info, &models_.memory_bytes, &models_.users,
                              &models_.load_seconds, &models_.loads}) {
    family->Clear();
  }
  for (const engine::ModelReport& report : pool.Report()) {
    const bool ready = report.state == engine::ModelState::kReady;
    models_.ready.With({report.name}).Set(ready ? 1 : 0);
    models_.memory_bytes.With({report.name}).Set(static_cast<double>(report.size_bytes));
    models_.users.With({report.name}).Set(report.users);
    models_.load_seconds.With({report.name}).Set(report.load_seconds);
    models_.loads.With({report.name}).Set(static_cast<double>(report.loads));
    models_.info
        .With({report.name, report.family, report.compute_type, report.digest,
               engine::ModelStateName(report.state)})
        .Set(1);
  }
  models_.memory_budget.With({}).Set(static_cast<double>(pool.memory_bytes()));
  models_.stalled.With({}).Set(
      StalledSeconds(pool.Progress(), pool.memory_stuck_since(), std::chrono::steady_clock::now()));
}

void ServiceMetrics::SetQueue(const QueueSnapshot& snapshot) {
  for (int i = 0; i < kNumPriorities; ++i) {
    const std::string_view name = PriorityName(static_cast<Priority>(i));
    const QueueSnapshot::Class& of_class = snapshot.classes[i];
    queue_.depth.With({name}).Set(of_class.waiting + of_class.reserved);
    queue_.audio_seconds.With({name}).Set(of_class.waiting_audio_seconds);
    queue_.oldest_seconds.With({name}).Set(of_class.oldest_seconds);
  }
  for (const QueueSnapshot::Model& model : snapshot.models) {
    queue_.running.With({model.name}).Set(model.running);
    queue_.places.With({model.name}).Set(model.places);
  }
}

void ServiceMetrics::SetProcess() {
  const ProcessUsage usage = ReadProcessUsage();
  process_.cpu.With({}).Set(usage.cpu_seconds);
  process_.resident.With({}).Set(static_cast<double>(usage.resident_bytes));
  process_.virtual_memory.With({}).Set(static_cast<double>(usage.virtual_bytes));
  process_.open_fds.With({}).Set(static_cast<double>(usage.open_descriptors));
  process_.max_fds.With({}).Set(static_cast<double>(usage.most_descriptors));
  process_.threads.With({}).Set(static_cast<double>(usage.threads));
  process_.start_time.With({}).Set(usage.start_unix_seconds);
}

}  // namespace ironscribe::service
