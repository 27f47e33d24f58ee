#include "net/outbound_rules.h"

#include <gtest/gtest.h>

namespace ironscribe::net {
namespace {

StatusCode Checked(const std::vector<std::string>& entries, std::string_view url) {
  const auto rules = OutboundRules::Parse(entries);
  EXPECT_TRUE(rules.ok()) << rules.status().ToString();
  return rules.ok() ? rules->Check(url).code() : StatusCode::kInternal;
}

TEST(OutboundRules, NothingIsAllowedUnlessNamed) {
  EXPECT_TRUE(OutboundRules().empty());
  EXPECT_EQ(Checked({}, "https://example.com/"), StatusCode::kPermissionDenied);
  const std::vector<std::string> one = {"hooks.example.com"};
  EXPECT_EQ(Checked(one, "https://hooks.example.com/a?b=c"), StatusCode::kOk);
  EXPECT_EQ(Checked(one, "https://HOOKS.example.com:443/"), StatusCode::kOk);
  for (const char* url :
       {"http://hooks.example.com/", "https://hooks.example.com:8443/", "https://example.com/",
        "https://a.hooks.example.com/", "https://hooks.example.com.evil.org/",
        "https://evil.org/hooks.example.com", "https://evil.org/?hooks.example.com"}) {
    EXPECT_EQ(Checked(one, url), StatusCode::kPermissionDenied) << url;
  }
}

TEST(OutboundRules, SchemesPortsAndNamesBelow) {
  EXPECT_EQ(Checked({"http://h:9000"}, "http://h:9000/x"), StatusCode::kOk);
  EXPECT_EQ(Checked({"http://h:9000"}, "https://h:9000/x"), StatusCode::kPermissionDenied);
  EXPECT_EQ(Checked({"*.example.com"}, "https://a.b.example.com/"), StatusCode::kOk);
  EXPECT_EQ(Checked({"*.example.com"}, "https://example.com/"), StatusCode::kPermissionDenied);
  EXPECT_EQ(Checked({"*.example.com"}, "https://evilexample.com/"), StatusCode::kPermissionDenied);
  EXPECT_EQ(Checked({"[2606:4700::1]:8443"}, "https://[2606:4700::1]:8443/"), StatusCode::kOk);
}

TEST(OutboundRules, OnlyPlainUrlsAreUrls) {
  const std::vector<std::string> one = {"h.example"};
  for (const char* url :
       {"", "h.example", "//h.example/", "ftp://h.example/", "file:///etc/passwd",
        "https://user@h.example/", "https://user:pass@h.example/", "https://h.example/#x",
        "https://h.example/ x", "https://h.example/\n", "https://h.example\\@evil.org/",
        "https://h.example:0/", "https://h.example:99999/", 
        "https://h.example./", "https://h\xc3\xa9.example/", "https://[::1%25lo]/",
        "gopher://h.example/", "https://"}) {
    EXPECT_NE(Checked(one, url), StatusCode::kOk) << url;
  }
  EXPECT_EQ(Checked(one, "https://h.example/" + std::string(5000, 'a')),
            StatusCode::kInvalidArgument);
}

TEST(OutboundRules, ErrorsDoNotRepeatUrls) {
  const auto url = HttpUrl::Parse("https://user:hunter2@h.example/");
  EXPECT_EQ(url.status().message().find("hunter2"), std::string::npos);
}

TEST(OutboundRules, PrivateAddressesNeedARange) {
  const auto plain = AllowedHost::Parse("http://127.0.0.1:9000");
  ASSERT_TRUE(plain.ok());
  EXPECT_FALSE(plain->MayReach("127.0.0.1"));
  EXPECT_TRUE(plain->MayReach("8.8.8.8"));
  const auto trial = AllowedHost::Parse("http://127.0.0.1:9000@127.0.0.0/8");
  ASSERT_TRUE(trial.ok());
  EXPECT_TRUE(trial->MayReach("127.0.0.1"));
  EXPECT_TRUE(trial->MayReach("::ffff:127.0.0.1"));
  EXPECT_FALSE(trial->MayReach("10.0.0.1"));
  EXPECT_FALSE(trial->MayReach("::1"));
}

TEST(OutboundRules, EntriesThatAreNoneAreRefused) {
  for (const char* entry : {"", "*", "*.", "http://", "a/b", "https://a/b", "a?b", "u@h",
                            "h@10.0.0.0/33", "h:0", "a b", "ftp://h", "*.*.h", "h#x"}) {
    EXPECT_EQ(AllowedHost::Parse(entry).status().code(), StatusCode::kInvalidArgument) << entry;
  }
}

}  // namespace
}  // namespace ironscribe::net
