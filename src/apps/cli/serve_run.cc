#include "apps/cli/serve_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "api/admission_gate.h"
#include "api/authorization.h"
#include "api/backend.h"
#include "api/canary.h"
#include "api/health.h"
#include "api/listener_switch.h"
#include "api/router.h"
#include "apps/cli/access_audit.h"
#include "apps/cli/background_parts.h"
#include "apps/cli/json_log.h"
#include "apps/cli/kept_aliases.h"
#include "apps/cli/model_watch.h"
#include "apps/cli/request_ledger.h"
#include "apps/cli/serve_routes.h"
#include "apps/cli/served_jobs.h"
#include "apps/cli/server_data.h"
#include "server/http/http_server.h"
#include "service/admission.h"
#include "service/deadlines.h"
#include "service/progress_watch.h"

namespace ironscribe::cli {
namespace {

// How soon a key that `ironscribe keys` made or revoked is known, what becomes of a model is told,
// and how much of the usage a `kill -9` loses.
constexpr std::chrono::seconds kRefreshInterval{1};
// Workers for what neither recognizes nor waits for its turn.
constexpr int kLightWorkers = 32;

audio::OpenOptions RecordingOptions(const ServeOptions& options, const ServeServices& services) {
  audio::OpenOptions recordings = services.recordings;
  recordings.max_seconds = options.max_audio_seconds;
  recordings.max_bytes = options.spool.max_file_bytes;
  recordings.temporary_folder = options.spool.folder;
  return recordings;
}

// Where all are anonymous and so one key, it is the server that is full, not the key.
service::FairQueueOptions QueueOptions(const ServeOptions& options) {
  service::FairQueueOptions queue = options.queue;
  if (!options.needs_keys()) queue.max_waiting_per_key = queue.max_waiting + 1;
  return queue;
}

Status CheckProgress(const engine::ModelPool& pool) {
  const double seconds = service::StalledSeconds(pool.Progress(), pool.memory_stuck_since(),
                                                 std::chrono::steady_clock::now());
  if (seconds <= std::chrono::duration<double>(service::kStallLimit).count()) return OkStatus();
  return UnavailableError(fmt::format("recognition has stood still for {:.0f} s", seconds));
}

class ServerRun {
 public:
  ServerRun(const ServeOptions& options, const ServeServices& services, JsonLog& log,
            ServerData& data, std::shared_ptr<api::Spool> spool)
      : options_(options),
        services_(services),
        log_(log),
        data_(data),
        kept_aliases_(options.data_folder / "aliases.json", options.aliases),
        access_audit_(options.access.admin_listener),
        ledger_(log, data.usage(), services.metrics, access_audit_,
                {services.traces, options.trace_share}),
        admission_(QueueOptions(options)),
        gate_({.admission = admission_,
               .quotas = data.quotas(),
               .deadlines = deadlines_,
               .default_model = services.default_model},
              GateObserver()),
        authorization_(data.keys(), options.access),
        backend_{services.models, api::RecordingRecognizer(RecordingOptions(options, services)),
                 std::move(spool)},
        router_(Authorizer(), Observer(), &gate_),
        admin_router_(Authorizer(), Observer()),
        listeners_(router_, {{options.access.admin_listener, &admin_router_}}),
        canary_(backend_, health_),
        model_watch_(services.pool, canary_, log, options.idle_unload.count() > 0) {
    health_.SetLiveness([&pool = services.pool] { return CheckProgress(pool); });
    services.metrics.Watch(services.pool);
    services.metrics.Watch(admission_);
  }

  Status Run(std::stop_token stop) {
    ASSIGN_OR_RETURN(const std::string told, kept_aliases_.Restore(services_.pool));
    if (!told.empty()) log_.Info(told);
    RETURN_IF_ERROR(OpenJobs());
    AddRoutes();
    ASSIGN_OR_RETURN(const auto server,
                     server::HttpServer::Start(options_.listeners, HttpOptions(), listeners_,
                                               [this](const server::AccessRecord& record) {
                                                 if (record.route.empty()) log_.Refused(record);
                                               }));
    services_.hangup.Set([this, &server] { Reload(*server); });
    TellListeners(*server);
    background_.Every(kRefreshInterval, [this](const std::stop_token&) { Refresh(); });
    const Status status = Serve(stop);
    services_.hangup.Set({});
    Drain(*server);
    background_.Stop();
    Refresh();
    return status;
  }

 private:
  api::Authorizer Authorizer() {
    return [this](const api::RequestHead& head, const api::Route& route) {
      return authorization_.Authorize(head, route);
    };
  }

  api::RequestObserver Observer() {
    return [this](const api::RequestRecord& record) { ledger_.Write(record); };
  }

  api::GateObserver GateObserver() {
    service::ServiceMetrics& metrics = services_.metrics;
    return {
        .refused = [&metrics](std::string_view reason) { metrics.refusals.With({reason}).Add(1); },
        .waited =
            [&metrics](service::Priority priority, double seconds) {
              metrics.queue_seconds.With({PriorityName(priority)}).Observe(seconds);
            }};
  }

  Status OpenJobs() {
    if (options_.jobs.num_workers == 0) return OkStatus();
    const std::string program =
        fmt::format("{} {}", services_.program, CpuLevelName(options_.recognizer.cpu_level));
    ASSIGN_OR_RETURN(jobs_, ServedJobs::Open(data_, options_.jobs,
                                             {.backend = backend_,
                                              .gate = gate_,
                                              .ledger = ledger_,
                                              .log = log_,
                                              .metrics = services_.metrics},
                                             program));
    return OkStatus();
  }

