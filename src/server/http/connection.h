// One client's connection, of whatever protocol, as the server's list knows it.
//
// Shared: callbacks under way keep it alive. Network thread only.
#pragma once

#include <memory>

#include "server/http/event_loop.h"

namespace ironscribe::server {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  virtual ~Connection() = default;

  // Called every few milliseconds to seconds: ends what has taken too long.
  virtual void CheckDeadlines(Clock::time_point now) = 0;
  // Takes no further request; closes once those it has are answered.
  virtual void Drain() = 0;
  // Closes at once; calls under way learn that their client is gone. Takes itself off the list.
  virtual void Close() = 0;
};

}  // namespace ironscribe::server
