#include "apps/cli/serve_command.h"

#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/pooled_models.h"
#include "apps/cli/folders.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/json_log.h"
#include "apps/cli/program_version.h"
#include "apps/cli/serve_flags.h"
#include "apps/cli/serve_pool.h"
#include "apps/cli/serve_run.h"

namespace ironscribe::cli {

namespace {

int64_t NowUnixSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Who tells the server from outside that it is to end or to read its certificates again.
struct Signals {
  HangupSlot& hangup;
  std::stop_token stop;
};

// Null where nothing is traced.
Result<std::unique_ptr<service::TraceExporter>> MakeTraces(const ServeOptions& options,
                                                           JsonLog& log) {
  std::unique_ptr<service::TraceExporter> none;
  if (options.trace_url.empty()) return none;
  auto post = service::MakeTracePost(options.trace_url);
  if (!post.ok()) return post.status().Annotate("--otlp-traces");
  const auto tell = [&log](const Status& status) {
    if (status.ok()) log.Info("traces are sent again");
    if (!status.ok()) log.Error("traces are lost", status);
  };
  return std::make_unique<service::TraceExporter>(service::TraceExporterOptions{
      .post = *std::move(post), .version = IRONSCRIBE_VERSION, .on_change = tell});
}

struct Observers {
  service::ServiceMetrics& metrics;
  service::TraceExporter* traces;
};

int Run(const ServeOptions& options, const ServePool& made, const Observers& observers,
        const Signals& signals) {
  engine::ModelPool& pool = *made.pool;
  api::PooledModels models(pool, made.default_name, NowUnixSeconds());
  audio::OpenOptions recordings;
  recordings.decode_program = FindDecodeProgram();
  const ServeServices services{
      .models = models,
      .pool = pool,
      .metrics = observers.metrics,
      .default_model = made.default_name,
      .traces = observers.traces,
      .load_models =
          [&](std::stop_token stop) { return LoadAtStart(pool, options, std::move(stop)); },
      .recordings = recordings,
      .log = std::cerr,
      .out = std::cout,
      .hangup = signals.hangup,
      .program = ProgramVersion()};
  return static_cast<int>(RunServe(options, services, signals.stop));
}

}  // namespace

int RunServeCommand(int argc, char** argv) {
  const Folders folders = DefaultFolders();
  const auto parsed = ParseServeFlags(std::vector<std::string>(argv + 1, argv + argc), folders);
  if (!parsed.ok()) {
    std::cerr << "error: " << parsed.status().message() << "\nSee: ironscribe serve --help\n";
    return static_cast<int>(ExitCode::kWrongUsage);
  }
  if (!parsed->text.empty()) {
    std::cout << parsed->text << std::flush;
    return static_cast<int>(ExitCode::kDone);
  }
  if (parsed->check_only) {
    const Status status = CheckServeOptions(parsed->options);
    if (!status.ok()) return static_cast<int>(EndWithError(status, std::cerr));
    std::cout << "the configuration is good\n";
    return static_cast<int>(ExitCode::kDone);
  }
  // Before the first thread: they inherit that signals are the watcher's.
  HangupSlot hangup;
  const InterruptWatcher interrupt([&hangup] { hangup.Call(); });
  JsonLog log(std::cerr);
  auto traces = MakeTraces(parsed->options, log);
  if (!traces.ok()) {
    std::cerr << "error: " << traces.status().message() << "\n";
    return static_cast<int>(ExitCode::kWrongUsage);
  }
  service::ServiceMetrics metrics(IRONSCRIBE_VERSION);
  models::Profile profile;
  metrics.Watch(profile);
  auto made = MakeServePool(
      parsed->options, {.on_step = [&metrics](std::string_view model,
                                              int searches) { metrics.CountStep(model, searches); },
                        .profile = &profile});
  if (!made.ok()) {
    log.Error("cannot start", made.status());
    return static_cast<int>(ExitCode::kSomeFailed);
  }
  if (!made->note.empty()) log.Info(made->note);
  return Run(parsed->options, *made, {metrics, traces->get()}, {hangup, interrupt.token()});
}

}  // namespace ironscribe::cli
