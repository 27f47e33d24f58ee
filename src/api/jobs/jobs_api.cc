#include "api/jobs/jobs_api.h"

#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <span>
#include <utility>

#include "api/jobs/job_order.h"
#include "api/jobs/job_result.h"
#include "api/jobs/replies.h"
#include "api/jobs/submit_call.h"
#include "api/parameter_values.h"

namespace ironscribe::api::jobs {
namespace {

Status TakeState(std::string_view value, queue::ListQuery& query) {
  ASSIGN_OR_RETURN(query.state, queue::ParseJobState(value));
  return OkStatus();
}

Status TakeBatch(std::string_view value, queue::ListQuery& query) {
  query.batch_id = value;
  return value.empty() ? Wrong("the id of a batch") : OkStatus();
}

Status TakeCursor(std::string_view value, queue::ListQuery& query) {
  query.cursor = value;
  return OkStatus();
}

Status TakeLimit(std::string_view value, queue::ListQuery& query) {
  return TakeNumber(value, 1, queue::kMaxPage, query.limit);
}

constexpr Treatment kHonoured = Treatment::kHonoured;

constexpr Parameter<queue::ListQuery> kListRows[] = {
    {{"state", kHonoured, "`queued`, `running`, `succeeded`, `failed`, `cancelled` or `dead`"},
     TakeState},
    {{"batch", kHonoured, "only the jobs of this batch"}, TakeBatch},
    {{"limit", kHonoured, "jobs of a page, 1 to 1000 (100)"}, TakeLimit},
    {{"cursor", kHonoured, "`next_cursor` of the page before"}, TakeCursor},
};

struct ResultQuery {
  std::string format = "json";
};

Status TakeFormat(std::string_view value, ResultQuery& query) {
  query.format = value;
  return ContentTypeOf(value).empty() ? Wrong("json, txt, srt, vtt or tsv") : OkStatus();
}

constexpr Parameter<ResultQuery> kResultRows[] = {
    {{"format", kHonoured, "`json`, `txt`, `srt`, `vtt` or `tsv` (json)"}, TakeFormat},
};

template <typename Query>
Status ReadQuery(const RouteRequest& request, std::span<const Parameter<Query>> table,
                 Query& query) {
  for (const QueryParameter& parameter : request.head.query) {
    RETURN_IF_ERROR(TakeParameter(table, parameter.name, parameter.value, query).status);
  }
  return OkStatus();
}

int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// What a request is answered from, on a worker.
struct Asked {
  JobsApi& api;
  const RouteRequest& request;
  queue::Viewer viewer;
  std::string id;  // Of the path; empty where it has none.
};

// Best effort: what the owner asked for is done, whatever becomes of the line.
void Audit(const Asked& asked, std::string_view action) {
  if (asked.api.audit == nullptr) return;
  (void)asked.api.audit->Append(asked.request.identity.key_id(), action, asked.id, "ok");
}

using Answer = std::function<Result<Reply>(const Asked& asked)>;

Reply TextReply(std::string_view type, std::string body) {
  return {.status = 200, .headers = {{"content-type", std::string(type)}}, .body = std::move(body)};
}

Result<Reply> GetJob(const Asked& asked) {
  ASSIGN_OR_RETURN(std::string body, DescribeJob(asked.api, asked.viewer, asked.id));
  return JsonReply(200, std::move(body));
}

Result<Reply> ListJobs(const Asked& asked) {
  queue::ListQuery query;
  RETURN_IF_ERROR(ReadQuery<queue::ListQuery>(asked.request, kListRows, query));
  if (!query.batch_id.empty()) {
    RETURN_IF_ERROR(asked.api.queue.GetBatch(asked.viewer, query.batch_id).status());
  }
  ASSIGN_OR_RETURN(const queue::JobPage page, asked.api.queue.List(asked.viewer, query));
  return JsonReply(200, ListJson(page, NowMs()));
}

Result<Reply> GetResult(const Asked& asked) {
  ResultQuery query;
  RETURN_IF_ERROR(ReadQuery<ResultQuery>(asked.request, kResultRows, query));
  const auto result = asked.api.queue.ReadResult(asked.viewer, asked.id);
  if (result.status().code() == StatusCode::kFailedPrecondition) {
    return ErrorReply({409, "no_result", result.status().message()});
  }
  RETURN_IF_ERROR(result.status());
  const auto text = ReadResultFormat(*result, query.format);
  if (!text.ok()) return InternalError(text.status().message());
  return TextReply(ContentTypeOf(query.format), *text);
}

Result<Reply> CancelJob(const Asked& asked) {
  const Status status = asked.api.queue.Cancel(asked.viewer, asked.id);
  if (status.code() == StatusCode::kFailedPrecondition) {
    return ErrorReply({409, "already_final", status.message()});
  }
  RETURN_IF_ERROR(status);
  Audit(asked, "job.cancel");
  return GetJob(asked);
}

Reply DeletedReply(const Asked& asked, int64_t count) {
  return JsonReply(200, fmt::format(R"({{"id":"{}","deleted":true,"jobs":{}}})", asked.id, count));
}

Result<Reply> DeleteJob(const Asked& asked) {
  RETURN_IF_ERROR(asked.api.queue.Delete(asked.viewer, asked.id));
  Audit(asked, "job.delete");
  return DeletedReply(asked, 1);
}

Result<Reply> GetBatch(const Asked& asked) {
  ASSIGN_OR_RETURN(const queue::Batch batch, asked.api.queue.GetBatch(asked.viewer, asked.id));
  return JsonReply(200, BatchJson(batch));
}

Result<Reply> CancelBatch(const Asked& asked) {
  RETURN_IF_ERROR(asked.api.queue.CancelBatch(asked.viewer, asked.id).status());
  Audit(asked, "batch.cancel");
  return GetBatch(asked);
}

Result<Reply> DeleteBatch(const Asked& asked) {
  ASSIGN_OR_RETURN(const int64_t count, asked.api.queue.DeleteBatch(asked.viewer, asked.id));
  Audit(asked, "batch.delete");
  return DeletedReply(asked, count);
}

struct RouteRow {
  const char* method;
  const char* pattern;
  Result<Reply> (*answer)(const Asked& asked);
  const char* note;
};

constexpr RouteRow kRouteRows[] = {
    {"POST", "/v1/jobs", nullptr, "submits a recording: 202 with the job, 200 for a repetition"},
    {"GET", "/v1/jobs", ListJobs, "the newest first, in pages"},
    {"GET", "/v1/jobs/{id}", GetJob, "state, progress, place in the queue, expected times"},
    {"GET", "/v1/jobs/{id}/result", GetResult, "the transcript; 409 while there is none"},
    {"POST", "/v1/jobs/{id}/cancel", CancelJob, "at once, running or not; 409 when it is final"},
    {"DELETE", "/v1/jobs/{id}", DeleteJob, "with recording and result, whatever its state"},
    {"POST", "/v1/job-batches", nullptr, "submits many recordings: 202 with the batch"},
    {"GET", "/v1/job-batches/{id}", GetBatch, "how many of its jobs are in which state"},
    {"POST", "/v1/job-batches/{id}/cancel", CancelBatch, "all of its jobs that are not final"},
    {"DELETE", "/v1/job-batches/{id}", DeleteBatch, "with all of its jobs"},
};

Reply Refuse(const Status& status) { return ErrorReply(ErrorOf(status)); }

// Queries are of the database, so they run on workers.
RouteOutcome AnswerLater(JobsApi& api, RouteRequest request, const Answer& answer) {
  return MakeCall([&api, answer, request = std::move(request)](const std::stop_token&) {
    const Asked asked{.api = api,
                      .request = request,
                      .viewer = queue::Viewer::Owner(request.identity.owner()),
                      .id = request.parameters.empty() ? "" : request.parameters[0]};
    auto reply = answer(asked);
    if (reply.ok()) return *std::move(reply);
    const Error error = ErrorOf(reply.status());
    request.notes->error = error.code;
    return ErrorReply(error);
  });
}

// A submission counts as a request of its key until it is answered.
RouteOutcome BeginSubmission(JobsApi& api, RouteRequest request, Submitted kind) {
  std::shared_ptr<accounts::KeyQuotas::Ticket> ticket;
  if (api.quotas != nullptr) {
    auto begun = api.quotas->Begin(request.identity.key());
    if (const auto* refusal = std::get_if<accounts::QuotaRefusal>(&begun)) {
      constexpr int kMsPerSecond = 1000;
      Reply reply = Refuse(ResourceExhaustedError(
          fmt::format("the key is at its limit of {}", QuotaLimitName(refusal->limit))));
      SetRetryAfter(reply,
                    static_cast<int>((refusal->retry_after_ms + kMsPerSecond - 1) / kMsPerSecond));
      request.notes->error = "too_many_requests";
      return reply;
    }
    ticket = std::make_shared<accounts::KeyQuotas::Ticket>(
        std::get<accounts::KeyQuotas::Ticket>(std::move(begun)));
  }
  return std::make_unique<SubmitCall>(std::move(request), kind, api, std::move(ticket));
}

template <typename Row>
std::vector<ParameterDescription> Descriptions(std::span<const Row> table) {
  std::vector<ParameterDescription> rows;
  for (const Row& row : table) rows.push_back(row.description);
  return rows;
}

constexpr const char* kIntroduction =
    "# Jobs\n\n"
    "Made from the tables that requests are read by (`src/api/jobs`); do not edit.\n\n"
    "A recording is handed in and answered at once; a durable queue keeps it through crashes and\n"
    "power cuts of the server until it is transcribed. Results are byte for byte what `ironscribe\n"
    "transcribe` writes with the same options, in every format. A key sees the jobs of its "
    "owner.\n\n"
    "    curl http://127.0.0.1:8080/v1/jobs -H 'Idempotency-Key: call-4711' -F file=@call.wav\n"
    "    curl http://127.0.0.1:8080/v1/jobs/ID\n"
    "    curl http://127.0.0.1:8080/v1/jobs/ID/result?format=srt\n\n";

constexpr const char* kAboutBatches =
    "\n## A manifest\n\n"
    "`POST /v1/job-batches` takes a form with `manifest`, a file of lines, each a JSON object with "
    "`path` or\n"
    "`audio_url` and any of the parameters above; what it does not say is taken from the fields of "
    "the form. At\n"
    "most 100,000 lines and 64 MiB. All of it is accepted, or nothing.\n\n"
    "    {\"path\": \"2026/11/call-1.wav\", \"name\": \"call 1\"}\n"
    "    {\"path\": \"2026/11/call-2.wav\", \"language\": \"de\"}\n\n"
    "    curl http://127.0.0.1:8080/v1/job-batches -F language=en -F manifest=@calls.jsonl\n";

constexpr const char* kAboutCallbacks =
    "\n## Callbacks\n\n"
    "The receiver gets `POST` with `{\"type\": \"job.finished\", \"id\", \"data\"}`, `data` "
    "being the job as\n"
    "`GET /v1/jobs/ID` tells it, without anything that was said. `callback_result` adds "
    "`\"result\": {\"format\", \"text\"}`;\n"
    "texts above 8 MiB are left out (`too_large`).\n\n"
    "- Headers are those of Standard Webhooks: `webhook-id`, `webhook-timestamp` and "
    "`webhook-signature`,\n"
    "  `v1,` and the base64 of HMAC-SHA256 over `ID.TIMESTAMP.BODY` with the operator's secret; "
    "several\n"
    "  signatures while a secret is being replaced. Refuse old timestamps.\n"
    "- 2xx within ten seconds is taken as received. Everything else is tried again after 2 s, 4 s "
    "and so on up\n"
    "  to an hour, 15 times in all, across restarts; 410 ends it at once. Redirects are not "
    "followed.\n"
    "- A callback may come twice, with the same `webhook-id`. One that waits goes with its job "
    "when "
    "that is\n"
    "  deleted.\n"
    "- `callback.state` of the job is `waiting`, `delivered` or `given_up`.\n";

constexpr const char* kAboutJobs =
    "\n## Rules\n\n"
    "- `Idempotency-Key` (1 to 255 printable characters): the same request again gives the same "
    "job;\n"
    "  another request with the key is refused with 422. A key is free again when its job is "
    "deleted.\n"
    "- Order: normal before low priority, then the owner with the fewest running jobs, the longest "
    "not\n"
    "  served, the oldest job.\n"
    "- A job whose attempts end three times without coming further is `dead`: it probably brings "
    "the\n"
    "  server down.\n"
    "- Errors are `{\"error\": {\"code\", \"message\", \"parameter\"}}`; a job that failed has one "
    "too.\n"
    "- Times are UTC; `deleted_at` is when job, recording and results will be gone.\n";

}  // namespace

void AddRoutes(Router& router, JobsApi& api) {
  for (const RouteRow& row : kRouteRows) {
    const bool submits = row.answer == nullptr;
    const auto kind =
        std::string_view(row.pattern) == "/v1/jobs" ? Submitted::kJob : Submitted::kBatch;
    router.Add({.method = row.method,
                .pattern = row.pattern,
                .access = RouteAccess::kKey,
                .scope = accounts::Scope::kJobs,
                .api = "jobs",
                .handle = [&api, row, submits, kind](RouteRequest request) -> RouteOutcome {
                  if (!submits) return AnswerLater(api, std::move(request), row.answer);
                  return BeginSubmission(api, std::move(request), kind);
                },
                .refuse = Refuse});
  }
}

std::vector<ParameterDescription> ListParameters() {
  return Descriptions<Parameter<queue::ListQuery>>(kListRows);
}

std::vector<ParameterDescription> ResultParameters() {
  return Descriptions<Parameter<ResultQuery>>(kResultRows);
}

std::string WriteDocument() {
  std::string text = kIntroduction;
  text += "| method | path | |\n|---|---|---|\n";
  for (const RouteRow& row : kRouteRows) {
    text += fmt::format("| {} | `{}` | {} |\n", row.method, row.pattern, row.note);
  }
  text += "\n## Submitting: fields of the form\n\n";
  text += WriteParameterTable(Descriptions(OrderParameters()));
  text += kAboutBatches;
  text += "\n## Lists: query\n\n" + WriteParameterTable(ListParameters());
  text += "\n## Results: query\n\n" + WriteParameterTable(ResultParameters());
  text += kAboutCallbacks;
  text += kAboutJobs;
  return text;
}

}  // namespace ironscribe::api::jobs
