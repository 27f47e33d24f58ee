#include "api/form_call.h"

#include <utility>

namespace ironscribe::api {
namespace {

constexpr int kServiceUnavailable = 503;
constexpr int kInsufficientStorage = 507;

int HttpStatusOfForm(const Status& status) {
  switch (status.code()) {
    case StatusCode::kInvalidArgument:
      return 400;
    case StatusCode::kOutOfRange:
      return 413;
    default:
      return kInsufficientStorage;
  }
}

}  // namespace

FormCall::FormCall(RouteRequest request, std::string_view file_field, std::shared_ptr<Spool> spool)
    : request_(std::move(request)) {
  const std::string_view type = request_.head.headers.Find("content-type").value_or("");
  auto reader = FormReader::Create(type, std::string(file_field), std::move(spool),
                                   request_.identity.key_id());
  refusal_ = reader.status();
  if (reader.ok()) reader_ = *std::move(reader);
}

Reply FormCall::Refuse(const Status& status) {
  Reply reply = Refusal(status, HttpStatusOfForm(status));
  // A full spool empties within seconds; the disk's own errors are not to be shown outside.
  if (reply.status == kInsufficientStorage) reply.headers.Set("retry-after", "10");
  return reply;
}

std::optional<Reply> FormCall::TakeBody(std::string_view piece) {
  if (request_.place != nullptr) {
    if (const auto lost = request_.place->Lost()) {
      Reply reply = Refusal(lost->status, kServiceUnavailable);
      SetRetryAfter(reply, lost->retry_after_seconds);
      return reply;
    }
  }
  if (refusal_.ok()) refusal_ = reader_->Take(piece);
  if (refusal_.ok()) return std::nullopt;
  return Refuse(refusal_);
}

void FormCall::Run(ReplyWriter& writer, std::stop_token client_gone) {
  if (!refusal_.ok()) {
    (void)writer.Send(Refuse(refusal_));
    return;
  }
  auto form = reader_->Finish();
  if (!form.ok()) {
    (void)writer.Send(Refuse(form.status()));
    return;
  }
  Answer(*std::move(form), writer, std::move(client_gone));
}

}  // namespace ironscribe::api
