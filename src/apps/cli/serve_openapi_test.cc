// What the OpenAPI document says against what the running server answers.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "apps/cli/test_server.h"

namespace ironscribe::cli {
namespace {

using Json = nlohmann::json;

constexpr const char* kUnknown = "surely_not_a_parameter";

class ServeOpenApi : public testing::Test {
 protected:
  ServeOpenApi() { key_ = Bearer(server_.Out().substr(0, server_.Out().find('\n'))); }

  Json Document(size_t listener) {
    return Json::parse(server_.Ask(listener, "GET /openapi.json").body, nullptr, false);
  }

  // The answer to an operation with one parameter in its query.
  server::ClientReply Ask(size_t listener, const std::string& method, std::string path,
                          const std::string& name, const std::string& value) {
    for (size_t at; (at = path.find('{')) != std::string::npos;) {
      path.replace(at, path.find('}') - at + 1, "x");
    }
    path += "?" + name + "=" + value;
    if (method == "get") return server_.Ask(listener, "GET " + path, key_);
    return server_.Post(listener, path, api::FormPart("audio_file", api::SilentWav(1)), key_);
  }

  void ExpectQueries(size_t listener, int least) {
    int num_parameters = 0;
    const Json document = Document(listener);
    for (const auto& [path, operations] : document["paths"].items()) {
      for (const auto& [method, operation] : operations.items()) {
        bool has_query = false;
        for (const Json& parameter : operation["parameters"]) {
          if (parameter["in"] != "query") continue;
          has_query = true;
          ++num_parameters;
          const std::string name = parameter["name"];
          const auto reply = Ask(listener, method, path, name, "1");
          EXPECT_EQ(reply.body.find("unknown parameter"), std::string::npos) << path << " " << name;
          EXPECT_EQ(reply.body.find("not known here"), std::string::npos) << path << " " << name;
          EXPECT_TRUE(operation["responses"].contains(std::to_string(reply.status)))
              << path << " " << name << ": " << reply.status;
        }
        if (!has_query) continue;
        const auto reply = Ask(listener, method, path, kUnknown, "1");
        EXPECT_TRUE(reply.status == 400 || reply.status == 422) << path << ": " << reply.status;
      }
    }
    EXPECT_GE(num_parameters, least);
  }

  TestServer server_{{"--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"}};
  std::string key_;
};

TEST_F(ServeOpenApi, QueriesAreReadAsTheDocumentSays) {
  ExpectQueries(0, 15);
  ExpectQueries(1, 6);
}

TEST_F(ServeOpenApi, TheDocumentIsPublished) {
  const std::string path = std::string(IRONSCRIBE_SOURCE_DIR) + "/docs/openapi.json";
  std::ifstream file(path, std::ios::binary);
  Json published = Json::parse(file, nullptr, false);
  Json served = Document(0);
  published["info"].erase("version");
  served["info"].erase("version");
  EXPECT_TRUE(published == served) << "copy the server's /openapi.json over " << path;
}

}  // namespace
}  // namespace ironscribe::cli
