#include "api/openapi/openapi.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/test_backend.h"

namespace ironscribe::api::openapi {
namespace {

using Json = nlohmann::json;

TEST(OpenApi, IsMadeOfTheRoutesAndTheirTables) {
  TestBackend test;
  const auto handle = [](const RouteRequest&) -> RouteOutcome { return JsonReply(200, "{}"); };
  test.router.Add({.method = "POST",
                   .pattern = "/v1/things/{id*}",
                   .access = RouteAccess::kKey,
                   .api = "things",
                   .recognizes = true,
                   .handle = handle,
                   .refuse = PlainErrorReply});
  test.router.Add({.method = "GET",
                   .pattern = "/v1/things",
                   .access = RouteAccess::kKey,
                   .handle = handle,
                   .refuse = PlainErrorReply});
  const std::vector<RouteInput> inputs = {
      {"POST",
       "/v1/things/{id*}",
       RouteInput::Place::kForm,
       {{"file", Treatment::kHonoured, "the recording"},
        {"speakers", Treatment::kRefused, "not told apart"}}},
      {"GET", "/v1/things", RouteInput::Place::kQuery, {{"limit", Treatment::kHonoured, "many"}}}};
  AddRoute(test.router, inputs, "1.2.3");

  const KeptReply reply = test.Get("/openapi.json");
  EXPECT_EQ(reply.status, 200);
  const Json json = Json::parse(reply.body);
  EXPECT_EQ(json["openapi"], "3.1.0");
  EXPECT_EQ(json["info"]["version"], "1.2.3");
  const Json& post = json["paths"]["/v1/things/{id}"]["post"];
  EXPECT_EQ(post["tags"], Json::array({"things"}));
  EXPECT_EQ(post["parameters"][0]["name"], "id");
  EXPECT_TRUE(post["responses"].contains("507"));
  EXPECT_EQ(post["security"].size(), 2u);
  const Json& properties =
      post["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"];
  EXPECT_EQ(properties["file"]["format"], "binary");
  EXPECT_FALSE(properties.contains("speakers")) << "it is refused";
  EXPECT_EQ(json["paths"]["/v1/things"]["get"]["parameters"][0]["in"], "query");
  EXPECT_TRUE(json["paths"]["/openapi.json"]["get"]["security"].empty());
}

}  // namespace
}  // namespace ironscribe::api::openapi
