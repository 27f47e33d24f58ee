// A certificate with its key, ready for connections: OpenSSL's SSL_CTX behind a type of ours.
//
// Immutable and shared; connections keep the one they began with, which is how a certificate is
// replaced without dropping any. TLS 1.2 and 1.3, ALPN h2 and http/1.1.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "server/http/http_options.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX
struct ssl_st;      // OpenSSL's SSL

namespace ironscribe::server {

// A certificate and its key, both PEM.
struct PemPair {
  std::string certificate;
  std::string key;
};

class TlsContext {
 public:
  // Reads the files, or makes a certificate. Errors name the file and what is wrong with it.
  static Result<std::shared_ptr<const TlsContext>> Load(const TlsOptions& options);
  static Result<std::shared_ptr<const TlsContext>> FromPem(const PemPair& pem);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // The server's side of a new connection; the caller frees it. Null when memory is short.
  ssl_st* NewSession() const;

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

// A certificate for localhost and the names given, valid for a year, with a new key.
Result<PemPair> MakeSelfSigned(const std::vector<std::string>& names);

// The newest complaint of OpenSSL in this thread, and forgets the rest.
std::string TlsErrorText();

}  // namespace ironscribe::server
