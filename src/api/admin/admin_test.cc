#include "api/admin/admin.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <nlohmann/json.hpp>

#include "accounts/test_accounts.h"
#include "api/pooled_models.h"
#include "api/test_backend.h"
#include "base/process_usage.h"
#include "models/whisper/random_checkpoint.h"

namespace ironscribe::api::admin {
namespace {

using accounts::Must;
using accounts::Scope;
using nlohmann::json;

std::shared_ptr<const accounts::ApiKey> KeyWith(accounts::Scopes scopes) {
  accounts::ApiKey key;
  key.id = "key_of_test";
  key.owner = "owner";
  key.scopes = scopes;
  return std::make_shared<const accounts::ApiKey>(key);
}

// A pool of "real", which can be loaded, and "broken", which cannot.
class AdminTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new models::whisper::ModelFolder();
    folder_->Write("model.safetensors",
                   formats::testing::MakeSafetensors(
                       models::whisper::ToHuggingFace(models::whisper::RandomOpenAiCheckpoint(3)),
                       formats::Encoding::kFloat32));
  }
  static void TearDownTestSuite() { delete folder_; }

  AdminTest() : pool_(PoolOptions()) {
    Must(pool_.Add({.name = "broken", .path = "/nothing/here"}));
    Must(pool_.Add({.name = "real", .path = folder_->path()}));
    AddRoutes(router_, {.models = pool_,
                        .keys = *keys_,
                        .usage = usage_,
                        .audit = audit_,
                        .wall_ms = [this] { return accounts_.database->NowMs(); },
                        .metrics_text = [] { return std::string("metric 1\n"); }});
  }

  static engine::ModelPoolOptions PoolOptions() {
    engine::ModelPoolOptions options;
    options.recognizer.num_threads = 1;
    return options;
  }

  KeptReply Ask(const std::string& method, const std::string& target, const std::string& body = "",
                accounts::Scopes scopes = {Scope::kAdmin}) {
    key_ = KeyWith(scopes);
    RequestHead head{.method = method, .path = target.substr(0, target.find('?'))};
    std::string query =
        target.find('?') == std::string::npos ? "" : target.substr(target.find('?') + 1);
    while (!query.empty()) {
      const std::string pair = query.substr(0, query.find('&'));
      head.query.push_back({pair.substr(0, pair.find('=')), pair.substr(pair.find('=') + 1)});
      query.erase(0, pair.size() + 1);
    }
    KeptReply kept;
    Admission admission = router_.Admit(head);
    if (auto* refused = std::get_if<Reply>(&admission.outcome)) {
      (void)kept.Send(std::move(*refused));
      return kept;
    }
    auto& call = *std::get<std::unique_ptr<Call>>(admission.outcome);
    if (!body.empty()) {
      if (auto refused = call.TakeBody(body)) {
        (void)kept.Send(std::move(*refused));
        return kept;
      }
    }
    call.Run(kept, {});
    return kept;
  }

  json Audit() { return json::parse(Ask("GET", "/v1/audit").body)["data"]; }
  std::string State(const std::string& name) {
    const json models = json::parse(Ask("GET", "/v1/models").body);
    for (const json& model : models["data"]) {
      if (model["name"] == name) return model["state"];
    }
    return "";
  }

  static models::whisper::ModelFolder* folder_;
  accounts::TestAccounts accounts_;
  std::unique_ptr<accounts::KeyStore> keys_ = Must(accounts::KeyStore::Open(*accounts_.database));
  accounts::UsageLog usage_{*accounts_.database};
  accounts::AuditLog audit_{*accounts_.database};
  engine::ModelPool pool_;
  std::shared_ptr<const accounts::ApiKey> key_;
  Router router_{[this](const RequestHead&, const Route& route) -> Result<Identity> {
                   const Identity identity(key_);
                   if (route.scope && identity.Allows(*route.scope)) return identity;
                   return PermissionDeniedError("no");
                 },
                 [](const RequestRecord&) {}};
};

models::whisper::ModelFolder* AdminTest::folder_ = nullptr;

// Loads and unloads through the API leave nothing: neither memory nor threads nor descriptors.
TEST_F(AdminTest, TwentyLoadsAndUnloadsLeaveNothing) {
  const auto cycle = [this] {
    ASSERT_EQ(Ask("POST", "/v1/models/load", R"({"model":"real"})").status, 200);
    ASSERT_EQ(Ask("POST", "/v1/models/unload", R"({"model":"real"})").status, 200);
  };
  for (int i = 0; i < 3; ++i) cycle();
  malloc_trim(0);
  const ProcessUsage before = ReadProcessUsage();
  for (int i = 0; i < 20; ++i) cycle();
  malloc_trim(0);
  const ProcessUsage after = ReadProcessUsage();
  EXPECT_EQ(after.open_descriptors, before.open_descriptors);
  EXPECT_EQ(after.threads, before.threads);
  constexpr int64_t kMaxGrowthBytes = 10'000'000;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LT(after.resident_bytes - before.resident_bytes, kMaxGrowthBytes);
#else
  (void)kMaxGrowthBytes;  // The sanitizer keeps what was freed.
#endif
}

