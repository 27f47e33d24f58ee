// A phrase planted wherever a client can put one is nowhere but in what that client gets back.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "accounts/account_database.h"
#include "accounts/key_store.h"
#include "apps/cli/test_server.h"
#include "net/stub_http_server.h"

namespace ironscribe::cli {
namespace {

using Json = nlohmann::json;

constexpr const char* kPhrase = "zanzibarquokka";

// The files below a folder that hold the phrase.
std::vector<std::string> FilesWithPhrase(const std::filesystem::path& folder) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    const bool in_name = entry.path().string().find(kPhrase) != std::string::npos;
    if (in_name || bytes.find(kPhrase) != std::string::npos) found.push_back(entry.path());
  }
  return found;
}

std::string NamedFile(const std::string& field, const std::string& content) {
  return "--XY\r\nContent-Disposition: form-data; name=\"" + field + "\"; filename=\"" + kPhrase +
         ".wav\"\r\n\r\n" + content + "\r\n";
}

class ServePrivacy : public testing::Test {
 protected:
  ServePrivacy()
      : receiver_([](const auto&) { return net::StubHttpServer::Answer{}; }),
        server_({"--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--callback-host",
                 receiver_.url() + "@127.0.0.0/8", "--callback-secret-file", WriteSecret()}) {
    server_.models().first->says = kPhrase;
    key_ = Bearer(server_.Out().substr(0, server_.Out().find('\n')));
  }

  std::string WriteSecret() {
    folder_.Write("secret", "a secret of the test, long enough\n");
    return (folder_.path() / "secret").string();
  }

  server::ClientReply Post(const std::string& target, const std::string& form,
                           const std::string& fields = "") {
    return server_.Post(0, target, form, key_ + fields);
  }

  Json Ask(const std::string& line) {
    return Json::parse(server_.Ask(0, line, key_).body, nullptr, false);
  }

  // Requests that succeed, with the phrase in all places that take one.
  void SpeakTheTruth() {
    const std::string file = NamedFile("file", api::SilentWav(2));
    const std::string prompt = api::FormPart("prompt", kPhrase);
    const auto heard =
        Post("/v1/audio/transcriptions", api::FormPart("model", "whisper-1") + prompt + file);
    EXPECT_EQ(heard.status, 200) << heard.body;
    EXPECT_NE(heard.body.find(kPhrase), std::string::npos) << "the test hears nothing";
    Post(std::string("/asr?initial_prompt=") + kPhrase, NamedFile("audio_file", api::SilentWav(1)));
    Post("/inference", prompt + file);
  }

  // A job with the phrase; its id.
  std::string HandInAJob() {
    const auto reply =
        Post("/v1/jobs", api::FormPart("name", kPhrase) + api::FormPart("prompt", kPhrase) +
                             api::FormPart("callback_url", receiver_.url() + "/" + kPhrase) +
                             NamedFile("file", api::SilentWav(2)));
    EXPECT_EQ(reply.status, 202) << reply.body;
    const std::string id = Json::parse(reply.body)["id"];
    while (Ask("GET /v1/jobs/" + id)["callback"]["state"] != "delivered") {
      std::this_thread::yield();
    }
    return id;
  }

