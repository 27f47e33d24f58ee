// Valid conversations with bytes changed by seed: whatever comes, the server goes on serving.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/random.h"
#include "server/http/test_client.h"
#include "server/http/test_http2_client.h"
#include "server/http/test_service.h"

namespace ironscribe::server {
namespace {

constexpr int kMutations = 1000;  // of each protocol
// A mutation may leave a request unfinished, which only time can tell; not much of it in a test.
constexpr std::chrono::milliseconds kTime{100};

std::vector<std::string> Http1Conversations() {
  return {
      "GET /hello?a=b&c=%20 HTTP/1.1\r\nHost: h\r\nAccept: */*\r\n\r\n"
      "GET /stream?n=2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n"
      "hello worldHEAD /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;x=\"y\"\r\nhello\r\nb\r\nhello again\r\n0\r\nTrailer: t\r\n\r\n"
      "POST /full HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
      "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /inspect HTTP/1.0\r\n\r\n",
  };
}

std::vector<std::string> Http2Conversations() {
  const std::string start = std::string(h2::kPreface) + h2::Settings({{3, 100}, {4, 65535}});
  const std::string goodbye = h2::Frame(h2::kGoaway, 0, 0, h2::Number(0, 8));
  return {
      start + h2::Headers(1, h2::Request("GET", "/hello?a=b", {{"accept", "*/*"}})) +
          h2::Headers(3, h2::Request("GET", "/stream?n=2")) + goodbye,
      start +
          h2::Headers(1, h2::Request("POST", "/echo", {{"content-length", "10"}}),
                      h2::kEndHeaders) +
          h2::Data(1, "hello") + h2::Frame(h2::kPing, 0, 0, "12345678") +
          h2::Data(1, "world", true) + h2::WindowUpdate(0, 1000) + goodbye,
      start + h2::Headers(1, h2::Request("POST", "/full"), h2::kEndHeaders) + h2::Data(1, "abc") +
          h2::Reset(1) +
          h2::Frame(h2::kHeaders, h2::kEndStream, 3,
                    h2::Block({{":method", "GET"}, {":scheme", "http"}})) +
          h2::Frame(h2::kContinuation, h2::kEndHeaders, 3, h2::Block({{":path", "/hello"}})) +
          goodbye,
  };
}

// Changes one to four places: a byte, a bit, a piece cut out, doubled, or put elsewhere.
std::string Mutate(std::string text, Random& random) {
  const auto below = [&random](size_t limit) {
    return limit == 0 ? size_t{0} : static_cast<size_t>(random.Next() % limit);
  };
  for (size_t changes = 1 + below(4); changes > 0 && !text.empty(); --changes) {
    const size_t at = below(text.size());
    const size_t size = std::min(below(20), text.size() - at);
    const std::string piece = text.substr(at, size);
    switch (below(6)) {
      case 0:
        text[at] = static_cast<char>(random.Next());
        break;
      case 1:
        text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        break;
      case 2:
        text.erase(at, size);
        break;
      case 3:
        text.insert(at, piece);
        break;
      case 4:
        text.insert(below(text.size()), piece);
        break;
      default:
        text.resize(at);
        break;
    }
  }
  return text;
}

void Attack(const std::vector<std::string>& conversations, uint64_t seed) {
  HttpOptions options;
  options.header_timeout = options.keep_alive_timeout = options.body_idle_timeout = kTime;
  options.linger_timeout = options.write_idle_timeout = kTime;
  TestServer server(options);
  Random random(seed);
  constexpr int kAtOnce = 100;
  for (int i = 0; i < kMutations; i += kAtOnce) {
    std::vector<std::unique_ptr<TestClient>> clients;
    for (int j = 0; j < kAtOnce; ++j) {
      const std::string& conversation = conversations[random.Next() % conversations.size()];
      clients.push_back(std::make_unique<TestClient>(server.port()));
      ASSERT_TRUE(clients.back()->connected());
      const std::string mutated = Mutate(conversation, random);
      const size_t cut = mutated.empty() ? 0 : random.Next() % mutated.size();
      clients.back()->Send(std::string_view(mutated).substr(0, cut));
      clients.back()->Send(std::string_view(mutated).substr(cut));
    }
    for (const auto& client : clients) {
      client->ReadAll();  // until the server closes, which it does for every one of them
    }
    ASSERT_TRUE(server.Answers()) << "seed " << seed << ", after mutation " << i;
  }
  while (server.server->counts().connections > 0 || server.server->counts().calls_running > 0) {
    std::this_thread::yield();
  }
}

TEST(Mutations, OfHttp1) { Attack(Http1Conversations(), 1); }

TEST(Mutations, OfHttp2) { Attack(Http2Conversations(), 2); }

}  // namespace
}  // namespace ironscribe::server
