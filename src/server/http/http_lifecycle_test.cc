// Ports, certificates, going down.
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <thread>

#include "io/test_folder.h"
#include "server/http/test_client.h"
#include "server/http/test_http2_client.h"
#include "server/http/test_service.h"
#include "server/http/tls_context.h"

namespace ironscribe::server {
namespace {

using std::chrono::milliseconds;

const char kHello[] = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";

TlsOptions Files(const io::TestFolder& folder, const PemPair& pem) {
  return {.certificate_file = folder.Write("certificate.pem", pem.certificate),
          .key_file = folder.Write("key.pem", pem.key)};
}

PemPair NewPair(const std::vector<std::string>& names = {}) {
  Result<PemPair> pem = MakeSelfSigned(names);
  EXPECT_TRUE(pem.ok()) << pem.status().ToString();
  return std::move(pem).value();
}

// One TLS connection of a client that trusts exactly one certificate.
class TlsClient {
 public:
  TlsClient(uint16_t port, const std::string& trusted_pem, const std::string& name)
      : context_(SSL_CTX_new(TLS_client_method())), bio_(nullptr) {
    BIO* pem = BIO_new_mem_buf(trusted_pem.data(), static_cast<int>(trusted_pem.size()));
    X509* trusted = PEM_read_bio_X509(pem, nullptr, nullptr, nullptr);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_), trusted);
    X509_free(trusted);
    BIO_free(pem);
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
    bio_ = BIO_new_ssl_connect(context_);
    SSL* session = nullptr;
    BIO_get_ssl(bio_, &session);
    SSL_set1_host(session, name.c_str());
    BIO_set_conn_hostname(bio_, ("127.0.0.1:" + std::to_string(port)).c_str());
    connected_ = BIO_do_connect(bio_) == 1;
  }
  ~TlsClient() {
    BIO_free_all(bio_);
    SSL_CTX_free(context_);
  }

  bool connected() const { return connected_; }

  std::string Ask(std::string_view request, std::string_view until) {
    BIO_write(bio_, request.data(), static_cast<int>(request.size()));
    std::string received;
    char bytes[4096];
    while (received.find(until) == std::string::npos) {
      const int count = BIO_read(bio_, bytes, sizeof(bytes));
      if (count <= 0) break;
      received.append(bytes, static_cast<size_t>(count));
    }
    return received;
  }

 private:
  SSL_CTX* context_;
  BIO* bio_;
  bool connected_ = false;
};

TEST(Tls, ASelfSignedCertificateHoldsForItsNames) {
  const PemPair pem = NewPair({"speech.example", "192.0.2.7"});
  const io::TestFolder folder;
  TestEvents events;
  TestService service(events);
  auto server = HttpServer::Start({{"tls", "127.0.0.1", 0, Files(folder, pem)}}, {}, service);
  ASSERT_TRUE(server.ok()) << server.status().ToString();
  const uint16_t port = (*server)->Port("tls");
  for (const std::string name : {"localhost", "speech.example"}) {
    TlsClient client(port, pem.certificate, name);
    EXPECT_TRUE(client.connected()) << name;
    EXPECT_NE(client.Ask(kHello, "hello\n").find("hello\n"), std::string::npos);
  }
  EXPECT_FALSE(TlsClient(port, pem.certificate, "other.example").connected());
  EXPECT_FALSE(TlsClient(port, NewPair().certificate, "localhost").connected());
}

TEST(Tls, NamesThatAreNoneAreRefused) {
  EXPECT_FALSE(MakeSelfSigned({"a,DNS:b"}).ok());
  EXPECT_FALSE(MakeSelfSigned({""}).ok());
  EXPECT_FALSE(MakeSelfSigned({"a b"}).ok());
}

TEST(Tls, CertificatesChangeWithoutDroppingAnyone) {
  const PemPair first = NewPair();
  const PemPair second = NewPair();
  const io::TestFolder folder;
  TestEvents events;
  TestService service(events);
  auto server = HttpServer::Start({{"tls", "127.0.0.1", 0, Files(folder, first)}}, {}, service);
  ASSERT_TRUE(server.ok());
  const uint16_t port = (*server)->Port("tls");
  TlsClient old(port, first.certificate, "localhost");
  ASSERT_TRUE(old.connected());

  Files(folder, second);
  ASSERT_TRUE((*server)->ReloadCertificates().ok());
  EXPECT_TRUE(TlsClient(port, second.certificate, "localhost").connected());
  EXPECT_FALSE(TlsClient(port, first.certificate, "localhost").connected());
  EXPECT_NE(old.Ask(kHello, "hello\n").find("hello\n"), std::string::npos);

  // A certificate that does not fit its key changes nothing.
  folder.Write("key.pem", first.key);
  const Status refused = (*server)->ReloadCertificates();
  EXPECT_EQ(refused.code(), StatusCode::kInvalidArgument) << refused.ToString();
  EXPECT_TRUE(TlsClient(port, second.certificate, "localhost").connected());
}

TEST(Tls, FilesThatAreNotCertificatesAreNamed) {
  const io::TestFolder folder;
  TestEvents events;
  TestService service(events);
  PemPair pem = NewPair();
  const auto start = [&](const PemPair& pair) {
    return HttpServer::Start({{"tls", "127.0.0.1", 0, Files(folder, pair)}}, {}, service).status();
  };
  EXPECT_NE(start({"nonsense", pem.key}).message().find("certificate.pem"), std::string::npos);
  EXPECT_FALSE(start({pem.certificate, "nonsense"}).ok());
  EXPECT_FALSE(start({pem.certificate, NewPair().key}).ok());
  EXPECT_FALSE(start({"", ""}).ok());
  const Status missing =
      HttpServer::Start({{"tls", "127.0.0.1", 0, TlsOptions{.certificate_file = "/nowhere/c.pem"}}},
                        {}, service)
          .status();
  EXPECT_EQ(missing.code(), StatusCode::kNotFound) << missing.ToString();
}

