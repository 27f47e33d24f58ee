#include "api/headers.h"

#include <gtest/gtest.h>

#include "api/request_head.h"
#include "api/service.h"

namespace ironscribe::api {
namespace {

TEST(Headers, KeepsOrderAndRepetitions) {
  Headers headers{{"accept", "a"}, {"host", "h"}};
  headers.Add("accept", "b");

  EXPECT_EQ(headers.Find("accept"), "a");
  EXPECT_EQ(headers.FindAll("accept"), (std::vector<std::string_view>{"a", "b"}));
  EXPECT_EQ(headers.Find("cookie"), std::nullopt);
  EXPECT_EQ(headers.begin()->name, "accept");
}

TEST(Headers, SetReplacesEveryFieldOfTheName) {
  Headers headers{{"vary", "a"}, {"host", "h"}, {"vary", "b"}};
  headers.Set("vary", "c");

  EXPECT_EQ(headers.FindAll("vary"), std::vector<std::string_view>{"c"});
  EXPECT_EQ(headers.size(), 2u);
}

TEST(RequestHead, FindsTheFirstParameter) {
  const RequestHead head{.query = {{"model", "a"}, {"model", "b"}, {"empty", ""}}};

  EXPECT_EQ(head.FindQuery("model"), "a");
  EXPECT_EQ(head.FindQuery("empty"), "");
  EXPECT_EQ(head.FindQuery("Model"), std::nullopt);
}

TEST(Admission, IsAReplyOrACall) {
  const Admission refused{"/x", Reply{.status = 404}};

  ASSERT_TRUE(std::holds_alternative<Reply>(refused.outcome));
  EXPECT_EQ(std::get<Reply>(refused.outcome).status, 404);
}

}  // namespace
}  // namespace ironscribe::api
