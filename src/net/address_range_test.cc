#include "net/address_range.h"

#include <gtest/gtest.h>

namespace ironscribe::net {
namespace {

bool Contains(std::string_view range, std::string_view address) {
  const auto parsed = AddressRange::Parse(range);
  EXPECT_TRUE(parsed.ok()) << range << ": " << parsed.status().message();
  return parsed.ok() && parsed->Contains(address);
}

TEST(AddressRange, HoldsWhatBeginsAsItDoes) {
  EXPECT_TRUE(Contains("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(Contains("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(Contains("192.0.2.128/25", "192.0.2.129"));
  EXPECT_FALSE(Contains("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(Contains("127.0.0.1", "127.0.0.1"));
  EXPECT_FALSE(Contains("127.0.0.1", "127.0.0.2"));
  EXPECT_TRUE(Contains("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(Contains("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(Contains("::1", "::1"));
}

TEST(AddressRange, TheWidestHoldsItsFamilyOnly) {
  EXPECT_TRUE(Contains("0.0.0.0/0", "203.0.113.9"));
  EXPECT_FALSE(Contains("0.0.0.0/0", "::1"));
  EXPECT_TRUE(Contains("::/0", "2001:db8::1"));
  EXPECT_FALSE(Contains("::/0", "203.0.113.9"));
  EXPECT_FALSE(Contains("0.0.0.0/0", ""));
  EXPECT_FALSE(Contains("0.0.0.0/0", "localhost"));
}

TEST(AddressRange, RefusesWhatIsNone) {
  for (const char* text :
       {"", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "10.0.0/8", "::/129",
        "localhost", "10.0.0.0/8/8", "10.0.0.1/8", "2001:db8::1/64"}) {
    EXPECT_EQ(AddressRange::Parse(text).status().code(), StatusCode::kInvalidArgument) << text;
  }
}

}  // namespace
}  // namespace ironscribe::net
