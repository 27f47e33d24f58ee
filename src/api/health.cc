#include "api/health.h"

#include <functional>
#include <utility>

namespace ironscribe::api {
namespace {

Reply ReplyOf(const Status& status) {
  Reply reply{
      .status = status.ok() ? 200 : 503,
      .headers = {{"content-type", "text/plain; charset=utf-8"}, {"cache-control", "no-store"}},
      .body = status.ok() ? "ok\n" : status.message() + "\n"};
  return reply;
}

}  // namespace

void Health::SetStarted() {
  const std::lock_guard lock(mutex_);
  started_ = true;
}

void Health::SetDraining() {
  const std::lock_guard lock(mutex_);
  draining_ = true;
}

void Health::SetModel(const std::string& name, const Status& status) {
  const std::lock_guard lock(mutex_);
  models_[name] = status;
}

void Health::SetLiveness(std::function<Status()> check) { liveness_ = std::move(check); }

Status Health::Liveness() const { return liveness_(); }

void Health::ForgetModel(const std::string& name) {
  const std::lock_guard lock(mutex_);
  models_.erase(name);
}

Status Health::Startup() const {
  const std::lock_guard lock(mutex_);
  return started_ ? OkStatus() : UnavailableError("models are being loaded");
}

// Models are told by number: their names are no business of the public.
Status Health::Readiness() const {
  RETURN_IF_ERROR(Startup());
  const std::lock_guard lock(mutex_);
  if (draining_) return UnavailableError("the server is going down");
  int failed = 0;
  for (const auto& [name, status] : models_) failed += status.ok() ? 0 : 1;
  if (failed == 0) return OkStatus();
  return UnavailableError(std::to_string(failed) + " of " + std::to_string(models_.size()) +
                          " models fail on the built-in clip");
}

void AddHealthRoutes(Router& router, const Health& health) {
  const auto add = [&router](const char* path, std::function<Status()> check) {
    router.Add({.method = "GET",
                .pattern = path,
                .access = RouteAccess::kPublic,
                .handle = [check = std::move(check)](const RouteRequest&) -> RouteOutcome {
                  return ReplyOf(check());
                },
                .refuse = PlainErrorReply});
  };
  add("/livez", [&health] { return health.Liveness(); });
  add("/startupz", [&health] { return health.Startup(); });
  add("/readyz", [&health] { return health.Readiness(); });
}

}  // namespace ironscribe::api
