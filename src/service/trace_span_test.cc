#include "service/trace_span.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace ironscribe::service {
namespace {

const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kSpan = "00f067aa0ba902b7";

TEST(TraceParent, IsReadAsTheRecommendationHasIt) {
  const auto parent = ParseTraceParent("00-" + kTrace + "-" + kSpan + "-01");
  ASSERT_TRUE(parent.has_value());
  EXPECT_EQ(parent->trace_id, kTrace);
  EXPECT_EQ(parent->span_id, kSpan);
  EXPECT_TRUE(parent->sampled);
  EXPECT_FALSE(ParseTraceParent("00-" + kTrace + "-" + kSpan + "-00")->sampled);
  EXPECT_FALSE(ParseTraceParent("00-" + kTrace + "-" + kSpan + "-02")->sampled);
  EXPECT_TRUE(ParseTraceParent("00-" + kTrace + "-" + kSpan + "-0b")->sampled);
  // A later version may have more behind it.
  EXPECT_TRUE(ParseTraceParent("01-" + kTrace + "-" + kSpan + "-01-what").has_value());
}

TEST(TraceParent, WhatIsNoneIsLeftOut) {
  const std::string zeros(32, '0');
  for (const std::string& header :
       {std::string(), std::string("00"), "00-" + kTrace + "-" + kSpan + "-01-what",
        "ff-" + kTrace + "-" + kSpan + "-01", "00-" + zeros + "-" + kSpan + "-01",
        "00-" + kTrace + "-" + zeros.substr(16) + "-01", "00-" + kTrace + "-" + kSpan + "-0",
        "00-" + kTrace + "-" + kSpan + "-0g", "0x-" + kTrace + "-" + kSpan + "-01",
        "00-" + std::string(32, 'A') + "-" + kSpan + "-01", "00_" + kTrace + "_" + kSpan + "_01",
        "01-" + kTrace + "-" + kSpan + "-01what"}) {
    EXPECT_FALSE(ParseTraceParent(header).has_value()) << header;
  }
}

TEST(Spans, HaveTheFormOfTheProtocol) {
  TraceSpan span{.trace_id = kTrace,
                 .span_id = kSpan,
                 .parent_id = "",
                 .name = "GET /x",
                 .is_request = true,
                 .failed = true,
                 .start_unix_nanos = 1'795'392'000'000'000'001,
                 .end_unix_nanos = 1'795'392'000'000'000'002,
                 .attributes = {{"a", "text"}, {"b", int64_t{7}}, {"c", 0.5}}};
  const auto json = nlohmann::json::parse(SpansJson({span, span}, "1.2"));
  const auto& resource = json["resourceSpans"][0];
  EXPECT_EQ(resource["resource"]["attributes"][0]["value"]["stringValue"], "ironscribe");
  const auto& spans = resource["scopeSpans"][0]["spans"];
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0]["traceId"], kTrace);
  EXPECT_EQ(spans[0]["kind"], 2);
  EXPECT_EQ(spans[0]["status"]["code"], 2);
  EXPECT_FALSE(spans[0].contains("parentSpanId"));
  EXPECT_EQ(spans[0]["startTimeUnixNano"], "1795392000000000001");
  EXPECT_EQ(spans[0]["attributes"][1]["value"]["intValue"], "7");
  EXPECT_EQ(spans[0]["attributes"][2]["value"]["doubleValue"], 0.5);
}

}  // namespace
}  // namespace ironscribe::service