  // Requests that fail, each with the phrase where it must not come back from.
  void ExpectErrorsWithout() {
    const std::string file = NamedFile("file", "no recording but " + std::string(kPhrase));
    const std::string wav = NamedFile("file", api::SilentWav(1));
    const auto part = [](const char* name) { return api::FormPart(name, kPhrase); };
    const std::string model = api::FormPart("model", "whisper-1");
    const std::string options = std::string("x-ironscribe-options: {\"") + kPhrase + "\":1}\r\n";
    const std::string query = std::string("?") + kPhrase + "=" + kPhrase;
    std::vector<server::ClientReply> replies = {
        Post("/v1/audio/transcriptions", model + file),
        Post("/v1/audio/transcriptions", model + part("keywords[]") + wav),
        Post("/v1/audio/transcriptions", model + part("hotwords") + wav),
        Post("/v1/audio/transcriptions", model + part(kPhrase) + wav),
        Post("/v1/audio/transcriptions", model + part("response_format") + wav),
        Post("/v1/audio/transcriptions", model + part("temperature") + wav),
        Post("/v1/audio/transcriptions", model + wav, options),
        Post("/asr" + query, NamedFile("audio_file", api::SilentWav(1))),
        Post("/asr", NamedFile("audio_file", "text")),
        Post("/inference", part("temperature") + wav),
        Post("/inference", file),
        Post("/v1/jobs", part(kPhrase) + wav),
        Post("/v1/jobs", part("callback_url") + wav),
        Post("/v1/jobs",
             api::FormPart("callback_url", std::string("https://") + kPhrase + "/") + wav),
        Post("/v1/jobs", api::FormPart("audio_url", std::string("https://") + kPhrase + "/a")),
        Post("/v1/jobs", part("retention_hours") + wav),
        Post("/v1/jobs", part("path")),
        Post("/v1/jobs", api::FormPart("name", std::string(kPhrase) + "\n") + wav),
        Post("/v1/job-batches", NamedFile("manifest", "{\"" + std::string(kPhrase) + "\":1}")),
        Post("/v1/job-batches", NamedFile("manifest", kPhrase)),
        server_.Ask(0, "GET /v1/jobs" + query, key_),
        server_.Ask(0, std::string("GET /v1/jobs/") + kPhrase, key_),
        server_.Ask(0, std::string("GET /") + kPhrase, key_),
        server_.Ask(0, "GET /v1/usage" + query, key_),
        server_.Ask(0, "GET /v1/models", Bearer(kPhrase)),
        server_.Ask(1, "GET /v1/audit" + query, key_),
        server_.Ask(1, "GET /v1/usage" + query, key_)};
    for (size_t i = 0; i < replies.size(); ++i) {
      EXPECT_GE(replies[i].status, 400) << i;
      EXPECT_EQ(replies[i].body.find(kPhrase), std::string::npos) << i << ": " << replies[i].body;
    }
  }

  io::TestFolder folder_;
  const net::StubHttpServer receiver_;
  TestServer server_;
  std::string key_;
};

TEST_F(ServePrivacy, APlantedPhraseIsNowhere) {
  SpeakTheTruth();
  const std::string id = HandInAJob();
  ExpectErrorsWithout();
  for (const char* path : {"/metrics", "/v1/audit", "/v1/usage", "/v1/models", "/v1/keys"}) {
    const auto reply = server_.Ask(1, std::string("GET ") + path, key_);
    EXPECT_EQ(reply.status, 200) << path;
    EXPECT_EQ(reply.body.find(kPhrase), std::string::npos) << path;
  }
  // The job itself is kept, and goes without a trace.
  EXPECT_FALSE(FilesWithPhrase(server_.folder()).empty());
  EXPECT_EQ(server_.Ask(0, "DELETE /v1/jobs/" + id, key_).status, 200);
  EXPECT_EQ(FilesWithPhrase(server_.folder()), std::vector<std::string>());
  EXPECT_EQ(server_.Stop(), ExitCode::kDone);
  EXPECT_EQ(FilesWithPhrase(server_.folder()), std::vector<std::string>());
  EXPECT_NE(server_.Log().find(id), std::string::npos) << "the log is empty";
  EXPECT_EQ(server_.Log().find(kPhrase), std::string::npos) << server_.Log();
  const std::string traces = server_.Traces();
  EXPECT_NE(traces, "");
  EXPECT_EQ(traces.find(kPhrase), std::string::npos) << traces;
}

TEST_F(ServePrivacy, OneKeySeesNothingOfAnother) {
  const std::string id = HandInAJob();
  const auto database = accounts::AccountDatabase::Open(server_.folder(), {});
  ASSERT_TRUE(database.ok());
  const auto keys = accounts::KeyStore::Open(**database);
  ASSERT_TRUE(keys.ok());
  const auto created = (*keys)->Create({.name = "other"}, "test");
  ASSERT_TRUE(created.ok());
  const std::string other = Bearer(created->secret);
  while (server_.Ask(0, "GET /v1/models", other).status != 200) std::this_thread::yield();
  const std::string path = " /v1/jobs/" + id;
  for (const std::string& line :
       {"GET" + path, "GET" + path + "/result", "DELETE" + path, "POST" + path + "/cancel"}) {
    const auto reply = server_.Ask(0, line, other);
    EXPECT_EQ(reply.status, 404) << line;
    EXPECT_EQ(reply.body.find(kPhrase), std::string::npos);
  }
  EXPECT_EQ(server_.Ask(0, "GET /v1/jobs", other).body.find(id), std::string::npos);
  EXPECT_EQ(server_.Ask(0, "GET /v1/usage", other).body.find("audio_seconds\":2"),
            std::string::npos);
  EXPECT_EQ(Ask("GET /v1/jobs/" + id)["state"], "succeeded") << "the other changed it";
}

}  // namespace
}  // namespace ironscribe::cli
