// Which service answers on which listener: administration has a router of its own, so that what is
// of the admin listener is nowhere else.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "api/service.h"

namespace ironscribe::api {

// Immutable; as safe as the services behind it.
class ListenerSwitch final : public Service {
 public:
  // All services outlive it. `others` answers on every listener that is not named.
  ListenerSwitch(Service& others, std::map<std::string, Service*> by_listener)
      : others_(others), by_listener_(std::move(by_listener)) {}

  Admission Admit(const RequestHead& head) override {
    const auto found = by_listener_.find(head.listener);
    return found == by_listener_.end() ? others_.Admit(head) : found->second->Admit(head);
  }

 private:
  Service& others_;
  const std::map<std::string, Service*> by_listener_;
};

}  // namespace ironscribe::api
