// Which call answers which request: a table of routes, one service for the transport. Every request
// passes the authorizer of its route's class; what no route names is refused.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "accounts/api_key.h"
#include "api/admission_gate.h"
#include "api/identity.h"
#include "api/request_record.h"
#include "api/request_work.h"
#include "api/service.h"
#include "base/status.h"

namespace ironscribe::api {

// Who may ask. There is no class that is open by mistake: a route has to name one.
enum class RouteAccess {
  kPublic,  // Probes.
  kKey,     // Whoever has a key, or needs none where the operator says so.
  kAdmin,   // On the admin listener only, always with a key.
};

// A request on its way to its call.
struct RouteRequest {
  RequestHead head;
  // What stands for the `{...}` of the pattern, in order.
  std::vector<std::string> parameters;
  Identity identity;
  std::shared_ptr<CallNotes> notes;
  std::shared_ptr<AdmissionGate::Place> place;  // Where the route recognizes.

  RequestWork work() const { return {head.request_id, notes, place}; }
};

using RouteOutcome = std::variant<Reply, std::unique_ptr<Call>>;

struct Route {
  std::string method;  // "POST"; a route of GET answers HEAD too.
  // "/v1/models/{id}": `{...}` is one segment, `{...*}` at the end all that is left, not empty.
  std::string pattern;
  RouteAccess access = RouteAccess::kKey;
  // What the key has to allow; nothing: any key will do. Not asked where the route is public.
  std::optional<accounts::Scope> scope = accounts::Scope::kTranscribe;
  // The protocol it is of, for metrics: "openai"; empty for what belongs to none.
  std::string api = "";
  // It has to pass quotas and the queue before its body is read.
  bool recognizes = false;
  // Runs on the network thread; may not block.
  std::function<RouteOutcome(RouteRequest request)> handle;
  // How the protocol of the route says what went wrong.
  std::function<Reply(const Status& status)> refuse;
};

// Whether a request may; who asks is told where it may not too, if it is known.
struct Access {
  Access(Identity who) : identity(std::move(who)) {}  // NOLINT(google-explicit-constructor)
  Access(Result<Identity> who)                        // NOLINT(google-explicit-constructor)
      : status(who.status()), identity(who.ok() ? *std::move(who) : Identity()) {}
  Access(Status why_not, Identity who) : status(std::move(why_not)), identity(std::move(who)) {}

  Status status;  // Unauthenticated, PermissionDenied, NotFound.
  Identity identity;
};

// Runs on the network thread.
using Authorizer = std::function<Access(const RequestHead& head, const Route& route)>;

// Add every route before the first request; safe from every thread then.
class Router final : public Service {
 public:
  // Without a gate, everything that recognizes is let in; it outlives the router.
  Router(Authorizer authorizer, RequestObserver observer, AdmissionGate* gate = nullptr)
      : authorizer_(std::move(authorizer)), observer_(std::move(observer)), gate_(gate) {}

  // Earlier routes win.
  void Add(Route route);
  const std::vector<Route>& routes() const { return routes_; }

  Admission Admit(const RequestHead& head) override;

 private:
  struct Match {
    const Route* route = nullptr;
    std::vector<std::string> parameters;
    std::string allowed;  // Methods of the path, if none is the request's.
  };
  Match Find(const RequestHead& head) const;
  RouteOutcome Outcome(const RequestHead& head, const Match& match,
                       const std::shared_ptr<CallNotes>& notes, RequestRecord& record) const;

  const Authorizer authorizer_;
  const RequestObserver observer_;
  AdmissionGate* const gate_;
  std::vector<Route> routes_;
};

// The status of HTTP for one of ours, for all protocols that have no table of their own.
int HttpStatusOf(StatusCode code);

// A reply whose body is JSON.
Reply JsonReply(int status, std::string body);

// Says when it is worth another try, and to clients of OpenAI whether; 0: nobody knows.
void SetRetryAfter(Reply& reply, int seconds);

// {"error": message}, for routes of no protocol.
Reply PlainErrorReply(const Status& status);

// A call without a body that answers with what `answer` returns, on a worker.
std::unique_ptr<Call> MakeCall(std::function<Reply(std::stop_token stop)> answer);

}  // namespace ironscribe::api
