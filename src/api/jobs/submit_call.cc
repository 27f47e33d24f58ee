#include "api/jobs/submit_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <utility>

#include "api/options.h"
#include "io/input_file.h"

namespace ironscribe::api::jobs {
namespace {

constexpr const char* kIdempotencyHeader = "idempotency-key";
constexpr int kUnprocessable = 422;  // Of the draft, for a key that was used for another request.
constexpr int kInsufficientStorage = 507;
constexpr double kMsPerHour = 3'600'000;

std::string_view FileFieldOf(Submitted kind) {
  return kind == Submitted::kJob ? kFileField : kManifestField;
}

Error NoRoom() {
  return {kInsufficientStorage, "no_room", "the server has no room now; try again later"};
}

bool IsIdempotencyKey(std::string_view key) {
  return !key.empty() && key.size() <= kMaxIdempotencyKeyBytes &&
         std::all_of(key.begin(), key.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// From the spool into the queue.
Result<std::unique_ptr<queue::Upload>> MoveIntoQueue(const SpoolFile& file, JobsApi& api) {
  ASSIGN_OR_RETURN(auto upload, api.queue.NewUpload());
  ASSIGN_OR_RETURN(const io::Descriptor descriptor, file.OpenForReading());
  ASSIGN_OR_RETURN(const auto input,
                   io::InputFile::FromDescriptor(descriptor.get(), "the upload", {}));
  std::vector<std::byte> block(size_t{1} << 20);
  uint64_t offset = 0;
  while (true) {
    ASSIGN_OR_RETURN(const size_t count, input->ReadAt(offset, block));
    if (count == 0) return upload;
    RETURN_IF_ERROR(upload->Append({reinterpret_cast<const char*>(block.data()), count}));
    offset += count;
  }
}

Result<std::string> ReadAll(const SpoolFile& file) {
  ASSIGN_OR_RETURN(const io::Descriptor descriptor, file.OpenForReading());
  ASSIGN_OR_RETURN(const auto input,
                   io::InputFile::FromDescriptor(descriptor.get(), "the manifest", {}));
  std::string text(file.size_bytes(), '\0');
  ASSIGN_OR_RETURN(const size_t count, input->ReadAt(0, std::as_writable_bytes(std::span(text))));
  text.resize(count);
  return text;
}

int64_t RetentionMs(const JobOrder& order) {
  return static_cast<int64_t>(order.retention_hours * kMsPerHour);
}

Error ErrorOfParameter(const ParameterError& error) {
  return {400, "invalid_parameter", error.status.message(), error.parameter};
}

int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Result<std::string> DescribeJob(JobsApi& api, const queue::Viewer& viewer, const std::string& id) {
  ASSIGN_OR_RETURN(const queue::Job job, api.queue.Get(viewer, id));
  std::optional<QueuePlace> place;
  if (job.state == queue::JobState::kQueued) {
    ASSIGN_OR_RETURN(const int64_t num_before, api.queue.NumBefore(viewer, id));
    ASSIGN_OR_RETURN(const queue::QueueStatistics statistics, api.queue.Statistics());
    place = {.num_before = num_before,
             .expected_wait_ms = queue::ExpectedWaitMs(num_before, statistics, api.num_workers)};
  }
  return JobJson(job, place, NowMs());
}

SubmitCall::SubmitCall(RouteRequest request, Submitted kind, JobsApi& api,
                       std::shared_ptr<accounts::KeyQuotas::Ticket> ticket)
    : FormCall(std::move(request), FileFieldOf(kind), api.backend.spool),
      kind_(kind),
      api_(api),
      ticket_(std::move(ticket)) {}

Reply SubmitCall::Fail(const Error& error) {
  request().notes->error = error.code;
  return ErrorReply(error);
}

Reply SubmitCall::Refusal(const Status& status, int http_status) {
  if (http_status == kInsufficientStorage) return Fail(NoRoom());
  return Fail({http_status, http_status == 413 ? "too_large" : "invalid_form", status.message()});
}

void SubmitCall::Answer(Form form, ReplyWriter& writer, std::stop_token client_gone) {
  (void)writer.Send(Submit(std::move(form), std::move(client_gone)));
}

Reply SubmitCall::Submit(Form form, std::stop_token client_gone) {
  if (const auto key = request().head.headers.Find(kIdempotencyHeader)) {
    if (!IsIdempotencyKey(*key)) {
      return Fail({400, "invalid_request",
                   fmt::format("the header Idempotency-Key has to be 1 to {} printable characters",
                               kMaxIdempotencyKeyBytes)});
    }
    idempotency_key_ = *key;
  }
  OrderText text{.key_id = request().identity.key_id(),
                 .fields = std::move(form.fields),
                 .options = std::string(request().head.headers.Find(kOptionsHeader).value_or(""))};
  JobOrder order;
  if (const ParameterError error = ReadOrder(text, order); !error.status.ok()) {
    return Fail(ErrorOfParameter(error));
  }
  if (const Failure failure = CheckOrder(order)) return Fail(*failure);
  return kind_ == Submitted::kJob
             ? SubmitJob(std::move(text), order, std::move(form), std::move(client_gone))
             : SubmitBatch(std::move(text), order, std::move(form), std::move(client_gone));
}

SubmitCall::Failure SubmitCall::CheckOrder(const JobOrder& order) const {
  if (order.retention_hours > api_.max_retention_hours) {
    return Error{
        400, "invalid_parameter",
        fmt::format("this server keeps jobs for {:g} hours at most", api_.max_retention_hours),
        "retention_hours"};
  }
  if (!order.path.empty() && api_.recordings_folder.empty()) {
    return Error{400, "unsupported_parameter",
                 "this server has no folder of recordings (--recordings-dir), so jobs take uploads "
                 "only",
                 "path"};
  }
  return CheckUrls(order);
}

SubmitCall::Failure SubmitCall::CheckUrls(const JobOrder& order) const {
  const auto check = [](const std::string& url, const net::OutboundRules& hosts,
                        const char* parameter, const char* flag) -> Failure {
    if (url.empty()) return std::nullopt;
    if (hosts.empty()) {
      return Error{400, "unsupported_parameter",
                   fmt::format("this server asks no hosts for clients ({})", flag), parameter};
    }
    const Status status = hosts.Check(url);
    if (status.ok()) return std::nullopt;
    return Error{400, "invalid_parameter", fmt::format("'{}': {}", parameter, status.message()),
                 parameter};
  };
  if (order.callback_url.empty() && !order.callback_result.empty()) {
    return Error{400, "invalid_parameter", "'callback_result' goes with 'callback_url'",
                 "callback_result"};
  }
  if (Failure failure = check(order.audio_url, api_.audio_hosts, "audio_url", "--audio-url-host")) {
    return failure;
  }
  return check(order.callback_url, api_.callback_hosts, "callback_url", "--callback-host");
}

SubmitCall::Failure SubmitCall::CheckModel(const RecognitionRequest& recognition,
                                           std::stop_token client_gone) {
  // With notes of its own: nothing is recognised for this request.
  BackendRequest work(api_.backend, recognition, {.request_id = request().head.request_id},
                      std::move(client_gone));
  const auto failure = work.OpenModel();
  // A model that is being loaded can be had when the job runs.
  if (!failure.has_value() || failure->fault == Fault::kBusy) return std::nullopt;
  return ErrorOf(*failure);
}

SubmitCall::Failure SubmitCall::CheckItems(const std::vector<OrderText>& items,
                                           const std::stop_token& client_gone) {
  std::set<std::string> seen;
  for (const OrderText& item : items) {
    JobOrder order;
    (void)ReadOrder(item, order);
    if (Failure failure = CheckOrder(order)) return failure;
    if (!seen.insert(order.recognition.model).second) continue;
    if (const Failure failure = CheckModel(order.recognition, client_gone)) return failure;
  }
  return std::nullopt;
}

Reply SubmitCall::SubmitJob(OrderText text, const JobOrder& order, Form form,
                            std::stop_token client_gone) {
  const int num_recordings = (form.file != nullptr ? 1 : 0) + (order.path.empty() ? 0 : 1) +
                             (order.audio_url.empty() ? 0 : 1);
  if (num_recordings != 1) {
    return Fail({400, "invalid_parameter",
                 "the recording is missing or given twice: one of 'file', 'path' and 'audio_url'",
                 "file"});
  }
  if (const Failure failure = CheckModel(order.recognition, std::move(client_gone))) {
    return Fail(*failure);
  }
  queue::JobRequest job{.owner = request().identity.owner(),
                        .idempotency_key = idempotency_key_,
                        .payload = WritePayload(text),
                        .priority = order.priority,
                        .retention_ms = RetentionMs(order),
                        .wants_notice = !order.callback_url.empty()};
  if (form.file != nullptr) {
    auto upload = MoveIntoQueue(*form.file, api_);
    if (!upload.ok()) return Tell(upload.status());
    job.audio = *std::move(upload);
  }
  return Tell(api_.queue.Submit(std::move(job)));
}

Reply SubmitCall::SubmitBatch(OrderText text, const JobOrder& order, Form form,
                              std::stop_token client_gone) {
  if (form.file == nullptr || !order.path.empty() || !order.audio_url.empty()) {
    return Fail({400, "invalid_parameter", "a batch needs 'manifest', whose lines name recordings",
                 "manifest"});
  }
  if (form.file->size_bytes() > kMaxManifestBytes) {
    return Fail({413, "too_large",
                 fmt::format("a manifest has at most {} bytes", kMaxManifestBytes), "manifest"});
  }
  const auto manifest = ReadAll(*form.file);
  if (!manifest.ok()) return Fail(ErrorOf(InternalError(manifest.status().message())));
  const auto items = ReadManifest(*manifest, text, queue::JobQueue::kMaxBatchItems);
  if (!items.ok()) {
    return Fail({400, "invalid_manifest", items.status().message(), "manifest"});
  }
  if (const Failure failure = CheckItems(*items, client_gone)) return Fail(*failure);
  queue::BatchRequest batch{.owner = request().identity.owner(),
                            .idempotency_key = idempotency_key_,
                            .payload = WritePayload(text),
                            .priority = order.priority,
                            .retention_ms = RetentionMs(order),
                            .items = {}};
  for (const OrderText& item : *items) {
    JobOrder single;
    (void)ReadOrder(item, single);
    batch.items.push_back(
        {.payload = WritePayload(item), .wants_notice = !single.callback_url.empty()});
  }
  return Tell(api_.queue.SubmitBatch(std::move(batch)));
}

Reply SubmitCall::Tell(const Result<queue::Submission>& submission) {
  if (!submission.ok()) {
    const Status& status = submission.status();
    if (status.code() == StatusCode::kResourceExhausted) return Fail(NoRoom());
    if (status.code() != StatusCode::kAlreadyExists) return Fail(ErrorOf(status));
    return Fail({kUnprocessable, "idempotency_key_reused", status.message()});
  }
  const auto viewer = queue::Viewer::Owner(request().identity.owner());
  std::string path = kind_ == Submitted::kJob ? JobPath(submission->id) : BatchPath(submission->id);
  Result<std::string> body = std::string();
  if (kind_ == Submitted::kJob) {
    body = DescribeJob(api_, viewer, submission->id);
  } else {
    const auto batch = api_.queue.GetBatch(viewer, submission->id);
    body = batch.ok() ? Result<std::string>(BatchJson(*batch)) : batch.status();
  }
  if (!body.ok()) return Fail(ErrorOf(body.status()));
  Reply reply = JsonReply(submission->is_new ? 202 : 200, *std::move(body));
  reply.headers.Add("location", std::move(path));
  return reply;
}

}  // namespace ironscribe::api::jobs
