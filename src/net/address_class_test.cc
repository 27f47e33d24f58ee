#include "net/address_class.h"

#include <gtest/gtest.h>

namespace ironscribe::net {
namespace {

TEST(AddressClass, TheInternetIsPublic) {
  for (const char* address :
       {"8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "198.20.0.1", "223.255.255.255",
        "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8"}) {
    EXPECT_TRUE(IsPublicAddress(address)) << address;
  }
}

TEST(AddressClass, WhatIsOfAMachineOrItsNetworkIsNot) {
  for (const char* address : {"127.0.0.1",   "127.255.255.255", "0.0.0.0",     "10.1.2.3",
                              "172.16.0.1",  "172.31.255.255",  "192.168.1.1", "169.254.169.254",
                              "100.64.0.1",  "192.0.2.1",       "198.18.0.1",  "224.0.0.1",
                              "240.0.0.1",   "255.255.255.255", "::1",         "::",
                              "fe80::1",     "fc00::1",         "fd12::1",     "ff02::1",
                              "2001:db8::1", "fec0::1"}) {
    EXPECT_FALSE(IsPublicAddress(address)) << address;
  }
}

TEST(AddressClass, NoDisguiseHelps) {
  for (const char* address :
       {"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:7f00:1::", "", "localhost", "127.1",
        "2130706433", "8.8.8.8 ", "1.1.1.1.1"}) {
    EXPECT_FALSE(IsPublicAddress(address)) << address;
  }
  EXPECT_EQ(UnmappedAddress("::ffff:7f00:1"), "127.0.0.1");
  EXPECT_EQ(UnmappedAddress("::1"), "::1");
}

}  // namespace
}  // namespace ironscribe::net
