// POST /v1/jobs and /v1/job-batches: a form with a recording, or with a manifest of many.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "api/form_call.h"
#include "api/jobs/job_order.h"
#include "api/jobs/jobs_api.h"
#include "api/jobs/replies.h"

namespace ironscribe::api::jobs {

// As an Idempotency-Key header may be (draft-ietf-httpapi-idempotency-key-header).
inline constexpr size_t kMaxIdempotencyKeyBytes = 255;
// A hundred thousand lines of paths and options.
inline constexpr uint64_t kMaxManifestBytes = uint64_t{64} << 20;

enum class Submitted { kJob, kBatch };

class SubmitCall final : public FormCall {
 public:
  // `api` outlives it. `ticket`, which may be null, lasts as long as the call.
  SubmitCall(RouteRequest request, Submitted kind, JobsApi& api,
             std::shared_ptr<accounts::KeyQuotas::Ticket> ticket);

 protected:
  Reply Refusal(const Status& status, int http_status) override;
  void Answer(Form form, ReplyWriter& writer, std::stop_token client_gone) override;

 private:
  using Failure = std::optional<Error>;

  Reply Fail(const Error& error);
  Reply Submit(Form form, std::stop_token client_gone);
  Reply SubmitJob(OrderText text, const JobOrder& order, Form form, std::stop_token client_gone);
  Reply SubmitBatch(OrderText text, const JobOrder& order, Form form, std::stop_token client_gone);
  // Whether the server has the model, and the model takes the options.
  Failure CheckModel(const RecognitionRequest& request, std::stop_token client_gone);
  // The orders of a manifest.
  Failure CheckItems(const std::vector<OrderText>& items, const std::stop_token& client_gone);
  Failure CheckOrder(const JobOrder& order) const;
  Failure CheckUrls(const JobOrder& order) const;
  Reply Tell(const Result<queue::Submission>& submission);

  const Submitted kind_;
  JobsApi& api_;
  const std::shared_ptr<accounts::KeyQuotas::Ticket> ticket_;
  std::string idempotency_key_;
};

// Where the job stands, with its place in the queue.
Result<std::string> DescribeJob(JobsApi& api, const queue::Viewer& viewer, const std::string& id);

}  // namespace ironscribe::api::jobs
