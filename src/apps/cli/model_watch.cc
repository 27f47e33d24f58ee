#include "apps/cli/model_watch.h"

#include <fmt/format.h>

namespace ironscribe::cli {
namespace {

using engine::ModelState;

constexpr std::chrono::minutes kCanaryInterval{5};
constexpr double kMega = 1e6;

}  // namespace

bool ModelWatch::Tell(const engine::ModelReport& report) {
  Known& known = known_[report.name];
  const bool loaded = report.loads > known.loads;
  if (loaded) {
    log_.Info(fmt::format("model '{}' is loaded: {}, {:.0f} MB, {:.1f} s", report.name,
                          report.compute_type, static_cast<double>(report.size_bytes) / kMega,
                          report.load_seconds));
    if (!report.note.empty()) log_.Info(report.note);
  }
  if (report.state == ModelState::kFailed && known.state != ModelState::kFailed) {
    log_.Error(fmt::format("model '{}' cannot be loaded", report.name), report.error);
  }
  if (report.state == ModelState::kUnloaded && known.state == ModelState::kReady) {
    log_.Info(fmt::format("model '{}' is unloaded", report.name));
  }
  if (known.state == ModelState::kReady && report.state != ModelState::kReady) {
    canary_.Forget(report.name);
  }
  known = {report.state, report.loads};
  return loaded && report.state == ModelState::kReady;
}

Status ModelWatch::Look(const std::stop_token& stop) {
  const auto now = std::chrono::steady_clock::now();
  const bool check_all = now - checked_ >= kCanaryInterval;
  if (check_all) checked_ = now;
  std::vector<std::string> names;
  for (const engine::ModelReport& report : pool_.Report()) {
    const bool is_new = Tell(report);
    const bool used = !idle_unload_ ||
                      report.idle_seconds < std::chrono::duration<double>(kCanaryInterval).count();
    if (is_new || (check_all && report.state == ModelState::kReady && used)) {
      names.push_back(report.name);
    }
  }
  const Status status = canary_.Check(names, stop);
  if (!status.ok() && !stop.stop_requested()) {
    log_.Error("a model fails on the built-in clip", status);
  }
  return status;
}

}  // namespace ironscribe::cli
