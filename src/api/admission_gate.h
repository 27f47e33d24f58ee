// The way of a recognition through quotas and the queue: in on the network thread, before its body
// is read; its turn on a worker; what it used at the end.
//
// Protocols do not see it: the router lets requests in, BackendRequest waits and tells the end.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "accounts/key_quotas.h"
#include "api/headers.h"
#include "api/identity.h"
#include "base/compute_shares.h"
#include "base/status.h"
#include "service/admission.h"
#include "service/deadlines.h"

namespace ironscribe::api {

// Why it may not, or not now. ResourceExhausted for what the key is allowed, Unavailable for a
// server that is full or going down, DeadlineExceeded.
struct GateRefusal {
  Status status;
  int retry_after_seconds = 0;  // 0: nobody knows.
  std::string reason;           // A label of metrics: "queue_full", "requests_per_minute".
};

// Told of what happens at the gate; any thread, not for long.
struct GateObserver {
  std::function<void(std::string_view reason)> refused = [](std::string_view) {};
  std::function<void(service::Priority priority, double seconds)> waited = [](service::Priority,
                                                                              double) {};
};

class AdmissionGate {
 public:
  struct Parts {
    service::Admission& admission;
    accounts::KeyQuotas& quotas;
    service::Deadlines& deadlines;
    std::string default_model;  // Assumed until the request says which.
  };

  // A request inside. Used by one thread at a time; never blocks but in Wait. Must not outlive the
  // gate.
  class Place {
   public:
    // The turn of a recognition with that model, by its own name. Once, off the network thread.
    std::optional<GateRefusal> Wait(const std::string& model, const std::stop_token& stop);
    // Somebody more urgent has got the place while the body still came.
    std::optional<GateRefusal> Lost() const;
    // How long the recording says it is: whether the key may use so much today.
    std::optional<GateRefusal> SetLength(double audio_seconds);
    // What was recognized to its end is used up, and the next one has its turn.
    void Finish(double audio_seconds);

    // Asks `source` to stop when the deadline passes, if there is one.
    void StopAtDeadline(const std::stop_source& source);
    bool deadline_passed() const;

    // Of what the models do for the key and the class of the request.
    const std::shared_ptr<ComputeShare>& share() const { return share_; }

   private:
    friend class AdmissionGate;
    Place(AdmissionGate& gate, Identity identity, service::EntryRequest entry);

    AdmissionGate& gate_;
    const Identity identity_;
    service::EntryRequest entry_;
    const std::shared_ptr<ComputeShare> share_;
    std::optional<accounts::KeyQuotas::Ticket> quota_;
    service::Admission::Ticket ticket_;
    service::Deadlines::Armed armed_;
  };

  AdmissionGate(const Parts& parts, GateObserver observer)
      : parts_(parts), observer_(std::move(observer)) {}

  struct Visitor {
    const Identity& identity;
    service::Priority priority = service::Priority::kInteractive;
    std::optional<std::chrono::milliseconds> timeout{};  // From now on.
    // False for work that was let in before, such as a job: the limits on requests were asked then.
    bool is_request = true;
  };
  std::variant<std::shared_ptr<Place>, GateRefusal> Enter(const Visitor& visitor);

 private:
  GateRefusal Refuse(GateRefusal refusal) const;

  const Parts parts_;
  const GateObserver observer_;
  ComputeShares shares_;
};

// "X-Ironscribe-Timeout: 30": seconds until the answer is of no use any more. Errors:
// InvalidArgument for what is no number above 0.
inline constexpr const char* kTimeoutHeader = "x-ironscribe-timeout";
Result<std::optional<std::chrono::milliseconds>> ReadTimeout(const Headers& headers);

}  // namespace ironscribe::api
