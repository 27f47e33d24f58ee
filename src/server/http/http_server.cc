#include "server/http/http_server.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "server/http/arrival.h"
#include "server/http/connection.h"
#include "server/http/event_loop.h"
#include "server/http/listener.h"
#include "server/http/server_core.h"
#include "server/http/tls_context.h"
#include "server/http/worker_pool.h"

namespace ironscribe::server {
namespace {

using std::chrono::milliseconds;

// Connections beyond the limit that are told so at one time; those beyond are closed without a
// word.
constexpr size_t kMaxOverflows = 64;

// Deadlines are looked at this often: an eighth of the shortest, within bounds.
constexpr milliseconds kMinTick{5};
constexpr milliseconds kMaxTick{500};

milliseconds Tick(const HttpOptions& options) {
  const milliseconds shortest =
      std::min({options.header_timeout, options.keep_alive_timeout, options.body_idle_timeout,
                options.write_idle_timeout, options.linger_timeout, options.rate_grace});
  return std::clamp(shortest / 8, kMinTick, kMaxTick);
}

}  // namespace

class HttpServer::Impl : public ConnectionList {
 public:
  Impl(const HttpOptions& options, api::Service& service, AccessObserver observer)
      : workers_(options.max_workers),
        core_(loop_, service, workers_, options, std::move(observer)) {
    core_.connections = this;
  }

  Status Listen(const std::vector<ListenerOptions>& listeners);
  void Begin();
  Status ReloadCertificates();
  void StartDrain(const DrainTimes& times);
  bool WaitUntilDrained();
  void Stop();

  uint16_t Port(std::string_view name) const;
  HttpCounts counts() const;

  void Add(std::shared_ptr<Connection> connection) override;
  void Remove(const Connection* connection) override;

 private:
  struct OpenPort {
    ListenerOptions options;
    uint16_t number = 0;
    std::unique_ptr<Listener> listener;
    std::shared_ptr<const TlsContext> tls;
  };

  void Accept(const OpenPort& port, io::Descriptor socket, std::string peer_address);
  void TurnAway(const OpenPort& port, io::Descriptor socket);
  void OnTick();
  void StopAccepting();
  void CloseAll();
  // Every connection at this moment: handling one may take it off the list.
  std::vector<std::shared_ptr<Connection>> Snapshot() const;
  void FinishDrain(bool in_time);

  EventLoop loop_;
  WorkerPool workers_;
  ServerCore core_;
  std::vector<std::unique_ptr<OpenPort>> ports_;
  std::unordered_map<const Connection*, std::shared_ptr<Connection>> connections_;
  std::unordered_map<const Connection*, std::shared_ptr<Connection>> overflows_;
  std::atomic<int> connection_count_{0};
  std::thread thread_;
  bool stopped_ = false;

