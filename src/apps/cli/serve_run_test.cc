#include "apps/cli/serve_run.h"

#include <gtest/gtest.h>

#include <future>
#include <sstream>
#include <thread>

#include "accounts/account_database.h"
#include "accounts/key_store.h"
#include "api/test_backend.h"
#include "apps/cli/serve_routes.h"
#include "apps/cli/test_server.h"
#include "jobs/test_queue.h"
#include "server/http/test_client.h"

namespace ironscribe::cli {
namespace {

TEST(ServeRun, TheFirstKeyIsShownOnceAndOpensWhatOthersDoNot) {
  TestServer server({"--listen", "127.0.0.1:0"});
  const std::string secret = server.Out().substr(0, server.Out().find('\n'));
  ASSERT_TRUE(secret.starts_with("isk_")) << server.Log();
  EXPECT_EQ(server.Log().find(secret), std::string::npos);
  EXPECT_EQ(server.Ask(0, "GET /v1/models").status, 401);
  EXPECT_EQ(server.Ask(0, "GET /v1/models").Field("www-authenticate"), "Bearer");
  EXPECT_EQ(server.Ask(0, "GET /v1/models", Bearer("isk_x")).status, 401);
  EXPECT_EQ(server.Ask(0, "GET /v1/models", Bearer(secret)).status, 200);
  EXPECT_EQ(server.Ask(0, "GET /livez").status, 200);
  EXPECT_EQ(server.Stop(), ExitCode::kDone);

  TestServer again({"--listen", "127.0.0.1:0"}, server.folder());
  EXPECT_EQ(again.Out(), "");
  EXPECT_EQ(again.Ask(0, "GET /v1/models", Bearer(secret)).status, 200);
}

TEST(ServeRun, KeysOfOtherProcessesAreKnownSoon) {
  TestServer server({"--listen", "127.0.0.1:0"});
  const auto database = accounts::AccountDatabase::Open(server.folder(), {});
  ASSERT_TRUE(database.ok());
  const auto keys = accounts::KeyStore::Open(**database);
  ASSERT_TRUE(keys.ok());
  const auto created = (*keys)->Create({.name = "k"}, "test");
  ASSERT_TRUE(created.ok());
  // As long as it takes; the test's own limit ends it otherwise.
  while (server.Ask(0, "GET /v1/models", Bearer(created->secret)).status != 200) {
    std::this_thread::yield();
  }
  ASSERT_TRUE((*keys)->Revoke(created->key_id, "test").ok());
  while (server.Ask(0, "GET /v1/models", Bearer(created->secret)).status != 401) {
    std::this_thread::yield();
  }
}

TEST(ServeRun, NobodyIsAskedWhereTheOperatorSaysSo) {
  TestServer server({"--listen", "127.0.0.1:0", "--no-auth-listen", "127.0.0.1:0"});
  EXPECT_EQ(server.Ask(0, "GET /v1/models").status, 401);
  EXPECT_EQ(server.Ask(1, "GET /v1/models").status, 200);
  TestServer far({"--no-auth-listen", "127.0.0.1:0", "--no-auth-from", "192.0.2.0/24"});
  EXPECT_EQ(far.Ask(0, "GET /v1/models").status, 401);
  TestServer open({"--no-auth", "--listen", "127.0.0.1:0"});
  EXPECT_EQ(open.Ask(0, "GET /v1/models", Bearer("none")).status, 200);
  EXPECT_EQ(open.Out(), "") << "nobody needs a key";
}

TEST(ServeRun, TheFolderBelongsToOneServer) {
  TestServer first({"--no-auth", "--listen", "127.0.0.1:0"});
  TestServer second({"--no-auth", "--listen", "127.0.0.1:0"}, first.folder());
  EXPECT_EQ(second.Stop(), ExitCode::kSomeFailed);
  EXPECT_NE(second.Log().find("in use by process"), std::string::npos) << second.Log();
  EXPECT_NE(second.Log().find("--data-dir"), std::string::npos) << second.Log();
}

// The head of a request whose body is still to come.
std::string UploadHead(size_t length) {
  return "POST /v1/audio/transcriptions HTTP/1.1\r\nhost: h\r\nconnection: close\r\n"
         "content-type: multipart/form-data; boundary=XY\r\ncontent-length: " +
         std::to_string(length) + "\r\n";
}

std::string UploadBody() {
  return api::FormPart("model", "whisper-1") + api::FormPart("file", api::SilentWav(2)) +
         api::kTestFormEnd;
}

TEST(ServeRun, WhatDoesNotFitIsRefusedBeforeItsBody) {
  TestServer server({"--no-auth", "--listen", "127.0.0.1:0", "--max-waiting", "1"});
  const std::string body = UploadBody();
  server::TestClient first(server.Port(0));
  first.Send(UploadHead(body.size()) + "expect: 100-continue\r\n\r\n");
  ASSERT_EQ(first.Read().status, 100);
  server::TestClient second(server.Port(0));
  second.Send(UploadHead(2'000'000) + "expect: 100-continue\r\n\r\n");
  const server::ClientReply refused = second.Read();
  EXPECT_EQ(refused.status, 503);
  EXPECT_NE(refused.Field("retry-after"), "");
  EXPECT_EQ(refused.Field("x-should-retry"), "true");
  EXPECT_NE(refused.body.find("overloaded"), std::string::npos) << refused.body;
  first.Send(body);
  EXPECT_EQ(first.Read().status, 200);
}

TEST(ServeRun, WhatWasUsedIsToldAndMeasured) {
  TestServer server({"--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"});
  const std::string key = Bearer(server.Out().substr(0, server.Out().find('\n')));
  const std::string body = UploadBody();
  server::TestClient client(server.Port(0));
  client.Send(UploadHead(body.size()) + key + "x-ironscribe-timeout: 60\r\n\r\n" + body);
  ASSERT_EQ(client.Read().status, 200);
  server::TestClient late(server.Port(0));
  late.Send(UploadHead(body.size()) + key + "x-ironscribe-timeout: now\r\n\r\n");
  EXPECT_EQ(late.Read().status, 400);
  // The call is over a moment after its last byte.
  std::string usage;
  do {
    usage = server.Ask(0, "GET /v1/usage", key).body;
  } while (usage.find("\"requests\":1") == std::string::npos);
  EXPECT_NE(usage.find("\"audio_seconds\":2.0"), std::string::npos) << usage;
  EXPECT_NE(usage.find("\"model\":\"first\""), std::string::npos) << usage;
  const std::string metrics = server.Ask(1, "GET /metrics", key).body;
  for (const char* line :
       {"ironscribe_requests_total{api=\"openai\",model=\"first\",code=\"200\"} 1",
        "ironscribe_audio_seconds_total{model=\"first\",mode=\"request\"} 2",
        "ironscribe_queue_wait_seconds_count{class=\"interactive\"} 1"}) {
    EXPECT_NE(metrics.find(line), std::string::npos) << line << "\n" << metrics;
  }
}

// Every route there is, on every listener, without a key and with one of another kind.
TEST(ServeRun, NoRouteIsOpenByMistake) {
  TestServer server({"--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"});
  api::TestBackend backend;
  api::Health health;
  io::TestFolder folder;
  const auto data = ServerData::Open(folder.path());
  ASSERT_TRUE(data.ok());
  engine::ModelPool pool{{}};
  service::ServiceMetrics metrics("test");
  jobs::TestQueue queue;
  api::jobs::JobsApi jobs{.queue = *queue, .backend = backend.backend};
  const ServedParts parts{backend.backend, health, **data, pool, metrics, &jobs, {}, "test"};
  AddServedRoutes(backend.router, parts);
  const size_t num_served = backend.router.routes().size();
  AddAdminRoutes(backend.router, parts);
  for (size_t i = 0; i < backend.router.routes().size(); ++i) {
    const api::Route& route = backend.router.routes()[i];
    const size_t own = i < num_served ? 0 : 1;
    std::string path = route.pattern;
    for (size_t at; (at = path.find('{')) != std::string::npos;) {
      path.replace(at, path.find('}') - at + 1, "x");
    }
    const std::string line = route.method + " " + path;
    if (route.access == api::RouteAccess::kPublic) {
      EXPECT_NE(server.Ask(own, line).status, 401) << line;
      continue;
    }
    EXPECT_EQ(route.access == api::RouteAccess::kAdmin, own == 1) << line;
    EXPECT_EQ(server.Ask(own, line).status, 401) << line;
    // Of the same path there may be another route there, which asks for a key too.
    const int elsewhere = server.Ask(1 - own, line).status;
    EXPECT_TRUE(elsewhere == 401 || elsewhere == 404 || elsewhere == 405) << line;
  }
  EXPECT_EQ(server.Ask(0, "GET /metrics").status, 404);
  EXPECT_EQ(server.Ask(0, "GET /v1/keys").status, 404);
}

}  // namespace
}  // namespace ironscribe::cli
