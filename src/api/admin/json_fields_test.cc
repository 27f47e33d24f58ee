#include "api/admin/json_fields.h"

#include <gtest/gtest.h>

#include "api/test_backend.h"

namespace ironscribe::api::admin {
namespace {

Result<JsonFields> Parse(const std::string& json) { return JsonFields::Parse(json, {"a", "b"}); }

TEST(JsonFields, ReadsWhatItKnows) {
  const auto fields = Parse(R"({"a":"x","b":3})");
  ASSERT_TRUE(fields.ok());
  EXPECT_EQ(*fields->Text("a"), "x");
  EXPECT_EQ(*fields->Integer("b"), 3);
  EXPECT_EQ(*fields->Text("c"), "");
  EXPECT_FALSE(fields->Number("c")->has_value());
  EXPECT_FALSE(fields->RequiredText("c").ok());
  EXPECT_EQ(*Parse(R"({"a":["x","y"]})")->Texts("a"), (std::vector<std::string>{"x", "y"}));
  EXPECT_TRUE(Parse("").ok());
  EXPECT_EQ(*Parse(R"({"a":null})")->Text("a"), "");
}

TEST(JsonFields, TypesAreHeldTo) {
  const auto fields = Parse(R"({"a":"x","b":1.5})");
  ASSERT_TRUE(fields.ok());
  EXPECT_FALSE(fields->Number("a").ok());
  EXPECT_FALSE(fields->Texts("a").ok());
  EXPECT_FALSE(fields->Text("b").ok());
  EXPECT_FALSE(fields->Integer("b").ok());
  EXPECT_FALSE(Parse(R"({"b":1e300})")->Integer("b").ok());
}

TEST(JsonFields, RefusesWhatIsNoSuchObject) {
  for (const char* json :
       {"[]", "1", "{", "{\"a\":1}x", R"({"c":1})", R"({"a":{}})", R"({"a":[1]})", R"({"a":true})",
        R"({"a":1,"a":2})", "\xff", "{\"a\":\"\xff\"}"}) {
    EXPECT_EQ(Parse(json).status().code(), StatusCode::kInvalidArgument) << json;
  }
  // Deep ones too, without running out of stack.
  EXPECT_FALSE(Parse(std::string(60'000, '[')).ok());
}

TEST(TextCall, TakesSmallBodiesOnly) {
  const auto call = MakeTextCall([](const std::string& body, const std::stop_token&) {
    return Reply{.body = std::to_string(body.size())};
  });
  EXPECT_FALSE(call->TakeBody(std::string(60'000, 'x')).has_value());
  const auto refused = call->TakeBody(std::string(6'000, 'x'));
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->status, 413);
  KeptReply reply;
  call->Run(reply, {});
  EXPECT_EQ(reply.body, "60000");
}

}  // namespace
}  // namespace ironscribe::api::admin