  mutable std::mutex mutex_;  // of what follows
  std::condition_variable drained_;
  enum class Drain { kNo, kRunning, kDone, kLate } drain_ = Drain::kNo;
  Clock::time_point drain_deadline_{};
};

Status HttpServer::Impl::Listen(const std::vector<ListenerOptions>& listeners) {
  for (const ListenerOptions& options : listeners) {
    auto port = std::make_unique<OpenPort>();
    port->options = options;
    if (options.tls.has_value()) {
      ASSIGN_OR_RETURN(port->tls, TlsContext::Load(*options.tls));
    }
    ASSIGN_OR_RETURN(
        port->listener,
        Listener::Open(loop_, options,
                       [this, raw = port.get()](io::Descriptor socket, std::string peer_address) {
                         Accept(*raw, std::move(socket), std::move(peer_address));
                       }));
    port->number = port->listener->port();
    ports_.push_back(std::move(port));
  }
  return OkStatus();
}

void HttpServer::Impl::Begin() {
  loop_.Every(Tick(core_.options), [this] { OnTick(); });
  thread_ = std::thread([this] { loop_.Run(); });
}

void HttpServer::Impl::Accept(const OpenPort& port, io::Descriptor socket,
                              std::string peer_address) {
  if (connections_.size() >= static_cast<size_t>(std::max(1, core_.options.max_connections))) {
    TurnAway(port, std::move(socket));
    return;
  }
  ConnectionOrigin origin{port.options.name, std::move(peer_address), port.tls != nullptr,
                          Clock::now()};
  auto arrival = std::make_shared<Arrival>(core_, Stream::Adopt(loop_, std::move(socket), port.tls),
                                           std::move(origin));
  Add(arrival);
  arrival->Begin();
}

void HttpServer::Impl::TurnAway(const OpenPort& port, io::Descriptor socket) {
  if (port.tls != nullptr || overflows_.size() >= kMaxOverflows) {
    return;  // a handshake only to say no would cost more than it is worth
  }
  auto overflow =
      std::make_shared<Overflow>(core_, Stream::Adopt(loop_, std::move(socket), nullptr));
  overflows_.emplace(overflow.get(), overflow);
  overflow->Begin();
}

void HttpServer::Impl::Add(std::shared_ptr<Connection> connection) {
  const Connection* key = connection.get();
  connections_.emplace(key, std::move(connection));
  connection_count_ = static_cast<int>(connections_.size());
}

void HttpServer::Impl::Remove(const Connection* connection) {
  connections_.erase(connection);
  overflows_.erase(connection);
  connection_count_ = static_cast<int>(connections_.size());
}

std::vector<std::shared_ptr<Connection>> HttpServer::Impl::Snapshot() const {
  std::vector<std::shared_ptr<Connection>> all;
  all.reserve(connections_.size() + overflows_.size());
  for (const auto* list : {&connections_, &overflows_}) {
    for (const auto& [key, connection] : *list) {
      all.push_back(connection);
    }
  }
  return all;
}

void HttpServer::Impl::OnTick() {
  const Clock::time_point now = Clock::now();
  for (const std::shared_ptr<Connection>& connection : Snapshot()) {
    connection->CheckDeadlines(now);
  }
  std::unique_lock lock(mutex_);
  if (drain_ != Drain::kRunning) {
    return;
  }
  const bool late = now >= drain_deadline_;
  lock.unlock();
  const WorkerPool::Counts workers = workers_.counts();
  const bool accepting = std::any_of(ports_.begin(), ports_.end(),
                                     [](const auto& port) { return port->listener != nullptr; });
  if (!accepting && connections_.empty() && workers.running == 0 && workers.queued == 0) {
    FinishDrain(true);
  } else if (late) {
    StopAccepting();
    CloseAll();
    FinishDrain(false);
  }
}

void HttpServer::Impl::FinishDrain(bool in_time) {
  const std::lock_guard lock(mutex_);
  drain_ = in_time ? Drain::kDone : Drain::kLate;
  drained_.notify_all();
}

void HttpServer::Impl::StopAccepting() {
  for (const auto& port : ports_) {
    port->listener.reset();
  }
  for (const std::shared_ptr<Connection>& connection : Snapshot()) {
    connection->Drain();
  }
}

void HttpServer::Impl::CloseAll() {
  for (const std::shared_ptr<Connection>& connection : Snapshot()) {
    connection->Close();
  }
}

Status HttpServer::Impl::ReloadCertificates() {
  // The options of ports never change, so they may be read here; contexts belong to the loop.
  auto fresh = std::make_shared<std::vector<std::shared_ptr<const TlsContext>>>(ports_.size());
  for (size_t i = 0; i < ports_.size(); ++i) {
    const ListenerOptions& options = ports_[i]->options;
    if (options.tls.has_value()) {
      Result<std::shared_ptr<const TlsContext>> context = TlsContext::Load(*options.tls);
      if (!context.ok()) {
        return context.status().Annotate("listener '" + options.name + "' keeps its certificate");
      }
      (*fresh)[i] = std::move(context).value();
    }
  }
  loop_.Post([this, fresh] {
    for (size_t i = 0; i < ports_.size(); ++i) {
      ports_[i]->tls = (*fresh)[i];
    }
  });
  return OkStatus();
}

void HttpServer::Impl::StartDrain(const DrainTimes& times) {
  {
    const std::lock_guard lock(mutex_);
    if (drain_ != Drain::kNo) {
      return;
    }
    drain_ = Drain::kRunning;
    drain_deadline_ = Clock::now() + times.deadline;
  }
  loop_.Post([this, delay = times.delay] {
    core_.draining = true;
    loop_.After(delay, [this] { StopAccepting(); });
  });
}

bool HttpServer::Impl::WaitUntilDrained() {
  std::unique_lock lock(mutex_);
  drained_.wait(lock, [this] { return drain_ == Drain::kDone || drain_ == Drain::kLate; });
  return drain_ == Drain::kDone;
}

void HttpServer::Impl::Stop() {
  if (std::exchange(stopped_, true)) {
    return;
  }
  if (thread_.joinable()) {
    loop_.Post([this] {
      StopAccepting();
      CloseAll();
    });
    workers_.Stop();  // calls learn from the tokens that CloseAll stops
    // Behind everything that closing posted.
    loop_.Post([this] { loop_.Post([this] { loop_.Stop(); }); });
    thread_.join();
  }
  FinishDrain(false);
}

uint16_t HttpServer::Impl::Port(std::string_view name) const {
  for (const auto& port : ports_) {
    if (port->options.name == name) {
      return port->number;
    }
  }
  return 0;
}

HttpCounts HttpServer::Impl::counts() const {
  const WorkerPool::Counts workers = workers_.counts();
  return {connection_count_.load(), workers.running, workers.queued, workers.threads};
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() { impl_->Stop(); }

Result<std::unique_ptr<HttpServer>> HttpServer::Start(const std::vector<ListenerOptions>& listeners,
                                                      const HttpOptions& options,
                                                      api::Service& service,
                                                      AccessObserver observer) {
  auto impl = std::make_unique<Impl>(options, service, std::move(observer));
  RETURN_IF_ERROR(impl->Listen(listeners));
  impl->Begin();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

uint16_t HttpServer::Port(std::string_view listener) const { return impl_->Port(listener); }
HttpCounts HttpServer::counts() const { return impl_->counts(); }
Status HttpServer::ReloadCertificates() { return impl_->ReloadCertificates(); }
void HttpServer::StartDrain(const DrainTimes& times) { impl_->StartDrain(times); }
bool HttpServer::WaitUntilDrained() { return impl_->WaitUntilDrained(); }
void HttpServer::Stop() { impl_->Stop(); }

}  // namespace ironscribe::server
