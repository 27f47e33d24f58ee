#include "server/http/tls_context.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cstring>
#include <utility>

#include "io/file.h"

namespace ironscribe::server {
namespace {

// A chain of certificates is a few kilobytes.
constexpr uint64_t kMaxPemBytes = 1 << 20;

// In the order the server prefers, each with its length in front (RFC 7301).
constexpr std::string_view kProtocols = "\x02h2\x08http/1.1";

struct OpenSslDelete {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <typename T>
using Owned = std::unique_ptr<T, OpenSslDelete>;

int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                   const unsigned char* offered, unsigned int offered_size, void*) {
  unsigned char* match = nullptr;
  const int found = SSL_select_next_proto(
      &match, chosen_size, reinterpret_cast<const unsigned char*>(kProtocols.data()),
      static_cast<unsigned int>(kProtocols.size()), offered, offered_size);
  if (found != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *chosen = match;
  return SSL_TLSEXT_ERR_OK;
}

Status UseChain(SSL_CTX* context, const std::string& pem) {
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Owned<X509> own(PEM_read_bio_X509_AUX(bio.get(), nullptr, nullptr, nullptr));
  if (own == nullptr || SSL_CTX_use_certificate(context, own.get()) != 1) {
    return InvalidArgumentError("not a PEM certificate that can be used: " + TlsErrorText());
  }
  SSL_CTX_clear_chain_certs(context);
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    if (SSL_CTX_add0_chain_cert(context, next) != 1) {
      X509_free(next);
      return InvalidArgumentError("a certificate of the chain cannot be used: " + TlsErrorText());
    }
  }
  ERR_clear_error();  // the end of the text counts as an error
  return OkStatus();
}

// Never asks for a passphrase at the terminal.
int NoPassphrase(char*, int, int, void*) { return 0; }

Status UseKey(SSL_CTX* context, const std::string& pem) {
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
  if (key == nullptr || SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return InvalidArgumentError("not a PEM key (without passphrase) that fits the certificate: " +
                                TlsErrorText());
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    return InvalidArgumentError("the key is not the certificate's: " + TlsErrorText());
  }
  return OkStatus();
}

void Configure(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // Buffers only while there is something in them: idle connections stay small.
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context, ChooseProtocol, nullptr);
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::Load(const TlsOptions& options) {
  if (options.self_signed) {
    ASSIGN_OR_RETURN(const PemPair pem, MakeSelfSigned(options.self_signed_names));
    return FromPem(pem);
  }
  PemPair pem;
  ASSIGN_OR_RETURN(pem.certificate, io::ReadFile(options.certificate_file, kMaxPemBytes));
  ASSIGN_OR_RETURN(pem.key, io::ReadFile(options.key_file, kMaxPemBytes));
  Result<std::shared_ptr<const TlsContext>> context = FromPem(pem);
  if (!context.ok()) {
    return context.status().Annotate("TLS with " + options.certificate_file.string() + " and " +
                                     options.key_file.string());
  }
  return context;
}

Result<std::shared_ptr<const TlsContext>> TlsContext::FromPem(const PemPair& pem) {
  SSL_CTX* raw = SSL_CTX_new(TLS_server_method());
  if (raw == nullptr) {
    return InternalError("no TLS context: " + TlsErrorText());
  }
  std::shared_ptr<const TlsContext> context(new TlsContext(raw));
  Configure(raw);
  RETURN_IF_ERROR(UseChain(raw, pem.certificate).Annotate("certificate"));
  RETURN_IF_ERROR(UseKey(raw, pem.key).Annotate("key"));
  return context;
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

ssl_st* TlsContext::NewSession() const {
  SSL* session = SSL_new(context_);
  if (session != nullptr) {
    SSL_set_accept_state(session);
  }
  return session;
}

std::string TlsErrorText() {
  const unsigned long code = ERR_peek_last_error();  // NOLINT: OpenSSL's type
  ERR_clear_error();
  if (code == 0) {
    return "no reason given";
  }
  char text[256];
  ERR_error_string_n(code, text, sizeof(text));
  return text;
}

}  // namespace ironscribe::server
