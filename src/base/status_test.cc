#include "base/status.h"

#include <gtest/gtest.h>

#include <memory>

namespace ironscribe {
namespace {

Result<int> Half(int value) {
  if (value % 2 != 0) return InvalidArgumentError("odd value: " + std::to_string(value));
  return value / 2;
}

Result<int> Quarter(int value) {
  ASSIGN_OR_RETURN(const int half, Half(value));
  return Half(half);
}

Status CheckQuarter(int value) {
  RETURN_IF_ERROR(Quarter(value).status());
  return OkStatus();
}

TEST(StatusTest, MacrosPassValuesAndErrors) {
  EXPECT_EQ(Quarter(8).value(), 2);
  EXPECT_EQ(Quarter(6).status().ToString(), "INVALID_ARGUMENT: odd value: 3");
  EXPECT_TRUE(CheckQuarter(8).ok());
  EXPECT_EQ(CheckQuarter(7).code(), StatusCode::kInvalidArgument);
}

TEST(StatusTest, AnnotateKeepsCodeAndOk) {
  const Status error = NotFoundError("no such file").Annotate("opening a.wav");
  EXPECT_EQ(error.code(), StatusCode::kNotFound);
  EXPECT_EQ(error.message(), "opening a.wav: no such file");
  EXPECT_TRUE(OkStatus().Annotate("context").ok());
}

TEST(StatusTest, ResultHoldsMoveOnlyTypes) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  const std::unique_ptr<int> value = std::move(result).value();
  EXPECT_EQ(*value, 5);
}

TEST(StatusDeathTest, ValueOfAnErrorAborts) {
  const Result<int> result = InternalError("broken");
  EXPECT_DEATH((void)result.value(), "check failed");
}

}  // namespace
}  // namespace ironscribe
