// The whole server when its disk is full, its database is locked, and clients neither speak nor
// leave.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <nlohmann/json.hpp>

#include "apps/cli/test_server.h"
#include "base/process_usage.h"
#include "sqlite/database.h"

namespace ironscribe::cli {
namespace {

using Json = nlohmann::json;

// No file of this process grows beyond so many bytes, as if the disk were full.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit full{bytes, before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
  }
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

std::string Upload(int seconds) {
  return api::FormPart("model", "first") + api::FormPart("file", api::SilentWav(seconds));
}

TEST(ServeFaults, AFullDiskIsToldAndPasses) {
  TestServer server({"--no-auth", "--listen", "127.0.0.1:0"});
  const std::string job = api::FormPart("file", api::SilentWav(60));
  {
    const FullDisk full(300'000);
    const auto request = server.Post(0, "/v1/audio/transcriptions", Upload(60));
    EXPECT_EQ(request.status, 507) << request.body;
    const auto submitted = server.Post(0, "/v1/jobs", job);
    EXPECT_EQ(submitted.status, 507) << submitted.body;
    EXPECT_EQ(server.Post(0, "/v1/audio/transcriptions", Upload(1)).status, 200)
        << "what fits goes on";
    EXPECT_EQ(server.Ask(0, "GET /livez").status, 200);
  }
  EXPECT_EQ(server.Post(0, "/v1/audio/transcriptions", Upload(60)).status, 200);
  const auto submitted = server.Post(0, "/v1/jobs", job);
  ASSERT_EQ(submitted.status, 202) << submitted.body;
  const std::string path = "/v1/jobs/" + Json::parse(submitted.body)["id"].get<std::string>();
  while (Json::parse(server.Ask(0, "GET " + path).body)["state"] != "succeeded") {
    std::this_thread::yield();
  }
  EXPECT_EQ(server.Stop(), ExitCode::kDone);
}

TEST(ServeFaults, ALockedDatabaseIsToldAndPasses) {
  TestServer server({"--no-auth", "--listen", "127.0.0.1:0"});
  const std::string job = api::FormPart("file", api::SilentWav(1));
  {
    const auto other = sqlite::Database::Open(server.folder() / "jobs.db", {});
    ASSERT_TRUE(other.ok());
    const auto transaction = sqlite::Transaction::Begin(**other);
    ASSERT_TRUE(transaction.ok());
    const auto refused = server.Post(0, "/v1/jobs", job);
    EXPECT_EQ(refused.status, 503) << refused.body;
    EXPECT_NE(refused.Field("retry-after"), "");
    EXPECT_EQ(server.Ask(0, "GET /v1/jobs").status, 200) << "looking goes on";
    EXPECT_EQ(server.Post(0, "/v1/audio/transcriptions", Upload(1)).status, 200);
  }
  EXPECT_EQ(server.Post(0, "/v1/jobs", job).status, 202);
  EXPECT_EQ(server.Stop(), ExitCode::kDone);
}

// Fifty clients of each kind: those that say nothing, half a head, half a body, a byte at a time.
TEST(ServeFaults, ClientsThatDoNotComeToTheEndHoldNothing) {
  TestServer server({"--no-auth", "--listen", "127.0.0.1:0"}, {}, [](ServeOptions& options) {
    constexpr std::chrono::milliseconds kTime{1000};
    server::HttpOptions& http = options.http;
    http.header_timeout = http.body_idle_timeout = http.rate_grace = kTime;
  });
  EXPECT_EQ(server.Post(0, "/v1/audio/transcriptions", Upload(1)).status, 200);
  const int64_t descriptors = ReadProcessUsage().open_descriptors;
  const std::string head =
      std::string("POST /v1/audio/transcriptions HTTP/1.1\r\nhost: h\r\ncontent-type: ") +
      api::kTestFormType + "\r\ncontent-length: 100000\r\n\r\n";
  std::vector<std::unique_ptr<server::TestClient>> clients;
  std::vector<server::TestClient*> dripping;
  for (int i = 0; i < 200; ++i) {
    clients.push_back(std::make_unique<server::TestClient>(server.Port(0)));
    if (i % 4 == 1) clients.back()->Send("POST /v1/audio/transcr");
    if (i % 4 >= 2) clients.back()->Send(head + api::FormPart("model", "first"));
    if (i % 4 == 3) dripping.push_back(clients.back().get());
  }
  std::jthread drip([&dripping](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      for (server::TestClient* client : dripping) client->Send("-");
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  });
  EXPECT_EQ(server.Post(0, "/v1/audio/transcriptions", Upload(1)).status, 200) << "beside them";
  for (auto& client : clients) client->ReadAll();  // Until the server closes.
  drip = {};
  clients.clear();
  while (ReadProcessUsage().open_descriptors > descriptors) std::this_thread::yield();
  EXPECT_EQ(server.Stop(), ExitCode::kDone);
}

}  // namespace
}  // namespace ironscribe::cli
