// A certificate that nobody vouches for: an ECDSA key on P-256, X.509 version 3, for trials.
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cctype>
#include <memory>

#include "server/http/tls_context.h"

namespace ironscribe::server {
namespace {

// A clock that is an hour behind still finds it valid.
constexpr long kClockSlackSeconds = 3600;         // NOLINT: OpenSSL's type
constexpr long kValidSeconds = 365L * 24 * 3600;  // NOLINT: OpenSSL's type
constexpr int kSerialBytes = 16;

struct OpenSslDelete {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(BIGNUM* number) const { BN_free(number); }
};
template <typename T>
using Owned = std::unique_ptr<T, OpenSslDelete>;

// Names go into a list with a syntax of its own, so only plain ones are let in.
bool IsPlainName(const std::string& name) {
  return !name.empty() && name.size() <= 253 && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == ':';
  });
}

bool IsAddress(const std::string& name) {
  if (name.find(':') != std::string::npos) {
    return true;
  }
  return name.find_first_not_of("0123456789.") == std::string::npos;
}

Result<std::string> AlternativeNames(const std::vector<std::string>& names) {
  std::string list = "DNS:localhost,IP:127.0.0.1,IP:::1";
  for (const std::string& name : names) {
    if (!IsPlainName(name)) {
      return InvalidArgumentError("self-signed certificate: '" + name +
                                  "' is neither a host name nor an address");
    }
    list += (IsAddress(name) ? ",IP:" : ",DNS:") + name;
  }
  return list;
}

bool SetSerial(X509* certificate) {
  unsigned char bytes[kSerialBytes];
  if (RAND_bytes(bytes, kSerialBytes) != 1) {
    return false;
  }
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);  // positive, full length
  const Owned<BIGNUM> number(BN_bin2bn(bytes, kSerialBytes, nullptr));
  return number != nullptr &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool AddExtension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool Fill(X509* certificate, EVP_PKEY* key, const std::string& alternative_names) {
  X509_NAME* name = X509_get_subject_name(certificate);
  return X509_set_version(certificate, X509_VERSION_3) == 1 && SetSerial(certificate) &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), -kClockSlackSeconds) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), kValidSeconds) != nullptr &&
         X509_set_pubkey(certificate, key) == 1 &&
         X509_NAME_add_entry_by_txt(
             name, "CN", MBSTRING_ASC,
             reinterpret_cast<const unsigned char*>("Ironscribe self-signed"), -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1 &&
         AddExtension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         AddExtension(certificate, NID_key_usage, "critical,digitalSignature") &&
         AddExtension(certificate, NID_ext_key_usage, "serverAuth") &&
         AddExtension(certificate, NID_subject_alt_name, alternative_names) &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

std::string Contents(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<size_t>(size));
}

}  // namespace

Result<PemPair> MakeSelfSigned(const std::vector<std::string>& names) {
  ASSIGN_OR_RETURN(const std::string alternative_names, AlternativeNames(names));
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const Owned<X509> certificate(X509_new());
  const Owned<BIO> certificate_text(BIO_new(BIO_s_mem()));
  const Owned<BIO> key_text(BIO_new(BIO_s_mem()));
  if (key == nullptr || certificate == nullptr || certificate_text == nullptr ||
      key_text == nullptr || !Fill(certificate.get(), key.get(), alternative_names) ||
      PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1 ||
      PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1) {
    return InternalError("making a self-signed certificate: " + TlsErrorText());
  }
  return PemPair{Contents(certificate_text.get()), Contents(key_text.get())};
}

}  // namespace ironscribe::server
