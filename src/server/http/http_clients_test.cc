// curl, unmodified, in every way it can speak to the server.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <ostream>
#include <string>

#include "io/test_folder.h"
#include "server/http/test_service.h"

namespace ironscribe::server {
namespace {

struct Output {
  int status = -1;
  std::string text;
};

Output Shell(const std::string& command) {
  Output output;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return output;
  std::array<char, 4096> buffer{};
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    output.text.append(buffer.data(), count);
  }
  output.status = ::pclose(pipe);
  return output;
}

struct Way {
  std::string name;
  std::string options;
  bool tls;
  std::string version;  // that curl says it has spoken
};

void PrintTo(const Way& way, std::ostream* out) { *out << way.options; }

class Curl : public testing::TestWithParam<Way> {
 protected:
  void SetUp() override {
    if (Shell("curl --version").status != 0) {
      GTEST_SKIP() << "curl is not installed (scripts/setup.sh brings it): NOTHING IS TESTED HERE";
    }
  }

  // The reply's body, then what --write-out says.
  std::string Run(const TestServer& server, const std::string& target,
                  const std::string& options = "", const std::string& write_out = "") {
    const std::string base =
        GetParam().tls ? "https://127.0.0.1:" + std::to_string(server.server->Port("tls"))
                       : "http://127.0.0.1:" + std::to_string(server.server->Port("plain"));
    const Output output =
        Shell("curl -q -s -k --noproxy '*' --max-time 20 " + GetParam().options + " " + options +
              (write_out.empty() ? "" : " -w '" + write_out + "'") + " '" + base + target + "'");
    EXPECT_EQ(output.status, 0) << output.text;
    return output.text;
  }

  static constexpr bool kTls = true;
};

TEST_P(Curl, Gets) {
  TestServer server({}, kTls);
  EXPECT_EQ(Run(server, "/hello", "", "%{http_code} %{http_version}"),
            "hello\n200 " + GetParam().version);
  EXPECT_EQ(Run(server, "/nothing", "", "%{http_code}"), "not here\n404");
  EXPECT_EQ(Run(server, "/hello", "-I -o /dev/null", "%{http_code}"), "200");
  EXPECT_EQ(Run(server, "/empty", "", "%{http_code}"), "204");
}

TEST_P(Curl, Uploads) {
  TestServer server({}, kTls);
  const io::TestFolder folder;
  const std::string body(3'000'000, 'u');
  const std::string file = folder.Write("body", body).string();
  EXPECT_EQ(Run(server, "/echo", "--data-binary @" + file), body);
  EXPECT_EQ(Run(server, "/echo", "--data-binary @" + file + " -H 'Expect: 100-continue'"), body);
  EXPECT_EQ(Run(server, "/echo", "-T - < " + file + " -X POST"), body);
}

TEST_P(Curl, IsRefusedWhileItUploads) {
  TestServer server({}, kTls);
  const io::TestFolder folder;
  const std::string file = folder.Write("body", std::string(3'000'000, 'u')).string();
  EXPECT_EQ(Run(server, "/full", "-H 'Expect:' --data-binary @" + file, "%{http_code}"),
            "full\n507");
}

TEST_P(Curl, ReadsStreamsAndLargeReplies) {
  TestServer server({}, kTls);
  EXPECT_EQ(Run(server, "/stream?n=3&gap=1", "-N"), "data: 0\n\ndata: 1\n\ndata: 2\n\n");
  EXPECT_EQ(Run(server, "/bytes?n=500", "-o /dev/null", "%{size_download}"), "5000000");
  EXPECT_EQ(Run(server, "/send?n=5000000", "-o /dev/null", "%{size_download}"), "5000000");
}

TEST_P(Curl, ReusesItsConnection) {
  if (GetParam().options.find("prior-knowledge") != std::string::npos) {
    GTEST_SKIP() << "curl 7.88 cannot use such a connection twice (curl pull request 10643)";
  }
  TestServer server({}, kTls);
  const std::string again = GetParam().tls
                                ? "https://127.0.0.1:" + std::to_string(server.tls_port())
                                : "http://127.0.0.1:" + std::to_string(server.port());
  EXPECT_EQ(Run(server, "/hello", "'" + again + "/hello'", "%{num_connects}"), "hello\n1hello\n0");
}

TEST_P(Curl, TheServiceKnowsHowItWasReached) {
  TestServer server({}, kTls);
  const std::string text = Run(server, "/inspect?x=1");
  const std::string expected = std::string("GET /inspect from 127.0.0.1 on ") +
                               (GetParam().tls ? "tls tls" : "plain") +
                               (GetParam().version == "2" ? " h2" : "") + "\n? x=1\n";
  EXPECT_EQ(text.substr(0, expected.size()), expected);
  EXPECT_NE(text.find("host: 127.0.0.1:"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Ways, Curl,
    testing::Values(Way{"Plain", "--http1.1", false, "1.1"},
                    // Asks for an upgrade, which is not taken.
                    Way{"PlainUpgrade", "--http2", false, "1.1"},
                    Way{"PlainHttp2", "--http2-prior-knowledge", false, "2"},
                    Way{"Tls", "--http1.1", true, "1.1"}, Way{"TlsHttp2", "--http2", true, "2"},
                    // Speaks HTTP/2 over TLS without having agreed on it.
                    Way{"TlsWithoutAlpn", "--http2-prior-knowledge --no-alpn", true, "2"}),
    [](const testing::TestParamInfo<Way>& way) { return way.param.name; });

}  // namespace
}  // namespace ironscribe::server
