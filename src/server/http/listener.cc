#include "server/http/listener.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <utility>

namespace ironscribe::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// After an error that will not go away at once: too many open files, mostly.
constexpr std::chrono::milliseconds kAcceptPause{100};

// A peer that vanished without a word is noticed after a minute and a half.
constexpr int kKeepAliveIdleSeconds = 60;
constexpr int kKeepAliveIntervalSeconds = 10;
constexpr int kKeepAliveProbes = 3;

std::string PlainAddress(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

void Configure(int socket) {
  const auto set = [socket](int level, int name, int value) {
    ::setsockopt(socket, level, name, &value, sizeof(value));
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, kKeepAliveIdleSeconds);
  set(IPPROTO_TCP, TCP_KEEPINTVL, kKeepAliveIntervalSeconds);
  set(IPPROTO_TCP, TCP_KEEPCNT, kKeepAliveProbes);
}

Result<tcp::endpoint> Resolve(EventLoop& loop, const ListenerOptions& options) {
  if (options.host.empty() || options.host == "::") {
    return tcp::endpoint(tcp::v6(), options.port);
  }
  error_code error;
  const asio::ip::address address = asio::ip::make_address(options.host, error);
  if (!error) {
    return tcp::endpoint(address, options.port);
  }
  tcp::resolver resolver(loop.context());
  const auto found = resolver.resolve(options.host, std::to_string(options.port), error);
  if (error || found.empty()) {
    return NotFoundError("listening on '" + options.host + "': no such host (" + error.message() +
                         ")");
  }
  return found.begin()->endpoint();
}

}  // namespace

struct Listener::Impl : std::enable_shared_from_this<Listener::Impl> {
  Impl(EventLoop& event_loop, AcceptCallback accept_callback)
      : loop(event_loop), acceptor(event_loop.context()), callback(std::move(accept_callback)) {}

  Status Open(const tcp::endpoint& endpoint) {
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error && endpoint.address() == asio::ip::address_v6::any()) {
      acceptor.set_option(asio::ip::v6_only(false), error);
    }
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return UnavailableError("listening on " + endpoint.address().to_string() + " port " +
                              std::to_string(endpoint.port()) + ": " + error.message());
    }
    return OkStatus();
  }

  void Accept() {
    acceptor.async_accept([self = shared_from_this()](const error_code& error, tcp::socket socket) {
      if (!self->acceptor.is_open()) {
        return;
      }
      if (error && error != asio::error::connection_aborted) {
        self->loop.After(kAcceptPause, [self] { self->AcceptIfOpen(); });
        return;
      }
      if (!error) {
        self->Pass(std::move(socket));
      }
      self->AcceptIfOpen();
    });
  }

  void AcceptIfOpen() {
    if (acceptor.is_open()) {
      Accept();
    }
  }

  void Pass(tcp::socket socket) {
    error_code error;
    const tcp::endpoint peer = socket.remote_endpoint(error);
    if (!error) socket.non_blocking(true, error);
    if (error) {
      return;  // gone already
    }
    io::Descriptor descriptor(socket.release(error));
    Configure(descriptor.get());
    callback(std::move(descriptor), PlainAddress(peer.address()));
  }

  EventLoop& loop;
  tcp::acceptor acceptor;
  AcceptCallback callback;
};

Result<std::unique_ptr<Listener>> Listener::Open(EventLoop& loop, const ListenerOptions& options,
                                                 AcceptCallback callback) {
  ASSIGN_OR_RETURN(tcp::endpoint endpoint, Resolve(loop, options));
  auto impl = std::make_shared<Impl>(loop, std::move(callback));
  Status opened = impl->Open(endpoint);
  if (!opened.ok() && options.host.empty()) {
    // A kernel without IPv6.
    impl = std::make_shared<Impl>(loop, std::move(impl->callback));
    opened = impl->Open(tcp::endpoint(tcp::v4(), options.port));
  }
  RETURN_IF_ERROR(opened.Annotate("listener '" + options.name + "'"));
  impl->Accept();
  return std::unique_ptr<Listener>(new Listener(std::move(impl)));
}

Listener::~Listener() { Close(); }

uint16_t Listener::port() const {
  error_code error;
  return impl_->acceptor.local_endpoint(error).port();
}

void Listener::Close() {
  error_code ignored;
  impl_->acceptor.close(ignored);
}

}  // namespace ironscribe::server
