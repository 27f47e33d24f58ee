// A call whose body is a form with one file: takes it as it comes, then answers. For protocols to
// derive from.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "api/form.h"
#include "api/reply.h"
#include "api/router.h"
#include "api/service.h"

namespace ironscribe::api {

class FormCall : public Call {
 public:
  FormCall(RouteRequest request, std::string_view file_field, std::shared_ptr<Spool> spool);

  std::optional<Reply> TakeBody(std::string_view piece) final;
  void Run(ReplyWriter& writer, std::stop_token client_gone) final;

 protected:
  // How the protocol says what went wrong, `http_status` being settled: 400, 413, 503 or 507.
  virtual Reply Refusal(const Status& status, int http_status) = 0;
  // The whole form is there. Runs on a worker.
  virtual void Answer(Form form, ReplyWriter& writer, std::stop_token client_gone) = 0;

  const RouteRequest& request() const { return request_; }

 private:
  Reply Refuse(const Status& status);

  const RouteRequest request_;
  Status refusal_;  // Why the body is not wanted; Ok while it is.
  std::unique_ptr<FormReader> reader_;
};

}  // namespace ironscribe::api