  // Before the first request.
  void AddRoutes() {
    const std::string& program = services_.program;
    const ServedParts parts{.backend = backend_,
                            .health = health_,
                            .data = data_,
                            .pool = services_.pool,
                            .metrics = services_.metrics,
                            .jobs = jobs_ != nullptr ? &jobs_->api() : nullptr,
                            .keep_aliases = [this] { return kept_aliases_.Keep(services_.pool); },
                            .version = program.substr(0, program.find(' '))};
    AddServedRoutes(router_, parts);
    AddAdminRoutes(admin_router_, parts);
  }

  // A worker for everyone who has a place, or those who wait would keep the others from running.
  server::HttpOptions HttpOptions() {
    server::HttpOptions http = options_.http;
    int workers = options_.queue.max_waiting + kLightWorkers;
    for (const engine::ModelReport& report : services_.pool.Report()) {
      const int running = service::RunningFor(report.batch_size);
      admission_.SetRunning(report.name, running);
      workers += running;
    }
    http.max_workers = std::max(http.max_workers, workers);
    return http;
  }

  // A disk that is full for a while would fill the log too: told once, and when it is over.
  void Refresh() {
    Status status = data_.Refresh();
    if (status.ok()) status = access_audit_.Flush(data_.audit(), std::chrono::steady_clock::now());
    if (!status.ok() && refreshed_) log_.Error("keys and usage cannot be written down", status);
    if (status.ok() && !refreshed_) log_.Info("keys and usage are written down again");
    if (jobs_ != nullptr) jobs_->CountStates();
    refreshed_ = status.ok();
  }

  void TellListeners(const server::HttpServer& server) {
    for (const server::ListenerOptions& listener : options_.listeners) {
      log_.Info(fmt::format("listening on {}://{}:{}", listener.tls ? "https" : "http",
                            listener.host, server.Port(listener.name)));
    }
  }

  // Loads the models, then waits until `stop`.
  Status Serve(const std::stop_token& stop) {
    RETURN_IF_ERROR(services_.load_models(stop));
    RETURN_IF_ERROR(model_watch_.Look(stop).Annotate("on the built-in clip"));
    health_.SetStarted();
    if (jobs_ != nullptr) jobs_->Start();
    log_.Info("ready");
    background_.Every(kRefreshInterval, [this](const std::stop_token& stopped) {
      (void)model_watch_.Look(stopped);  // It tells the log.
    });
    WaitUntilStopped(stop);
    return OkStatus();
  }

  void Reload(server::HttpServer& server) {
    const Status status = server.ReloadCertificates();
    if (status.ok()) {
      log_.Info("certificates are read again");
    } else {
      log_.Error("certificates stay as they were", status);
    }
  }

  void Drain(server::HttpServer& server) {
    health_.SetDraining();
    log_.Info("going down");
    server.StartDrain(options_.drain);
    if (jobs_ != nullptr) jobs_->Stop();
    if (options_.drain.delay.count() > 0) SleepUnlessStopped(options_.drain.delay, {});
    admission_.Drain();  // Connections that are still open bring nothing new from now on.
    log_.Info(server.WaitUntilDrained() ? "drained" : "gave up what still ran");
    server.Stop();
  }

  const ServeOptions& options_;
  const ServeServices& services_;
  JsonLog& log_;
  ServerData& data_;
  KeptAliases kept_aliases_;
  AccessAudit access_audit_;
  RequestLedger ledger_;
  service::Admission admission_;
  service::Deadlines deadlines_;
  api::AdmissionGate gate_;
  const api::Authorization authorization_;
  api::Backend backend_;
  api::Health health_;
  std::unique_ptr<ServedJobs> jobs_;
  api::Router router_;
  api::Router admin_router_;
  api::ListenerSwitch listeners_;
  api::Canary canary_;
  ModelWatch model_watch_;
  bool refreshed_ = true;       // Of the thread that refreshes.
  BackgroundParts background_;  // Behind what it refers to.
};

Result<std::shared_ptr<api::Spool>> OpenSpool(const ServeOptions& options) {
  std::error_code error;
  std::filesystem::create_directories(options.spool.folder, error);
  std::filesystem::permissions(options.spool.folder, std::filesystem::perms::owner_all, error);
  return api::Spool::Create(options.spool);
}

// A server that nobody can administer is of no use: its first key is shown here and never again.
Status TellFirstKey(ServerData& data, const ServeServices& services, JsonLog& log) {
  ASSIGN_OR_RETURN(const accounts::CreatedSecret created, data.keys().EnsureAdministrator());
  if (created.secret.empty()) return OkStatus();
  services.out << created.secret << std::endl;
  log.Info("the first administrator's key, " + created.key_id +
           ", is on standard output and is not shown again; `ironscribe keys` makes others");
  return OkStatus();
}

Status Serve(const ServeOptions& options, const ServeServices& services, JsonLog& log,
             std::stop_token stop) {
  ASSIGN_OR_RETURN(const auto data, ServerData::Open(options.data_folder));
  ASSIGN_OR_RETURN(auto spool, OpenSpool(options));
  if (options.needs_keys()) RETURN_IF_ERROR(TellFirstKey(*data, services, log));
  return ServerRun(options, services, log, *data, std::move(spool)).Run(std::move(stop));
}

}  // namespace

ExitCode RunServe(const ServeOptions& options, const ServeServices& services,
                  std::stop_token stop) {
  JsonLog log(services.log);
  const Status status = Serve(options, services, log, stop);
  if (status.ok() || stop.stop_requested()) return ExitCode::kDone;
  log.Error("cannot go on", status);
  return ExitCode::kSomeFailed;
}

}  // namespace ironscribe::cli
