// Requests that are wrong in every way, to every route of the whole server: it goes on, and nothing
// is left of them. Some hundred always, five thousand by `make malformed`.
#include <gtest/gtest.h>
#include <malloc.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>

#include "accounts/account_database.h"
#include "accounts/key_store.h"
#include "apps/cli/malformed_requests.h"
#include "apps/cli/test_server.h"
#include "audio/open_audio.h"
#include "base/process_usage.h"

namespace ironscribe::cli {
namespace {

using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr int kClients = 8;
// Beyond it a client says that the server hangs (TestClient gives up after 20).
constexpr double kHangSeconds = 10;
// Of memory, beyond what the first quarter took. Few requests do not fill caches and arenas.
constexpr int64_t kMaxGrowthOfFewBytes = 64 << 20;
constexpr int64_t kMaxGrowthOfManyBytes = 8 << 20;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMemoryIsTold = false;  // It is the sanitizer's.
#else
constexpr bool kMemoryIsTold = true;
#endif

int64_t AnonymousBytes() {
  malloc_trim(0);
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    int64_t kilobytes = 0;
    if (word == "RssAnon:" && status >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

// Every route of a listener, as its document lists them.
std::vector<RoutedRequest> RoutesOf(TestServer& server, size_t listener,
                                    const std::string& access) {
  std::vector<RoutedRequest> routes;
  const Json document = Json::parse(server.Ask(listener, "GET /openapi.json").body, nullptr, false);
  for (const auto& [pattern, operations] : document["paths"].items()) {
    std::string path = pattern;
    for (size_t at; (at = path.find('{')) != std::string::npos;) {
      path.replace(at, path.find('}') - at + 1, "x");
    }
    for (const auto& [method, operation] : operations.items()) {
      std::string upper = method;
      for (char& c : upper) c = static_cast<char>(c - 'a' + 'A');
      routes.push_back({upper, path, access});
    }
  }
  return routes;
}

// Waits that may be long, but not to be given up; times that only time can end are short.
void ShortTimes(ServeOptions& options) {
  constexpr std::chrono::milliseconds kTime{1000};
  server::HttpOptions& http = options.http;
  http.header_timeout = http.keep_alive_timeout = http.body_idle_timeout = kTime;
  http.linger_timeout = http.write_idle_timeout = kTime;
  options.drain.deadline = std::chrono::seconds(20);
  options.trace_share = 0;  // The test would keep them.
}

// Seconds until the server has answered and closed.
double Converse(uint16_t port, const std::string& bytes, uint64_t seed) {
  server::TestClient client(port);
  const auto begin = Clock::now();
  client.Send(bytes);
  // Some clients leave at once, some only stop sending.
  if (seed % 11 == 0) {
    client.Reset();
  } else if (seed % 5 == 0) {
    client.CloseSending();
  }
  if (seed % 11 != 0) client.ReadAll();
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

struct Attack {
  TestServer& server;
  std::vector<RoutedRequest> routes[2]{};  // By listener.
  std::atomic<uint64_t> next{0};
  std::mutex mutex{};
  double slowest_seconds = 0;
  uint64_t slowest_seed = 0;
};

void Work(Attack& attack, uint64_t end) {
  for (uint64_t seed = attack.next++; seed < end; seed = attack.next++) {
    const size_t listener = seed % 4 == 3 ? 1 : 0;
    const std::string bytes = MalformedConversation(attack.routes[listener], seed);
    const double seconds = Converse(attack.server.Port(listener), bytes, seed);
    const std::lock_guard lock(attack.mutex);
    if (seconds <= attack.slowest_seconds) continue;
    attack.slowest_seconds = seconds;
    attack.slowest_seed = seed;
  }
}

void Run(Attack& attack, uint64_t end) {
  std::vector<std::jthread> clients;
  for (int i = 0; i < kClients; ++i) clients.emplace_back([&] { Work(attack, end); });
}

void AttackServer(uint64_t count, int64_t max_growth_bytes) {
  const ProcessUsage before = ReadProcessUsage();
  {
    TestServer server({"--no-auth", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
                       "--max-audio-hours", "0.1", "--job-audio-mb", "20"},
                      {}, ShortTimes);
    const auto database = accounts::AccountDatabase::Open(server.folder(), {});
    ASSERT_TRUE(database.ok());
    const auto keys = accounts::KeyStore::Open(**database);
    ASSERT_TRUE(keys.ok());
    const auto created =
        (*keys)->Create({.name = "k", .scopes = {accounts::Scope::kAdmin}}, "test");
    ASSERT_TRUE(created.ok());
    Attack attack{.server = server};
    attack.routes[0] = RoutesOf(server, 0, "");
    attack.routes[1] = RoutesOf(server, 1, Bearer(created->secret));
    ASSERT_GT(attack.routes[0].size(), 20u);
    ASSERT_GT(attack.routes[1].size(), 10u);
    Run(attack, count / 4);
    const int64_t warm_bytes = AnonymousBytes();
    Run(attack, count);
    EXPECT_EQ(server.Ask(0, "GET /livez").status, 200);
    EXPECT_EQ(server.Ask(1, "GET /livez").status, 200);
    EXPECT_EQ(server
                  .Post(0, "/v1/audio/transcriptions",
                        api::FormPart("model", "first") + api::FormPart("file", api::SilentWav(1)))
                  .status,
              200);
    EXPECT_LT(attack.slowest_seconds, kHangSeconds)
        << "seed " << attack.slowest_seed << ": " << MutationName(attack.slowest_seed);
    const int64_t grown = AnonymousBytes() - warm_bytes;
    std::cout << count << " requests, slowest " << attack.slowest_seconds << " s ("
              << MutationName(attack.slowest_seed) << "), memory grew by " << grown / 1024
              << " KiB\n";
    EXPECT_LT(kMemoryIsTold ? grown : 0, max_growth_bytes);
    EXPECT_EQ(server.Stop(), ExitCode::kDone);
    EXPECT_EQ(server.Log().find("gave up what still ran"), std::string::npos);
  }
  // The database of the test is closed too.
  const ProcessUsage after = ReadProcessUsage();
  EXPECT_EQ(after.open_descriptors, before.open_descriptors);
  EXPECT_EQ(after.threads, before.threads);
}

TEST(ServeMalformed, SomeHundredRequests) { AttackServer(480, kMaxGrowthOfFewBytes); }

// By `make malformed`.
TEST(ServeMalformed, DISABLED_FiveThousandRequests) { AttackServer(5000, kMaxGrowthOfManyBytes); }

TEST(ServeMalformed, TheBombIsARecording) {
  io::TestFolder folder;
  const std::string bomb = FlacBomb(3600);
  EXPECT_LT(bomb.size(), 20'000u);
  folder.Write("a.flac", bomb);
  audio::OpenOptions options;
  const auto source = audio::OpenAudio(folder.path() / "a.flac", options);
  ASSERT_TRUE(source.ok()) << source.status().ToString();
  std::vector<float> block(16'000);
  size_t samples = 0;
  while (samples < 1'600'000) {
    const auto count = (*source)->Read(block);
    ASSERT_TRUE(count.ok()) << count.status().ToString();
    ASSERT_GT(*count, 0u) << "it ends after " << samples;
    samples += *count;
  }
}

}  // namespace
}  // namespace ironscribe::cli
