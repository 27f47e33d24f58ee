// What a request has with it on its way through the backend, whichever protocol it came by.
#pragma once

#include <memory>
#include <string>

#include "api/admission_gate.h"
#include "api/request_record.h"

namespace ironscribe::api {

struct RequestWork {
  std::string request_id{};  // Decides between the models of an alias.
  std::shared_ptr<CallNotes> notes = std::make_shared<CallNotes>();
  // Null: it need not wait for its turn, and nobody counts what it uses.
  std::shared_ptr<AdmissionGate::Place> place = nullptr;
};

}  // namespace ironscribe::api
