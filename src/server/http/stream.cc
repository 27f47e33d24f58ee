// Boost.Asio only says when the socket is ready; bytes go through recv and send, or through OpenSSL
// on top of them.
#include "server/http/stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <climits>
#include <utility>

#include "server/http/socket_bio.h"
#include "server/http/tls_context.h"

namespace ironscribe::server {
namespace {

namespace posix = boost::asio::posix;

class PlainStream : public Stream {
 public:
  PlainStream(EventLoop& loop, io::Descriptor socket)
      : loop_(loop), descriptor_(loop.context()), socket_(socket.get()) {
    boost::system::error_code error;
    descriptor_.assign(socket.get(), error);
    if (!error) {
      socket.Release();
    } else {
      socket_ = -1;
    }
  }
  ~PlainStream() override { PlainStream::Close(); }

  StreamOutcome Handshake() override { return StreamOutcome::kDone; }

  StreamTransfer Read(std::span<char> buffer) override {
    const ssize_t count = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (count > 0) {
      return {StreamOutcome::kDone, static_cast<size_t>(count)};
    }
    return {count == 0 ? StreamOutcome::kEnd : FromErrno(), 0};
  }

  StreamTransfer Write(std::string_view bytes) override {
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      return {StreamOutcome::kDone, static_cast<size_t>(count)};
    }
    return {FromErrno(), 0};
  }

  void ShutdownWrite() override { ::shutdown(socket_, SHUT_WR); }

  void WhenReadable(std::function<void()> callback) override {
    Wait(posix::descriptor_base::wait_read, std::move(callback));
  }
  void WhenWritable(std::function<void()> callback) override {
    Wait(posix::descriptor_base::wait_write, std::move(callback));
  }

  void Close() override {
    *open_ = false;
    socket_ = -1;
    boost::system::error_code ignored;
    descriptor_.close(ignored);
  }

  void Abort() override {
    constexpr linger kAtOnce{.l_onoff = 1, .l_linger = 0};
    static_cast<void>(::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &kAtOnce, sizeof(kAtOnce)));
    Close();
  }

 protected:
  int socket() const { return socket_; }

  void Post(std::function<void()> callback) {
    loop_.Post([open = open_, callback = std::move(callback)] {
      if (*open) {
        callback();
      }
    });
  }

  void Wait(posix::descriptor_base::wait_type what, std::function<void()> callback) {
    descriptor_.async_wait(what, [open = open_, callback = std::move(callback)](const auto& error) {
      if (!error && *open) {
        callback();
      }
    });
  }

 private:
  static StreamOutcome FromErrno() {
    const bool again = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    return again ? StreamOutcome::kWouldBlock : StreamOutcome::kFailed;
  }

  EventLoop& loop_;
  posix::stream_descriptor descriptor_;
  int socket_;
  // Shared with callbacks that may already be on their way when the stream closes.
  std::shared_ptr<bool> open_ = std::make_shared<bool>(true);
};

class TlsStream final : public PlainStream {
 public:
  TlsStream(EventLoop& loop, io::Descriptor socket, std::shared_ptr<const TlsContext> context)
      : PlainStream(loop, std::move(socket)),
        context_(std::move(context)),
        session_(context_->NewSession()) {
    if (session_ != nullptr && !AttachSocket(session_, PlainStream::socket())) {
      SSL_free(session_);
      session_ = nullptr;
    }
  }
  ~TlsStream() override { SSL_free(session_); }

  StreamOutcome Handshake() override {
    if (session_ == nullptr) {
      return StreamOutcome::kFailed;
    }
    ERR_clear_error();
    const int result = SSL_do_handshake(session_);
    return result == 1 ? StreamOutcome::kDone : Outcome(result, &read_needs_write_);
  }

  StreamTransfer Read(std::span<char> buffer) override {
    if (broken_) {
      return {StreamOutcome::kFailed, 0};
    }
    ERR_clear_error();
    const int count = SSL_read(session_, buffer.data(), Clamp(buffer.size()));
    if (count > 0) {
      return {StreamOutcome::kDone, static_cast<size_t>(count)};
    }
    return {Outcome(count, &read_needs_write_), 0};
  }

  StreamTransfer Write(std::string_view bytes) override {
    if (broken_) {
      return {StreamOutcome::kFailed, 0};
    }
    ERR_clear_error();
    const int count = SSL_write(session_, bytes.data(), Clamp(bytes.size()));
    if (count > 0) {
      return {StreamOutcome::kDone, static_cast<size_t>(count)};
    }
    bool ignored = false;
    return {Outcome(count, &ignored), 0};
  }

  // The close alert first, so that the end of the connection is not taken for a cut.
  void ShutdownWrite() override {
    if (!broken_ && SSL_is_init_finished(session_) == 1) {
      ERR_clear_error();
      SSL_shutdown(session_);
    }
    PlainStream::ShutdownWrite();
  }

  void WhenReadable(std::function<void()> callback) override {
    if (!broken_ && SSL_has_pending(session_) == 1) {
      Post(std::move(callback));  // the socket may stay silent
      return;
    }
    // A handshake, or a new key, may have to write before it can go on reading.
    Wait(read_needs_write_ ? posix::descriptor_base::wait_write : posix::descriptor_base::wait_read,
         std::move(callback));
  }

  void Close() override {
    broken_ = true;  // the session still knows the number of a socket that is no longer ours
    PlainStream::Close();
  }

 private:
  static int Clamp(size_t size) {
    return static_cast<int>(std::min(size, static_cast<size_t>(INT_MAX)));
  }

  StreamOutcome Outcome(int result, bool* needs_write) {
    switch (SSL_get_error(session_, result)) {
      case SSL_ERROR_WANT_READ:
        *needs_write = false;
        return StreamOutcome::kWouldBlock;
      case SSL_ERROR_WANT_WRITE:
        *needs_write = true;
        return StreamOutcome::kWouldBlock;
      case SSL_ERROR_ZERO_RETURN:
        return StreamOutcome::kEnd;
      default:
        broken_ = true;  // OpenSSL wants no further call but SSL_free
        ERR_clear_error();
        return StreamOutcome::kFailed;
    }
  }

  std::shared_ptr<const TlsContext> context_;
  SSL* session_;
  bool read_needs_write_ = false;
  bool broken_ = false;
};

}  // namespace

std::unique_ptr<Stream> Stream::Adopt(EventLoop& loop, io::Descriptor socket,
                                      std::shared_ptr<const TlsContext> tls) {
  if (tls == nullptr) {
    return std::make_unique<PlainStream>(loop, std::move(socket));
  }
  return std::make_unique<TlsStream>(loop, std::move(socket), std::move(tls));
}

}  // namespace ironscribe::server
