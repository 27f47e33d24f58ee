#include "api/router.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace ironscribe::api {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kClientLeft = 499;  // nginx's code.
constexpr int kUnauthorized = 401;
// Official clients of OpenAI wait for so long at most, and try again at once for more.
constexpr int kLongestRetrySeconds = 60;

// The first segment of a path, without its slash; the rest is what follows.
std::string_view TakeSegment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

bool Matches(std::string_view pattern, std::string_view path,
             std::vector<std::string>& parameters) {
  while (!pattern.empty() && !path.empty()) {
    const std::string_view rest = path.substr(1);
    const std::string_view expected = TakeSegment(pattern);
    if (expected.ends_with("*}")) {
      parameters.emplace_back(rest);
      return !rest.empty();
    }
    const std::string_view segment = TakeSegment(path);
    if (expected.starts_with('{') && !segment.empty()) {
      parameters.emplace_back(segment);
    } else if (expected != segment) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

bool SameMethod(const std::string& route, const std::string& method) {
  return route == method || (route == "GET" && method == "HEAD");
}

std::string KnownMethod(const std::string& method) {
  for (const char* known : {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
    if (method == known) return method;
  }
  return "OTHER";
}

// RFC 9110 wants a 401 to say how to show who one is.
Reply Refuse(const Route& route, const Status& status) {
  Reply reply = route.refuse(status);
  if (reply.status == kUnauthorized) reply.headers.Set("www-authenticate", "Bearer");
  return reply;
}

// Sets the place of the request, or says why there is none for it.
std::optional<GateRefusal> Enter(AdmissionGate& gate, RouteRequest& request) {
  const auto timeout = ReadTimeout(request.head.headers);
  if (!timeout.ok()) return GateRefusal{timeout.status(), 0, "invalid_timeout"};
  auto entered = gate.Enter({.identity = request.identity, .timeout = *timeout});
  if (auto* refusal = std::get_if<GateRefusal>(&entered)) return std::move(*refusal);
  request.place = std::get<std::shared_ptr<AdmissionGate::Place>>(std::move(entered));
  return std::nullopt;
}

// Counts what goes out on its way to the client.
class CountingWriter final : public ReplyWriter {
 public:
  CountingWriter(ReplyWriter& writer, RequestRecord& record) : writer_(writer), record_(record) {}

  Status Start(int status, Headers headers, std::optional<uint64_t> content_length) override {
    record_.status = status;
    return writer_.Start(status, std::move(headers), content_length);
  }
  Status Write(std::string_view bytes) override {
    record_.bytes_out += bytes.size();
    return writer_.Write(bytes);
  }
  Status Finish() override { return writer_.Finish(); }
  Status Send(Reply reply) override {
    record_.status = reply.status;
    record_.bytes_out += reply.body.size();
    return writer_.Send(std::move(reply));
  }

 private:
  ReplyWriter& writer_;
  RequestRecord& record_;
};

// Tells the observer when the call is gone, whatever ended it.
class ObservedCall final : public Call {
 public:
  ObservedCall(std::unique_ptr<Call> call, RequestRecord record, std::shared_ptr<CallNotes> notes,
               const RequestObserver& observer)
      : call_(std::move(call)),
        record_(std::move(record)),
        notes_(std::move(notes)),
        observer_(observer) {}

  ~ObservedCall() override {
    call_.reset();
    if (record_.status == 0) record_.status = kClientLeft;
    record_.duration = Clock::now() - begun_;
    record_.notes = std::move(*notes_);
    observer_(record_);
  }

  std::optional<Reply> TakeBody(std::string_view piece) override {
    record_.bytes_in += piece.size();
    auto refusal = call_->TakeBody(piece);
    if (refusal.has_value()) {
      record_.status = refusal->status;
      record_.bytes_out = refusal->body.size();
    }
    return refusal;
  }

  void Run(ReplyWriter& writer, std::stop_token client_gone) override {
    CountingWriter counting(writer, record_);
    call_->Run(counting, client_gone);
    if (client_gone.stop_requested()) record_.status = kClientLeft;
  }

 private:
  std::unique_ptr<Call> call_;
  RequestRecord record_;
  const std::shared_ptr<CallNotes> notes_;
  const RequestObserver observer_;
  const Clock::time_point begun_ = Clock::now();
};

class FunctionCall final : public Call {
 public:
  explicit FunctionCall(std::function<Reply(std::stop_token)> answer)
      : answer_(std::move(answer)) {}
  std::optional<Reply> TakeBody(std::string_view) override {
    return PlainErrorReply(InvalidArgumentError("this path takes no body"));
  }
  void Run(ReplyWriter& writer, std::stop_token client_gone) override {
    (void)writer.Send(answer_(std::move(client_gone)));
  }

 private:
  const std::function<Reply(std::stop_token)> answer_;
};

}  // namespace

void Router::Add(Route route) { routes_.push_back(std::move(route)); }

Router::Match Router::Find(const RequestHead& head) const {
  Match match;
  for (const Route& route : routes_) {
    std::vector<std::string> parameters;
    if (!Matches(route.pattern, head.path, parameters)) continue;
    if (SameMethod(route.method, head.method)) {
      match.route = &route;
      match.parameters = std::move(parameters);
      return match;
    }
    match.allowed += (match.allowed.empty() ? "" : ", ") + route.method;
  }
  return match;
}

RouteOutcome Router::Outcome(const RequestHead& head, const Match& match,
                             const std::shared_ptr<CallNotes>& notes, RequestRecord& record) const {
  if (match.route == nullptr && match.allowed.empty()) {
    return PlainErrorReply(NotFoundError("there is nothing at this path"));
  }
  if (match.route == nullptr) {
    Reply reply = PlainErrorReply(InvalidArgumentError("this path takes " + match.allowed));
    reply.status = 405;
    reply.headers.Add("allow", match.allowed);
    return reply;
  }
  Access access = authorizer_(head, *match.route);
  record.key_id = access.identity.key_id();
  if (!access.status.ok()) return Refuse(*match.route, access.status);
  RouteRequest request{head, match.parameters, std::move(access.identity), notes, nullptr};
  if (match.route->recognizes && gate_ != nullptr) {
    if (auto refusal = Enter(*gate_, request)) {
      Reply reply = match.route->refuse(refusal->status);
      notes->error = refusal->reason;
      SetRetryAfter(reply, refusal->retry_after_seconds);
      return reply;
    }
  }
  return match.route->handle(std::move(request));
}

Admission Router::Admit(const RequestHead& head) {
  const Match match = Find(head);
  const auto notes = std::make_shared<CallNotes>();
  RequestRecord record{
      .request_id = head.request_id,
      .method = KnownMethod(head.method),
      .route = match.route != nullptr ? match.route->pattern : "unknown",
      .api = match.route != nullptr ? match.route->api : "",
      .listener = head.listener,
      .trace = service::ParseTraceParent(head.headers.Find("traceparent").value_or(""))};
  Admission admission{record.route, Outcome(head, match, notes, record)};
  if (const Reply* reply = std::get_if<Reply>(&admission.outcome)) {
    record.status = reply->status;
    record.bytes_out = reply->body.size();
    record.notes = *notes;
    observer_(record);
    return admission;
  }
  auto& call = std::get<std::unique_ptr<Call>>(admission.outcome);
  call = std::make_unique<ObservedCall>(std::move(call), std::move(record), notes, observer_);
  return admission;
}

int HttpStatusOf(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return 200;
    case StatusCode::kCancelled:
      return 499;
    case StatusCode::kInvalidArgument:
    case StatusCode::kFailedPrecondition:
    case StatusCode::kDataLoss:
    case StatusCode::kUnimplemented:
      return 400;
    case StatusCode::kOutOfRange:
      return 413;
    case StatusCode::kUnauthenticated:
      return 401;
    case StatusCode::kPermissionDenied:
      return 403;
    case StatusCode::kNotFound:
      return 404;
    case StatusCode::kAlreadyExists:
    case StatusCode::kAborted:
      return 409;
    case StatusCode::kResourceExhausted:
      return 429;
    case StatusCode::kDeadlineExceeded:
      return 504;
    case StatusCode::kUnavailable:
      return 503;
    case StatusCode::kUnknown:
    case StatusCode::kInternal:
      return 500;
  }
  return 500;
}

Reply JsonReply(int status, std::string body) {
  return {
      .status = status, .headers = {{"content-type", "application/json"}}, .body = std::move(body)};
}

void SetRetryAfter(Reply& reply, int seconds) {
  if (seconds <= 0) return;
  reply.headers.Set("retry-after", std::to_string(seconds));
  const bool soon = seconds <= kLongestRetrySeconds;
  if (reply.headers.Find("x-should-retry").has_value() && !soon) {
    reply.headers.Set("x-should-retry", "false");
  }
}

Reply PlainErrorReply(const Status& status) {
  const nlohmann::json body = {{"error", status.message()}};
  return JsonReply(HttpStatusOf(status.code()),
                   body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

std::unique_ptr<Call> MakeCall(std::function<Reply(std::stop_token)> answer) {
  return std::make_unique<FunctionCall>(std::move(answer));
}

}  // namespace ironscribe::api
