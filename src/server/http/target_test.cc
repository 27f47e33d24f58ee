#include "server/http/target.h"

#include <gtest/gtest.h>

namespace ironscribe::server {
namespace {

struct Good {
  std::string_view target;
  std::string_view path;
};

TEST(Target, DecodesOnce) {
  for (const Good& good : {
           Good{"/", "/"},
           Good{"/a/b", "/a/b"},
           Good{"/a%20b", "/a b"},
           Good{"/a+b", "/a+b"},
           Good{"/%2525", "/%25"},
           Good{"/a%2fb", "/a/b"},
           Good{"/gr%C3%BC%C3%9Fe",
                "/gr\xc3\xbc\xc3\x9f"
                "e"},
           Good{"/gr\xc3\xbc\xc3\x9f"
                "e",
                "/gr\xc3\xbc\xc3\x9f"
                "e"},
           Good{"/a..b/.c/...", "/a..b/.c/..."},
           Good{"http://host:80/x?y", "/x"},
           Good{"HTTPS://host", "/"},
           Good{"http://host?y", "/"},
           Good{"/x#fragment", "/x"},
       }) {
    const Result<Target> target = ParseTarget(good.target);
    ASSERT_TRUE(target.ok()) << good.target;
    EXPECT_EQ(target->path, good.path) << good.target;
  }
}

TEST(Target, RefusesWhatIsNoPath) {
  for (const std::string_view bad :
       {"",     "*",          "host:443", "a/b",  "ftp://host/", "?x",        "/%",
        "/%4",  "/%4g",       "/%g4",     "/%00", "/a%0d%0ab",   "/%7f",      "/%ff",
        "/%c3", "/%ed%a0%80", "/%c0%af",  "/..",  "/a/../b",     "/a/%2e%2e", "/a%2f..%2fb",
        "/./a", "/a%5cb",     "/x?%ff",   "/x?%", "/x?a=%00",    "/x?%00=a"}) {
    EXPECT_FALSE(ParseTarget(bad).ok()) << bad;
  }
}

TEST(Target, SplitsTheQuery) {
  const Result<Target> target = ParseTarget("/x?a=1&b&&c=&a=2&d%3d=%26+%2B&e=f=g");

  ASSERT_TRUE(target.ok());
  ASSERT_EQ(target->query.size(), 6u);
  EXPECT_EQ(target->query[0].value, "1");
  EXPECT_EQ(target->query[1].name, "b");
  EXPECT_EQ(target->query[1].value, "");
  EXPECT_EQ(target->query[3].value, "2");
  EXPECT_EQ(target->query[4].name, "d=");
  EXPECT_EQ(target->query[4].value, "& +");
  EXPECT_EQ(target->query[5].value, "f=g");
}

TEST(Target, LimitsTheNumberOfParameters) {
  std::string target = "/x?a";
  for (int i = 1; i < 1000; ++i) {
    target += "&a";
  }
  EXPECT_TRUE(ParseTarget(target).ok());
  EXPECT_FALSE(ParseTarget(target + "&a").ok());
}

TEST(Target, ErrorsHoldNoTextOfIt) {
  const Result<Target> target = ParseTarget("/secret%ff?secret");

  ASSERT_FALSE(target.ok());
  EXPECT_EQ(target.status().message().find("secret"), std::string::npos);
}

}  // namespace
}  // namespace ironscribe::server
