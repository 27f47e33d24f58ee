#include "api/jobs/callback_signature.h"

#include <gtest/gtest.h>

namespace ironscribe::api::jobs {
namespace {

// The example of the specification's libraries.
TEST(CallbackSignature, IsThatOfStandardWebhooks) {
  const auto secrets = ReadCallbackSecrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n");
  ASSERT_TRUE(secrets.ok()) << secrets.status().ToString();
  const auto headers = CallbackHeaders({.id = "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                        .unix_seconds = 1614265330,
                                        .body = R"({"test": 2432232314})"},
                                       *secrets);
  const std::vector<std::string> expected = {
      "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp: 1614265330",
      "webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="};
  EXPECT_EQ(headers, expected);
}

TEST(CallbackSignature, EverySecretSigns) {
  const auto secrets = ReadCallbackSecrets("0123456789abcdef0\r\n\nfedcba9876543210f");
  ASSERT_TRUE(secrets.ok());
  ASSERT_EQ(secrets->size(), 2u);
  EXPECT_EQ((*secrets)[0], "0123456789abcdef0");
  const CallbackMessage message{.id = "i", .unix_seconds = 1, .body = "b"};
  const std::string both = CallbackHeaders(message, *secrets)[2];
  const std::string first = CallbackHeaders(message, {(*secrets)[0]})[2];
  EXPECT_TRUE(both.starts_with(first + " v1,"));
  CallbackMessage other = message;
  other.body = "c";
  EXPECT_NE(CallbackHeaders(other, {(*secrets)[0]})[2], first);
  other = message;
  other.unix_seconds = 2;
  EXPECT_NE(CallbackHeaders(other, {(*secrets)[0]})[2], first);
}

TEST(CallbackSignature, WeakSecretsAreRefusedAndNotTold) {
  for (const char* text : {"", "\n", "short", "whsec_c2hvcnQ=", "whsec_!!!!!!!!!!!!!!!!!!!!!!!!"}) {
    const auto secrets = ReadCallbackSecrets(text);
    EXPECT_EQ(secrets.status().code(), StatusCode::kInvalidArgument) << text;
    EXPECT_EQ(secrets.status().message().find("short"), std::string::npos);
  }
}

}  // namespace
}  // namespace ironscribe::api::jobs
