#include "api/admission_gate.h"

#include <charconv>
#include <string>
#include <utility>

namespace ironscribe::api {
namespace {

using Clock = std::chrono::steady_clock;
using service::RefusalReason;

// A week: beyond it a number is a mistake.
constexpr double kMaxTimeoutSeconds = 7 * 86'400;

int CeilSeconds(int64_t ms) { return static_cast<int>((ms + 999) / 1000); }

GateRefusal OfQuota(const accounts::QuotaRefusal& refusal) {
  const char* message = "";
  switch (refusal.limit) {
    case accounts::QuotaLimit::kAudioSecondsPerDay:
      message = "the key has used its audio of today up; more tomorrow (UTC)";
      break;
    case accounts::QuotaLimit::kConcurrentRequests:
      message = "the key has as many requests under way as it may; wait for one to end";
      break;
    case accounts::QuotaLimit::kRequestsPerMinute:
      message = "the key sends more requests a minute than it may";
      break;
  }
  return {ResourceExhaustedError(message), CeilSeconds(refusal.retry_after_ms),
          std::string(QuotaLimitName(refusal.limit))};
}

Status StatusOf(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::kKeyQueueFull:
      return ResourceExhaustedError("too many requests of this key wait already");
    case RefusalReason::kDeadline:
      return UnavailableError("the server cannot keep the deadline; allow more time");
    case RefusalReason::kDraining:
      return UnavailableError("the server is going down; ask another one");
    case RefusalReason::kQueueFull:
    case RefusalReason::kDisplaced:
      break;
  }
  return UnavailableError("the server is full; try again later");
}

GateRefusal OfQueue(const service::Refusal& refusal) {
  return {StatusOf(refusal.reason), refusal.retry_after_seconds,
          std::string(RefusalReasonName(refusal.reason))};
}

}  // namespace

GateRefusal AdmissionGate::Refuse(GateRefusal refusal) const {
  observer_.refused(refusal.reason);
  return refusal;
}

std::variant<std::shared_ptr<AdmissionGate::Place>, GateRefusal> AdmissionGate::Enter(
    const Visitor& visitor) {
  const accounts::ApiKey& key = visitor.identity.key();
  service::EntryRequest entry{
      .model = parts_.default_model, .key = key.id, .priority = visitor.priority};
  if (visitor.timeout.has_value()) entry.deadline = Clock::now() + *visitor.timeout;
  std::shared_ptr<Place> place(new Place(*this, visitor.identity, entry));
  if (visitor.is_request) {
    auto quota = parts_.quotas.Begin(key);
    if (const auto* refusal = std::get_if<accounts::QuotaRefusal>(&quota)) {
      return Refuse(OfQuota(*refusal));
    }
    place->quota_.emplace(std::get<accounts::KeyQuotas::Ticket>(std::move(quota)));
  }
  auto ticket = parts_.admission.TryEnter(entry);
  if (const auto* refusal = std::get_if<service::Refusal>(&ticket)) {
    return Refuse(OfQueue(*refusal));
  }
  place->ticket_ = std::get<service::Admission::Ticket>(std::move(ticket));
  return place;
}

AdmissionGate::Place::Place(AdmissionGate& gate, Identity identity, service::EntryRequest entry)
    : gate_(gate),
      identity_(std::move(identity)),
      entry_(std::move(entry)),
      share_(gate.shares_.Of(entry_.key + " " + std::string(service::PriorityName(entry_.priority)),
                             entry_.weight, entry_.priority != service::Priority::kBatch)) {}

std::optional<GateRefusal> AdmissionGate::Place::Wait(const std::string& model,
                                                      const std::stop_token& stop) {
  if (model != entry_.model && !ticket_.Lost().has_value()) {
    // Another queue; the place in this one is free for whoever comes.
    entry_.model = model;
    ticket_ = {};
    auto entered = gate_.parts_.admission.TryEnter(entry_);
    if (const auto* refusal = std::get_if<service::Refusal>(&entered)) {
      return gate_.Refuse(OfQueue(*refusal));
    }
    ticket_ = std::get<service::Admission::Ticket>(std::move(entered));
  }
  const Clock::time_point begun = Clock::now();
  const Status status = ticket_.Wait(stop);
  gate_.observer_.waited(entry_.priority,
                         std::chrono::duration<double>(Clock::now() - begun).count());
  if (status.ok()) return std::nullopt;
  if (status.code() == StatusCode::kCancelled) return GateRefusal{status, 0, "client_gone"};
  if (const auto lost = Lost()) return gate_.Refuse(*lost);
  return gate_.Refuse({status, 0, "deadline"});
}

std::optional<GateRefusal> AdmissionGate::Place::Lost() const {
  const auto refusal = ticket_ ? ticket_.Lost() : std::nullopt;
  // A deadline that passes while waiting is told as such.
  if (!refusal.has_value() || refusal->reason == RefusalReason::kDeadline) return std::nullopt;
  return OfQueue(*refusal);
}

std::optional<GateRefusal> AdmissionGate::Place::SetLength(double audio_seconds) {
  ticket_.SetAudioSeconds(audio_seconds);
  const auto refusal = gate_.parts_.quotas.CheckAudio(identity_.key(), audio_seconds);
  if (!refusal.has_value()) return std::nullopt;
  GateRefusal told = OfQuota(*refusal);
  told.status = ResourceExhaustedError(
      "the recording is longer than the audio that the key has left today; more tomorrow (UTC)");
  return gate_.Refuse(std::move(told));
}

void AdmissionGate::Place::Finish(double audio_seconds) {
  gate_.parts_.quotas.AddAudio(entry_.key, audio_seconds);
  ticket_.SetAudioSeconds(audio_seconds);
  ticket_.Finish();
}

void AdmissionGate::Place::StopAtDeadline(const std::stop_source& source) {
  if (entry_.deadline) armed_ = gate_.parts_.deadlines.Arm(*entry_.deadline, source);
}

Result<std::optional<std::chrono::milliseconds>> ReadTimeout(const Headers& headers) {
  const auto text = headers.Find(kTimeoutHeader);
  if (!text.has_value()) return std::optional<std::chrono::milliseconds>();
  double seconds = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  const bool is_number = error == std::errc() && end == text->data() + text->size();
  if (!is_number || !(seconds > 0 && seconds <= kMaxTimeoutSeconds)) {
    return InvalidArgumentError("'X-Ironscribe-Timeout' must be seconds above 0, a week at most");
  }
  return std::optional(std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000)));
}

bool AdmissionGate::Place::deadline_passed() const {
  return entry_.deadline.has_value() && Clock::now() >= *entry_.deadline;
}

}  // namespace ironscribe::api