TEST(Tls, AClientThatLeavesStopsItsCall) {
  const PemPair pem = NewPair();
  const io::TestFolder folder;
  TestEvents events;
  TestService service(events);
  auto server = HttpServer::Start({{"tls", "127.0.0.1", 0, Files(folder, pem)}}, {}, service);
  ASSERT_TRUE(server.ok());
  auto client = std::make_unique<TlsClient>((*server)->Port("tls"), pem.certificate, "localhost");
  client->Ask("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n", "");
  ASSERT_TRUE(events.WaitFor("run"));
  client.reset();
  EXPECT_TRUE(events.WaitFor("gone"));
}

TEST(Tls, AClientThatSpeaksPlainlyIsDropped) {
  TestServer server({}, /*with_tls=*/true);
  TestClient client(server.tls_port());
  client.Send(kHello);
  client.ReadAll();
  HttpOptions options;
  options.header_timeout = milliseconds(150);
  TestServer impatient(options, /*with_tls=*/true);
  TestClient silent(impatient.tls_port());
  EXPECT_TRUE(silent.AtEnd());
}

TEST(Ports, AreNamedInErrors) {
  TestEvents events;
  TestService service(events);
  auto first = HttpServer::Start({{"one", "127.0.0.1", 0, {}}}, {}, service);
  ASSERT_TRUE(first.ok());
  const uint16_t port = (*first)->Port("one");
  EXPECT_EQ((*first)->Port("other"), 0);
  const Status taken = HttpServer::Start({{"two", "127.0.0.1", port, {}}}, {}, service).status();
  EXPECT_EQ(taken.code(), StatusCode::kUnavailable);
  EXPECT_NE(taken.message().find("two"), std::string::npos);
  EXPECT_FALSE(HttpServer::Start({{"x", "no such host", 0, {}}}, {}, service).ok());
}

TEST(Ports, SeveralListenersAndAllAddresses) {
  TestEvents events;
  TestService service(events);
  auto server = HttpServer::Start({{"any", "", 0, {}}, {"admin", "localhost", 0, {}}}, {}, service);
  ASSERT_TRUE(server.ok()) << server.status().ToString();
  TestClient client((*server)->Port("any"));
  const ClientReply reply = client.Ask("GET /inspect HTTP/1.1\r\nHost: h\r\n\r\n");
  // An IPv4 client of a port for both kinds keeps its address.
  EXPECT_NE(reply.body.find("from 127.0.0.1 on any"), std::string::npos) << reply.body;
  EXPECT_NE((*server)->Port("admin"), 0);
}

TEST(Drain, WaitsForWhatRuns) {
  TestServer server;
  TestClient busy(server.port());
  busy.Send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
  TestClient idle(server.port());
  idle.Ask(kHello);
  Http2TestClient other(server.port());
  other.Send(h2::Headers(1, h2::Request("GET", "/wait")));
  ASSERT_TRUE(server.events.WaitFor("run", 3));

  server.server->StartDrain({.delay = milliseconds(0), .deadline = milliseconds(20'000)});
  EXPECT_TRUE(idle.AtEnd());
  EXPECT_EQ(other.ReadGoaway(), h2::kNoError);
  while (TestClient(server.port()).connected()) {
    std::this_thread::yield();
  }
  server.events.Release();
  const ClientReply reply = busy.Read();
  EXPECT_EQ(reply.body, "waited\n");
  EXPECT_EQ(reply.Field("connection"), "close");
  EXPECT_EQ(other.Read(1).body, "waited\n");
  busy.Close();
  other.Close();
  EXPECT_TRUE(server.server->WaitUntilDrained());
}

TEST(Drain, AcceptsUntilItsDelayIsOver) {
  TestServer server;
  server.server->StartDrain({.delay = milliseconds(200), .deadline = milliseconds(20'000)});
  TestClient client(server.port());
  const ClientReply reply = client.Ask(kHello);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.Field("connection"), "close");
  client.Close();
  EXPECT_TRUE(server.server->WaitUntilDrained());
  EXPECT_FALSE(TestClient(server.port()).connected());
}

TEST(Drain, EndsAtItsDeadline) {
  TestServer server;
  TestClient client(server.port());
  client.Send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(server.events.WaitFor("run"));
  server.server->StartDrain({.delay = milliseconds(0), .deadline = milliseconds(100)});
  EXPECT_FALSE(server.server->WaitUntilDrained());
  EXPECT_TRUE(server.events.WaitFor("gone"));
  EXPECT_EQ(client.Read().status, 0);
}

TEST(Stop, EndsCallsAndConnections) {
  TestServer server;
  TestClient client(server.port());
  client.Send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
  TestClient upload(server.port());
  upload.Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf");
  TestClient reader(server.port(), 4096);
  reader.Send("GET /bytes?n=100000 HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(server.events.WaitFor("run", 2));
  ASSERT_TRUE(server.events.WaitFor("piece"));
  server.server->Stop();
  EXPECT_EQ(server.events.count("gone"), 1);
  EXPECT_EQ(server.events.count("destroyed"), 3);
  EXPECT_EQ(client.Read().status, 0);
  server.server->Stop();
}

}  // namespace
}  // namespace ironscribe::server