TEST_F(AdminTest, ModelsAreListedLoadedAndUnloaded) {
  EXPECT_EQ(State("real"), "unloaded");
  EXPECT_EQ(Ask("POST", "/v1/models/load", R"({"model":"real"})").status, 200);
  EXPECT_EQ(State("real"), "ready");
  EXPECT_EQ(Ask("POST", "/v1/models/unload", R"({"model":"real"})").status, 200);
  EXPECT_EQ(State("real"), "unloaded");
  EXPECT_NE(Ask("POST", "/v1/models/load", R"({"model":"broken"})").status, 200);
  EXPECT_EQ(State("broken"), "failed");
  EXPECT_EQ(Ask("POST", "/v1/models/load", R"({"model":"planted phrase"})").status, 404);
  const json lines = Audit();
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[3]["action"], "model.load");
  EXPECT_EQ(lines[3]["target"], "real");
  EXPECT_EQ(lines[3]["actor"], "key_of_test");
  EXPECT_EQ(lines[3]["outcome"], "ok");
  EXPECT_EQ(lines[1]["target"], "broken");
  EXPECT_NE(lines[1]["outcome"], "ok");
  EXPECT_EQ(lines[0]["outcome"], "NOT_FOUND");
  EXPECT_EQ(lines.dump().find("planted"), std::string::npos);
}

TEST_F(AdminTest, AliasesArePointedTriedPromotedAndRolledBack) {
  const auto model_of = [&](const char* path, const std::string& body) {
    const KeptReply reply = Ask("POST", path, body);
    return reply.status == 200 ? json::parse(reply.body)["data"] : json(reply.status);
  };
  json aliases = model_of("/v1/aliases/point", R"({"alias":"whisper-1","model":"real"})");
  EXPECT_EQ(aliases[0]["model"], "real");
  aliases =
      model_of("/v1/aliases/try", R"({"alias":"whisper-1","candidate":"broken","share":0.05})");
  EXPECT_EQ(aliases[0]["candidate"], "broken");
  EXPECT_EQ(aliases[0]["share"], 0.05);
  aliases = model_of("/v1/aliases/promote", R"({"alias":"whisper-1"})");
  EXPECT_EQ(aliases[0]["model"], "broken");
  aliases = model_of("/v1/aliases/rollback", R"({"alias":"whisper-1"})");
  EXPECT_EQ(aliases[0]["model"], "real");
  EXPECT_EQ(model_of("/v1/aliases/try", R"({"alias":"whisper-1","candidate":"real"})"), 400);
  EXPECT_EQ(model_of("/v1/aliases/try", R"({"alias":"other","candidate":"real","share":1})"), 404);
  EXPECT_EQ(model_of("/v1/aliases/point", R"({"alias":"real","model":"broken"})"), 409);
  const KeptReply unknown =
      Ask("POST", "/v1/aliases/point", R"({"alias":"whisper-1","model":"planted phrase"})");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.body.find("planted"), std::string::npos) << unknown.body;
  EXPECT_EQ(model_of("/v1/aliases/point",
                     R"({"alias":")" + std::string(101, 'a') + R"(","model":"real"})"),
            400);
  EXPECT_EQ(model_of("/v1/aliases/point", R"({"alias":"a\nb","model":"real"})"), 400);
  EXPECT_EQ(model_of("/v1/aliases/remove", R"({"alias":"whisper-1"})"), json::array());
  EXPECT_EQ(Audit().size(), 11u);
}

TEST_F(AdminTest, KeysAreMadeRotatedAndRevoked) {
  const KeptReply made = Ask("POST", "/v1/keys",
                             R"({"name":"n","scopes":["transcribe"],"expires_days":1,
                                 "requests_per_minute":6})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string id = json::parse(made.body)["id"];
  const std::string secret = json::parse(made.body)["secret"];
  EXPECT_EQ(Must(keys_->Authenticate(secret))->id, id);
  EXPECT_EQ(Must(keys_->Get(id)).quota.requests_per_minute, 6);
  EXPECT_EQ(Ask("GET", "/v1/keys").body.find(secret), std::string::npos);

  const KeptReply rotated = Ask("POST", "/v1/keys/" + id + "/rotate", R"({"grace_hours":0})");
  ASSERT_EQ(rotated.status, 201) << rotated.body;
  EXPECT_FALSE(keys_->Authenticate(secret).ok());
  EXPECT_EQ(Ask("DELETE", "/v1/keys/" + id).status, 200);
  EXPECT_FALSE(keys_->Authenticate(json::parse(rotated.body)["secret"].get<std::string>()).ok());
  EXPECT_EQ(Ask("DELETE", "/v1/keys/key_none").status, 404);
  for (const char* body : {R"({"scopes":["transcribe"]})", R"({"name":"n","scopes":["root"]})",
                           R"({"name":"n","expires_days":-1})", R"({"name":"n","x":1})",
                           R"({"name":"n","requests_per_minute":0.5})"}) {
    EXPECT_EQ(Ask("POST", "/v1/keys", body).status, 400) << body;
  }
}

