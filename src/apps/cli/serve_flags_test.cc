#include "apps/cli/serve_flags.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "apps/cli/json_log.h"
#include "apps/cli/test_fakes.h"
#include "io/file.h"

namespace ironscribe::cli {
namespace {

Result<ParsedServeFlags> Parse(std::vector<std::string> arguments) {
  Folders folders;
  folders.models = "/data/models";
  folders.cache = "/cache";
  arguments.push_back("--no-auth");
  return ParseServeFlags(arguments, folders);
}

ServeOptions Options(std::vector<std::string> arguments) {
  const auto parsed = Parse(std::move(arguments));
  EXPECT_TRUE(parsed.ok()) << parsed.status().message();
  return parsed.ok() ? parsed->options : ServeOptions();
}

TEST(ServeFlags, DefaultsAreForThisMachineOnly) {
  const ServeOptions options = Options({});
  ASSERT_EQ(options.models.size(), 1u);
  EXPECT_EQ(options.models[0].name, "base");
  EXPECT_FALSE(options.load_on_demand);
  ASSERT_EQ(options.listeners.size(), 1u);
  EXPECT_EQ(options.listeners[0].host, "127.0.0.1");
  EXPECT_EQ(options.listeners[0].port, 8080);
  EXPECT_FALSE(options.listeners[0].tls.has_value());
  EXPECT_EQ(options.spool.folder, "/data/server/spool");
  EXPECT_EQ(options.max_audio_seconds, 24 * 3600);
  EXPECT_GT(options.http.max_body_bytes, options.spool.max_file_bytes);
}

TEST(ServeFlags, ListenersMayBeMany) {
  const ServeOptions options =
      Options({"-m", "a", "-m", "b", "--listen", "0.0.0.0:0", "--listen", "[::1]:9", "--tls-listen",
               "localhost:8443", "--tls-self-signed"});
  ASSERT_EQ(options.models.size(), 2u);
  EXPECT_EQ(options.models[1].name, "b");
  ASSERT_EQ(options.listeners.size(), 3u);
  EXPECT_EQ(options.listeners[1].host, "::1");
  EXPECT_EQ(options.listeners[1].port, 9);
  ASSERT_TRUE(options.listeners[2].tls.has_value());
  EXPECT_TRUE(options.listeners[2].tls->self_signed);
  EXPECT_EQ(options.listeners[2].tls->self_signed_names, std::vector<std::string>{"localhost"});
  EXPECT_NE(options.listeners[0].name, options.listeners[1].name);
}

TEST(ServeFlags, ModelsArePinnedAndHaveAliases) {
  const std::string digest(64, 'a');
  const ServeOptions options =
      Options({"-m", "org/base@sha256:" + digest, "-m", "small", "--alias", "whisper-1=org/base",
               "--alias", "new=org/base,small:0.05", "--idle-unload", "1.5", "--memory-mb", "2000",
               "--load-on-demand"});
  EXPECT_EQ(options.models[0].name, "org/base");
  EXPECT_EQ(options.models[0].sha256, digest);
  EXPECT_EQ(options.models[1].sha256, "");
  ASSERT_EQ(options.aliases.size(), 2u);
  EXPECT_EQ(options.aliases[0].name, "whisper-1");
  EXPECT_EQ(options.aliases[0].model, "org/base");
  EXPECT_EQ(options.aliases[0].candidate, "");
  EXPECT_EQ(options.aliases[1].model, "org/base");
  EXPECT_EQ(options.aliases[1].candidate, "small");
  EXPECT_EQ(options.aliases[1].share, 0.05);
  EXPECT_EQ(options.idle_unload.count(), 90);
  EXPECT_EQ(options.memory_bytes, 2'000'000'000);
  EXPECT_TRUE(options.load_on_demand);
}

TEST(ServeFlags, TlsAloneOpensNoOtherPort) {
  const ServeOptions options =
      Options({"--tls-listen", "h:1", "--tls-cert", "c.pem", "--tls-key", "k.pem"});
  ASSERT_EQ(options.listeners.size(), 1u);
  EXPECT_EQ(options.listeners[0].tls->certificate_file, "c.pem");
}

TEST(ServeFlags, RefusesWhatMakesNoSense) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"--listen", "8080"},
           {"--listen", "host:"},
           {"--listen", "host:70000"},
           {"--listen", ":80"},
           {"--listen", "host:80x"},
           {"--tls-listen", "h:1"},
           {"--tls-listen", "h:1", "--tls-cert", "c.pem"},
           {"--tls-listen", "h:1", "--tls-cert", "c", "--tls-key", "k", "--tls-self-signed"},
           {"--tls-self-signed"},
           {"--compute", "int3"},
           {"--spool-mb", "0"},
           {"--drain-timeout", "-1"},
           {"--no-auth-from", "localhost"},
           {"--no-auth-listen", "8090"},
           {"--admin-listen", "8081"},
           {"--admin-tls", "--tls-self-signed"},
           {"--admin-tls", "--admin-listen", "h:1"},
           {"--callback-host", "h"},
           {"--callback-secret-file", "f"},
           {"--callback-host", "a/b", "--callback-secret-file", "f"},
           {"--audio-url-host", "h@10.0.0.0/33"},
           {"--job-audio-mb", "0"},
           {"--model", "base@sha256:12"},
           {"--alias", "a"},
           {"--alias", "=base"},
           {"--alias", "a="},
           {"--alias", "a=b,c"},
           {"--alias", "a=b,c:2"},
           {"--alias", "a=b,:0.5"},
           {"--unknown"},
           {"recording.wav"},
       }) {
    const auto parsed = Parse(arguments);
    ASSERT_FALSE(parsed.ok()) << arguments[0];
    EXPECT_EQ(parsed.status().code(), StatusCode::kInvalidArgument);
  }
}

