// Looks names up so that whoever waits can stop waiting.
//
// The system's resolver blocks for as long as its configuration says and cannot be told to stop, so
// each lookup has a thread of its own. One that nobody waits for any more ends by itself; so that a
// name server that hangs does not gather threads without end, there are kMaxLookups at most.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/status.h"

namespace ironscribe::net {

// The addresses of a name, as text. Errors: Unavailable. Blocks; may run on when nobody waits for
// it, so it refers to nothing that could be gone then.
using Resolver = std::function<Result<std::vector<std::string>>(const std::string& host)>;

// The system's; blocks for as long as its configuration says.
Result<std::vector<std::string>> ResolveBySystem(const std::string& host);

// Thread-safe. Its end waits for nothing.
class NameLookup {
 public:
  // At once, those included that nobody waits for. More than all senders of callbacks and fetchers
  // of recordings that a server has by default need.
  static constexpr int kMaxLookups = 32;

  explicit NameLookup(Resolver resolve);

  // Errors: Cancelled, DeadlineExceeded, Unavailable when too many lookups hang, those of the
  // resolver.
  Result<std::vector<std::string>> Find(const std::string& host, std::chrono::milliseconds timeout,
                                        const std::stop_token& stop) const;

 private:
  // What lookups that outlive this need.
  struct Shared;
  const std::shared_ptr<Shared> shared_;
};

}  // namespace ironscribe::net
