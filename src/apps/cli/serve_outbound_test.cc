// The whole server and the hosts that clients name: callbacks, audio by URL, certificates.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "apps/cli/test_server.h"
#include "net/outbound_client.h"
#include "net/stub_http_server.h"
#include "server/http/http_server.h"
#include "server/http/test_service.h"
#include "server/http/tls_context.h"

namespace ironscribe::cli {
namespace {

using Json = nlohmann::json;
using net::StubHttpServer;

std::string IdOf(const server::ClientReply& reply) {
  return Json::parse(reply.body, nullptr, false).value("id", "");
}

Json JobOf(TestServer& server, const std::string& id) {
  return Json::parse(server.Ask(0, "GET /v1/jobs/" + id).body, nullptr, false);
}

TEST(ServeOutbound, AJobFetchedAndToldAcrossARestart) {
  std::atomic<bool> receiver_up{false};
  const StubHttpServer other([&](const StubHttpServer::Request& request) {
    if (request.method == "GET") return StubHttpServer::Answer{.body = api::SilentWav(2)};
    return StubHttpServer::Answer{.status = receiver_up ? 200 : 500};
  });
  io::TestFolder folder;
  folder.Write("secret", "a secret of the test, long enough\n");
  const std::string host = other.url() + "@127.0.0.0/8";
  const std::vector<std::string> flags = {"--no-auth",
                                          "--listen",
                                          "127.0.0.1:0",
                                          "--callback-host",
                                          host,
                                          "--callback-secret-file",
                                          (folder.path() / "secret").string(),
                                          "--audio-url-host",
                                          host};
  const auto data = folder.path() / "data";
  const auto count = [&other](const std::string& method) {
    const auto requests = other.requests();
    return std::count_if(requests.begin(), requests.end(),
                         [&](const auto& request) { return request.method == method; });
  };
  std::string id;
  {
    TestServer server(flags, data);
    const auto reply =
        server.Post(0, "/v1/jobs",
                    api::FormPart("audio_url", other.url() + "/a.wav?token=planted") +
                        api::FormPart("callback_url", other.url() + "/hook?token=planted") +
                        api::FormPart("callback_result", "txt"));
    ASSERT_EQ(reply.status, 202) << reply.body;
    id = IdOf(reply);
    while (count("POST") == 0) std::this_thread::yield();
    EXPECT_EQ(server.Stop(), ExitCode::kDone);
    EXPECT_EQ(server.Log().find("planted"), std::string::npos) << server.Log();
    EXPECT_EQ(server.Log().find("127.0.0.1:" + other.url().substr(17)), std::string::npos);
  }
  receiver_up = true;
  TestServer again(flags, data);
  while (JobOf(again, id)["callback"]["state"] != "delivered") std::this_thread::yield();
  EXPECT_EQ(JobOf(again, id)["state"], "succeeded");
  EXPECT_EQ(count("GET"), 1);
  const Json told = Json::parse(other.requests().back().body);
  EXPECT_EQ(told["data"]["id"], id);
  EXPECT_EQ(told["result"]["text"], "one\ntwo\n");
  EXPECT_NE(again.Log().find("\"outcome\":\"delivered\""), std::string::npos) << again.Log();
}

TEST(ServeOutbound, IsOffUnlessItIsAskedFor) {
  TestServer server({"--no-auth", "--listen", "127.0.0.1:0"});
  const std::string file = api::FormPart("file", api::SilentWav(1));
  EXPECT_EQ(server.Post(0, "/v1/jobs", file + api::FormPart("callback_url", "https://h/")).status,
            400);
  EXPECT_EQ(server.Post(0, "/v1/jobs", api::FormPart("audio_url", "https://h/a.wav")).status, 400);
}

TEST(ServeOutbound, RecordingsOfJobsHaveTheirRoom) {
  TestServer server({"--no-auth", "--listen", "127.0.0.1:0", "--job-audio-mb", "1"});
  const std::string file = api::FormPart("file", api::SilentWav(20));  // 640 kB
  const auto first = server.Post(0, "/v1/jobs", file);
  EXPECT_EQ(first.status, 202);
  const auto second = server.Post(0, "/v1/jobs", file);
  EXPECT_EQ(second.status, 507) << second.body;
  EXPECT_EQ(server.Ask(0, "DELETE /v1/jobs/" + IdOf(first)).status, 200);
  EXPECT_EQ(server.Post(0, "/v1/jobs", file).status, 202);
}

// A certificate counts only where an authority vouches for it, for that name.
TEST(ServeOutbound, CertificatesAreChecked) {
  const auto pem = server::MakeSelfSigned({"receiver.test"});
  ASSERT_TRUE(pem.ok());
  io::TestFolder folder;
  folder.Write("cert.pem", pem->certificate);
  folder.Write("key.pem", pem->key);
  server::TlsOptions tls;
  tls.certificate_file = folder.path() / "cert.pem";
  tls.key_file = folder.path() / "key.pem";
  server::TestEvents events;
  server::TestService service(events);
  const auto https = server::HttpServer::Start(
      {{.name = "tls", .host = "127.0.0.1", .port = 0, .tls = tls}}, {}, service, {});
  ASSERT_TRUE(https.ok()) << https.status().ToString();
  const std::string port = std::to_string((*https)->Port("tls"));
  const auto ask = [&](const std::string& name, const std::string& ca_file) {
    net::OutboundOptions options;
    options.ca_file = ca_file;
    options.resolve = [](const std::string&) -> Result<std::vector<std::string>> {
      return std::vector<std::string>{"127.0.0.1"};
    };
    const net::OutboundClient client(*net::OutboundRules::Parse({name + ":" + port + "@127.0.0.1"}),
                                     options);
    return client.Send({.url = "https://" + name + ":" + port + "/hello"}, {});
  };
  const std::string ca_file = tls.certificate_file;
  const auto good = ask("receiver.test", ca_file);
  ASSERT_TRUE(good.ok()) << good.status().ToString();
  EXPECT_EQ(*good, 200);
  EXPECT_EQ(ask("receiver.test", "").status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(ask("other.test", ca_file).status().code(), StatusCode::kUnavailable);
}

TEST(ServeOutbound, TheAdminListenerSpeaksTls) {
  TestServer server({"--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--admin-tls",
                     "--tls-self-signed"});
  EXPECT_NE(server.Log().find("https://127.0.0.1:"), std::string::npos) << server.Log();
  EXPECT_NE(server.Ask(1, "GET /livez").status, 200) << "without TLS";
  EXPECT_EQ(server.Ask(0, "GET /livez").status, 200);
}

}  // namespace
}  // namespace ironscribe::cli
