#include "apps/cli/serve_run.h"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <thread>
#include <utility>

#include "api/asr/asr.h"
#include "api/backend.h"
#include "api/canary.h"
#include "api/health.h"
#include "api/openai/openai.h"
#include "api/router.h"
#include "api/whispercpp/whispercpp.h"
#include "apps/cli/json_log.h"
#include "server/http/http_server.h"

namespace ironscribe::cli {
namespace {

constexpr std::chrono::minutes kCanaryInterval{5};

// True: the time has passed; false: stopped before.
bool Sleep(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

audio::OpenOptions RecordingOptions(const ServeOptions& options, const ServeServices& services) {
  audio::OpenOptions recordings = services.recordings;
  recordings.max_seconds = options.max_audio_seconds;
  recordings.max_bytes = options.spool.max_file_bytes;
  recordings.temporary_folder = options.spool.folder;
  return recordings;
}

class ServerRun {
 public:
  ServerRun(const ServeOptions& options, const ServeServices& services,
            std::shared_ptr<api::Spool> spool)
      : options_(options),
        services_(services),
        log_(services.log),
        backend_{services.models, api::RecordingRecognizer(RecordingOptions(options, services)),
                 std::move(spool)},
        router_([](const api::RequestHead&, api::RouteAccess access) { return Authorize(access); },
                [this](const api::RequestRecord& record) { log_.Request(record); }),
        canary_(backend_, health_) {
    api::AddHealthRoutes(router_, health_);
    api::openai::AddRoutes(router_, backend_);
    api::asr::AddRoutes(router_, backend_);
    api::whispercpp::AddRoutes(router_, backend_, health_);
  }

  Status Run(std::stop_token stop) {
    ASSIGN_OR_RETURN(const auto server,
                     server::HttpServer::Start(options_.listeners, options_.http, router_,
                                               [this](const server::AccessRecord& record) {
                                                 if (record.route.empty()) log_.Refused(record);
                                               }));
    services_.hangup.Set([this, &server] { Reload(*server); });
    TellListeners(*server);
    const Status status = Serve(stop);
    services_.hangup.Set({});
    Drain(*server);
    return status;
  }

 private:
  // Whoever reaches a port may do everything but administer, for now.
  static Status Authorize(api::RouteAccess access) {
    return access == api::RouteAccess::kAdmin ? PermissionDeniedError("not on this listener")
                                              : OkStatus();
  }

  void TellListeners(const server::HttpServer& server) {
    for (const server::ListenerOptions& listener : options_.listeners) {
      log_.Info(fmt::format("listening on {}://{}:{}", listener.tls ? "https" : "http",
                            listener.host, server.Port(listener.name)));
    }
  }

  // Loads the models, then looks after them until `stop`.
  Status Serve(const std::stop_token& stop) {
    RETURN_IF_ERROR(services_.load_models(stop));
    RETURN_IF_ERROR(canary_.Check(stop).Annotate("on the built-in clip"));
    health_.SetStarted();
    log_.Info("ready");
    while (Sleep(kCanaryInterval, stop)) {
      if (const Status status = canary_.Check(stop); !status.ok() && !stop.stop_requested()) {
        log_.Error("a model fails on the built-in clip", status);
      }
    }
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
    log_.Info(server.WaitUntilDrained() ? "drained" : "gave up what still ran");
    server.Stop();
  }

  const ServeOptions& options_;
  const ServeServices& services_;
  JsonLog log_;
  api::Backend backend_;
  api::Health health_;
  api::Router router_;
  api::Canary canary_;
};

Result<std::shared_ptr<api::Spool>> OpenSpool(const ServeOptions& options) {
  std::error_code error;
  std::filesystem::create_directories(options.spool.folder, error);
  std::filesystem::permissions(options.spool.folder, std::filesystem::perms::owner_all, error);
  return api::Spool::Create(options.spool);
}

}  // namespace

ExitCode RunServe(const ServeOptions& options, const ServeServices& services,
                  std::stop_token stop) {
  JsonLog log(services.log);
  auto spool = OpenSpool(options);
  if (!spool.ok()) {
    log.Error("cannot start", spool.status());
    return ExitCode::kSomeFailed;
  }
  const Status status = ServerRun(options, services, *std::move(spool)).Run(stop);
  if (status.ok() || stop.stop_requested()) return ExitCode::kDone;
  log.Error("cannot go on", status);
  return ExitCode::kSomeFailed;
}

}  // namespace ironscribe::cli
