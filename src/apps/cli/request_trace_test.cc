#include "apps/cli/request_trace.h"

#include <gtest/gtest.h>

namespace ironscribe::cli {
namespace {

using std::chrono::milliseconds;

api::RequestRecord Record() {
  api::RequestRecord record;
  record.request_id = "id";
  record.method = "POST";
  record.route = "/v1/audio/transcriptions";
  record.status = 200;
  record.duration = milliseconds(100);
  return record;
}

TEST(RequestTrace, StagesAreChildrenWithinTheRequest) {
  api::RequestRecord record = Record();
  const TraceNow now = Now();
  record.notes.model = "base";
  record.notes.stages = {{"queue", now.steady - milliseconds(90), now.steady - milliseconds(80)},
                         {"recognize", now.steady - milliseconds(70), now.steady}};
  const auto trace_id = TraceIdOf(record);
  ASSERT_TRUE(trace_id.ok());
  const auto spans = SpansOf(record, *trace_id, now);
  ASSERT_TRUE(spans.ok());
  ASSERT_EQ(spans->size(), 3u);
  const service::TraceSpan& root = spans->back();
  EXPECT_EQ(root.name, "POST /v1/audio/transcriptions");
  EXPECT_EQ(root.parent_id, "");
  EXPECT_FALSE(root.failed);
  EXPECT_EQ(root.end_unix_nanos - root.start_unix_nanos, 100'000'000);
  const service::TraceSpan& queue = spans->front();
  EXPECT_EQ(queue.parent_id, root.span_id);
  EXPECT_EQ(queue.trace_id, root.trace_id);
  EXPECT_EQ(queue.start_unix_nanos - root.start_unix_nanos, 10'000'000);
  EXPECT_EQ(queue.end_unix_nanos - queue.start_unix_nanos, 10'000'000);
}

TEST(RequestTrace, GoesOnWithTheTraceOfTheClient) {
  api::RequestRecord record = Record();
  record.status = 503;
  record.trace = service::TraceParent{std::string(32, 'a'), std::string(16, 'b'), true};
  const auto trace_id = TraceIdOf(record);
  ASSERT_TRUE(trace_id.ok());
  const auto spans = SpansOf(record, *trace_id, Now());
  ASSERT_TRUE(spans.ok());
  EXPECT_EQ(spans->back().trace_id, std::string(32, 'a'));
  EXPECT_EQ(spans->back().parent_id, std::string(16, 'b'));
  EXPECT_TRUE(spans->back().failed);
}

TEST(RequestTrace, TheClientSaysWhetherAndElseTheShareDoes) {
  api::RequestRecord record = Record();
  const std::string low = "00000001" + std::string(24, 'c');
  const std::string high = "fffffff0" + std::string(24, 'c');
  EXPECT_TRUE(IsTraced(record, low, 0.01));
  EXPECT_FALSE(IsTraced(record, high, 0.01));
  EXPECT_TRUE(IsTraced(record, high, 1));
  EXPECT_FALSE(IsTraced(record, low, 0));
  record.trace = service::TraceParent{low, "", true};
  EXPECT_TRUE(IsTraced(record, low, 0));
  record.trace->sampled = false;
  EXPECT_FALSE(IsTraced(record, low, 1));
}

}  // namespace
}  // namespace ironscribe::cli