TEST(ServeFlags, HostsThatClientsMayNameAreNoneUnlessSaid) {
  const ServeOptions none = Options({});
  EXPECT_TRUE(none.jobs.callback_hosts.empty());
  EXPECT_TRUE(none.jobs.audio_hosts.empty());
  const ServeOptions some =
      Options({"--callback-host", "*.example.com", "--callback-host",
               "http://127.0.0.1:9@127.0.0.1", "--callback-secret-file", "s", "--audio-url-host",
               "audio.example.com", "--job-audio-mb", "2", "--max-upload-mb", "3"});
  EXPECT_TRUE(some.jobs.callback_hosts.Check("http://127.0.0.1:9/x").ok());
  EXPECT_FALSE(some.jobs.audio_hosts.Check("http://127.0.0.1:9/x").ok());
  EXPECT_EQ(some.jobs.max_audio_bytes, 2'000'000u);
  EXPECT_EQ(some.jobs.max_file_bytes, 3'000'000u);
}

TEST(ServeFlags, TheAdminListenerTakesTls) {
  const ServeOptions options =
      Options({"--listen", "h:1", "--admin-listen", "h:2", "--admin-tls", "--tls-self-signed"});
  EXPECT_FALSE(options.listeners[0].tls.has_value());
  ASSERT_TRUE(options.listeners[1].tls.has_value());
  EXPECT_TRUE(options.listeners[1].tls->self_signed);
}

TEST(ServeFlags, NobodyIsLetInByMistake) {
  const auto parsed = ParseServeFlags({"--listen", "h:1", "--admin-listen", "h:2"}, {});
  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(parsed->options.access.anonymous_listeners.empty());
  EXPECT_TRUE(parsed->options.needs_keys());
}