TEST_F(AdminTest, NobodyGetsMoreByAnotherKeyThanItHas) {
  const std::string id =
      Must(keys_->Create({.name = "boss", .scopes = {Scope::kAdmin}}, "test")).key_id;
  const accounts::Scopes clerk = {Scope::kKeys, Scope::kTranscribe};
  EXPECT_EQ(Ask("POST", "/v1/keys/" + id + "/rotate", "", clerk).status, 403);
  EXPECT_EQ(Ask("DELETE", "/v1/keys/" + id, "", clerk).status, 403);
  EXPECT_EQ(Ask("POST", "/v1/keys", R"({"name":"n","scopes":["usage"]})", clerk).status, 403);
  EXPECT_EQ(Ask("POST", "/v1/keys", R"({"name":"n","scopes":["transcribe"]})", clerk).status, 201);
}

TEST_F(AdminTest, UsageIsToldByKeyAndAsCsv) {
  usage_.Add("key_of_test", "real", 12.5, false);
  usage_.Add("key_other", "real", 2, true);
  const json all = json::parse(Ask("GET", "/v1/usage").body)["data"];
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0]["audio_seconds"], 12.5);
  EXPECT_EQ(json::parse(Ask("GET", "/v1/usage?key=key_other").body)["data"].size(), 1u);
  EXPECT_EQ(json::parse(Ask("GET", "/v1/usage?last_day=2026-11-22").body)["data"].size(), 0u);
  const KeptReply csv = Ask("GET", "/v1/usage?format=csv");
  EXPECT_TRUE(csv.body.starts_with("day,key_id,")) << csv.body;
  EXPECT_TRUE(csv.headers.Find("content-type")->starts_with("text/csv"));
  for (const char* query : {"format=xml", "first_day=yesterday", "planted=1"}) {
    EXPECT_EQ(Ask("GET", std::string("/v1/usage?") + query).status, 400) << query;
  }
}

TEST_F(AdminTest, OwnUsageIsThatOfTheKey) {
  AddOwnUsageRoute(router_, usage_);
  Router own{[this](const RequestHead&, const Route&) { return Identity(key_); },
             [](const RequestRecord&) {}};
  AddOwnUsageRoute(own, usage_);
  usage_.Add("key_of_test", "real", 1, false);
  usage_.Add("key_other", "real", 2, false);
  key_ = KeyWith({Scope::kTranscribe});
  const auto ask = [&](std::vector<QueryParameter> query) {
    Admission admission =
        own.Admit({.method = "GET", .path = "/v1/usage", .query = std::move(query)});
    KeptReply kept;
    std::get<std::unique_ptr<Call>>(admission.outcome)->Run(kept, {});
    return kept;
  };
  const json rows = json::parse(ask({}).body)["data"];
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0]["key_id"], "key_of_test");
  EXPECT_EQ(ask({{"key", "key_other"}}).status, 400);
}

TEST_F(AdminTest, EveryPathWantsItsScope) {
  for (const Route& route : router_.routes()) {
    EXPECT_EQ(route.access, RouteAccess::kAdmin) << route.pattern;
    EXPECT_TRUE(route.scope.has_value()) << route.pattern;
    EXPECT_EQ(Ask(route.method, route.pattern, "", {Scope::kTranscribe, Scope::kJobs}).status, 403);
  }
  EXPECT_EQ(Ask("GET", "/metrics", "", {Scope::kMetrics}).body, "metric 1\n");
}

TEST_F(AdminTest, PooledModelsAreListedByNameAndAlias) {
  Must(pool_.PointAlias("whisper-1", "real"));
  PooledModels models(pool_, "real", 7);
  std::string names;
  for (const ModelEntry& entry : models.List()) names += entry.name + " ";
  EXPECT_EQ(names, "real broken whisper-1 ");
  EXPECT_EQ(Must(models.Resolve("", "id")), "real");
  EXPECT_EQ(Must(models.Resolve("whisper-1", "id")), "real");
  const auto unknown = models.Resolve("planted phrase", "id");
  EXPECT_EQ(unknown.status().code(), StatusCode::kNotFound);
  EXPECT_EQ(unknown.status().message().find("planted"), std::string::npos);
  const auto model = Must(models.Open("real", {}));
  EXPECT_EQ(model->info().name, "real");
  EXPECT_FALSE(models.Open("broken", {}).ok());
}

}  // namespace
}  // namespace ironscribe::api::admin
