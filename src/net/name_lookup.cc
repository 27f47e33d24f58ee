#include "net/name_lookup.h"

#include <netdb.h>
#include <sys/socket.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "net/socket_address.h"

namespace ironscribe::net {

using Addresses = Result<std::vector<std::string>>;

struct NameLookup::Shared {
  const Resolver resolve;
  std::atomic<int> num_lookups{0};
};

namespace {

// One lookup, for its thread and whoever waits for it.
struct Lookup {
  std::mutex mutex;
  std::condition_variable_any found;
  std::optional<Addresses> addresses;
};

}  // namespace

Addresses ResolveBySystem(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) {
    return UnavailableError("its name has no address now");
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, &freeaddrinfo);
  std::vector<std::string> addresses;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    addresses.push_back(AddressText(*one->ai_addr));
  }
  return addresses;
}

NameLookup::NameLookup(Resolver resolve) : shared_(std::make_shared<Shared>(std::move(resolve))) {}

Addresses NameLookup::Find(const std::string& host, std::chrono::milliseconds timeout,
                           const std::stop_token& stop) const {
  if (shared_->num_lookups.fetch_add(1) >= kMaxLookups) {
    shared_->num_lookups.fetch_sub(1);
    return UnavailableError("names are not found now");
  }
  const auto lookup = std::make_shared<Lookup>();
  // The thread is nobody's: joining it would be waiting for the resolver.
  try {
    std::thread([shared = shared_, lookup, host] {
      Addresses addresses = shared->resolve(host);
      {
        const std::lock_guard lock(lookup->mutex);
        lookup->addresses = std::move(addresses);
      }
      lookup->found.notify_all();
      shared->num_lookups.fetch_sub(1);
    }).detach();
  } catch (const std::system_error&) {
    shared_->num_lookups.fetch_sub(1);
    return UnavailableError("names are not found now");
  }
  std::unique_lock lock(lookup->mutex);
  lookup->found.wait_for(lock, stop, timeout, [&] { return lookup->addresses.has_value(); });
  if (lookup->addresses.has_value()) return *std::move(lookup->addresses);
  if (stop.stop_requested()) return CancelledError("interrupted");
  return Status(StatusCode::kDeadlineExceeded, "its name took too long to find");
}

}  // namespace ironscribe::net