TEST(ServeFlags, WhoNeedsNoKeyIsSaidByListenerAndAddress) {
  const ServeOptions all = Options({"--listen", "h:1", "--tls-listen", "h:2", "--tls-self-signed"});
  EXPECT_EQ(all.access.anonymous_listeners, (std::set<std::string>{"http-1", "https-2"}));
  EXPECT_EQ(all.access.admin_listener, "");
  EXPECT_FALSE(all.needs_keys());

  const ServeOptions admin = Options({"--admin-listen", "127.0.0.1:8081"});
  ASSERT_EQ(admin.listeners.size(), 2u);
  EXPECT_EQ(admin.listeners[1].name, admin.access.admin_listener);
  EXPECT_FALSE(admin.access.anonymous_listeners.contains(admin.access.admin_listener));
  EXPECT_TRUE(admin.needs_keys());

  const auto parsed = ParseServeFlags(
      {"--listen", "0.0.0.0:1", "--no-auth-listen", "127.0.0.1:2", "--no-auth-from", "127.0.0.0/8"},
      {});
  ASSERT_TRUE(parsed.ok()) << parsed.status().message();
  EXPECT_EQ(parsed->options.access.anonymous_listeners, std::set<std::string>{"http-2"});
  ASSERT_EQ(parsed->options.access.anonymous_addresses.size(), 1u);
  EXPECT_TRUE(parsed->options.access.anonymous_addresses[0].Contains("127.3.2.1"));
  EXPECT_TRUE(parsed->options.needs_keys());
  EXPECT_FALSE(ParseServeFlags({"--no-auth-from", "127.0.0.0/8"}, {}).ok());
}

TEST(ServeFlags, TheFileCountsWhereNothingWasTyped) {
  const TestFolder folder;
  const auto file = folder
                        .Write("c.yaml",
                               "serve:\n"
                               "  model: [a, b]\n"
                               "  listen: 127.0.0.1:1\n"
                               "  max-waiting: 7\n"
                               "  tls-self-signed: false\n"
                               "  load-on-demand: true\n"
                               "transcribe:\n"
                               "  model: c\n")
                        .string();
  const ServeOptions options = Options({"--config", file, "--listen", "127.0.0.1:2"});
  ASSERT_EQ(options.models.size(), 2u);
  EXPECT_EQ(options.models[1].name, "b");
  ASSERT_EQ(options.listeners.size(), 1u);
  EXPECT_EQ(options.listeners[0].port, 2);
  EXPECT_EQ(options.queue.max_waiting, 7);
  EXPECT_TRUE(options.load_on_demand);
}

TEST(ServeFlags, MistakesInTheFileAreNamed) {
  const TestFolder folder;
  for (const auto& [yaml, words] : std::vector<std::pair<std::string, std::string>>{
           {"serve:\n  modle: a\n", "did you mean --model"},
           {"serve:\n  max-waiting: many\n", "max-waiting"},
           {"serve:\n  listen: here\n", "the value comes from the configuration"},
           {"serve:\n  config: other.yaml\n", "unknown flag 'config'"},
           {"serve:\n  check-config: true\n", "unknown flag 'check-config'"},
           {"server:\n  model: a\n", "unknown section 'server'"}}) {
    const auto parsed = Parse({"--config", folder.Write("c.yaml", yaml).string()});
    ASSERT_FALSE(parsed.ok()) << yaml;
    EXPECT_NE(parsed.status().message().find(words), std::string::npos)
        << parsed.status().message();
  }
  EXPECT_FALSE(Parse({"--config", "/nowhere/c.yaml"}).ok());
}

// What is published is what the program reads.
TEST(ServeFlags, TheSchemaIsPublished) {
  const auto parsed = Parse({"--print-config-schema"});
  ASSERT_TRUE(parsed.ok());
  const auto published =
      io::ReadFile(IRONSCRIBE_SOURCE_DIR "/docs/schemas/serve.schema.json", 1 << 20);
  ASSERT_TRUE(published.ok());
  EXPECT_EQ(*published, parsed->text)
      << "ironscribe serve --print-config-schema > docs/schemas/serve.schema.json";
}

TEST(JsonLog, WritesOneObjectALine) {
  std::ostringstream out;
  JsonLog log(out);
  api::RequestRecord record;
  record.request_id = "a\"b\nc";
  record.route = "/v1/models";
  record.status = 200;
  record.notes.audio_seconds = 10;
  record.notes.recognition_seconds = 2;
  log.Request(record);
  log.Info("x\ny");
  const std::string text = out.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  EXPECT_NE(text.find(R"("request_id":"a\"b\nc")"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("real_time_factor":0.2)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"({"ts":"20)"), std::string::npos) << text;
}

}  // namespace
}  // namespace ironscribe::cli
