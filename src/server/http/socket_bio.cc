#include "server/http/socket_bio.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <memory>

namespace ironscribe::server {
namespace {

int Socket(BIO* bio) { return static_cast<int>(reinterpret_cast<intptr_t>(BIO_get_data(bio))); }

bool ShouldRetry() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

int Write(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t count = ::send(Socket(bio), bytes, static_cast<size_t>(size), MSG_NOSIGNAL);
  if (count < 0 && ShouldRetry()) {
    BIO_set_retry_write(bio);
  }
  return static_cast<int>(count);
}

int Read(BIO* bio, char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t count = ::recv(Socket(bio), bytes, static_cast<size_t>(size), 0);
  if (count < 0 && ShouldRetry()) {
    BIO_set_retry_read(bio);
  }
  if (count == 0) {
    BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  }
  return static_cast<int>(count);
}

long Control(BIO* bio, int command, long, void*) {  // NOLINT: OpenSSL's signature
  switch (command) {
    case BIO_CTRL_FLUSH:
      return 1;
    case BIO_CTRL_EOF:
      return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
    default:
      return 0;
  }
}

struct MethodDelete {
  void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
};

std::unique_ptr<BIO_METHOD, MethodDelete> MakeMethod() {
  std::unique_ptr<BIO_METHOD, MethodDelete> method(
      BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket without SIGPIPE"));
  if (method != nullptr) {
    BIO_meth_set_write(method.get(), Write);
    BIO_meth_set_read(method.get(), Read);
    BIO_meth_set_ctrl(method.get(), Control);
  }
  return method;
}

}  // namespace

bool AttachSocket(ssl_st* session, int socket) {
  static const std::unique_ptr<BIO_METHOD, MethodDelete> method = MakeMethod();
  BIO* bio = method == nullptr ? nullptr : BIO_new(method.get());
  if (bio == nullptr) {
    return false;
  }
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<intptr_t>(socket)));
  BIO_set_init(bio, 1);
  SSL_set_bio(session, bio, bio);  // takes it over, once for both directions
  return true;
}

}  // namespace ironscribe::server
