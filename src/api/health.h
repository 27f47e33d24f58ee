// What probes of load balancers and orchestrators are told.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "api/router.h"
#include "base/status.h"

namespace ironscribe::api {

// Safe from every thread.
class Health {
 public:
  // Every model is loaded and works.
  void SetStarted();
  // The server goes down: it is not ready any more, and stays alive.
  void SetDraining();
  // What /livez asks: an error while the engine hangs. Before the first request; without it, alive
  // is what answers.
  void SetLiveness(std::function<Status()> check);
  // Whether the model transcribed the canary clip.
  void SetModel(const std::string& name, const Status& status);
  // The model is not loaded any more; what it did does not count.
  void ForgetModel(const std::string& name);

  Status Liveness() const;
  Status Startup() const;
  Status Readiness() const;

 private:
  mutable std::mutex mutex_;
  bool started_ = false;
  bool draining_ = false;
  std::map<std::string, Status> models_;
  std::function<Status()> liveness_ = [] { return OkStatus(); };
};

// GET /livez, /startupz, /readyz, for everyone. `health` outlives the router.
void AddHealthRoutes(Router& router, const Health& health);

}  // namespace ironscribe::api
