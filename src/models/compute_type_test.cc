#include "models/compute_type.h"

#include <gtest/gtest.h>

namespace ironscribe::models {
namespace {

TEST(ComputeTypeTest, NamesRoundTrip) {
  for (ComputeType type : {ComputeType::kFloat32, ComputeType::kBFloat16, ComputeType::kInt8}) {
    EXPECT_EQ(ParseComputeType(ComputeTypeName(type)).value(), type);
  }
  EXPECT_EQ(ParseComputeType("auto").value(), ComputeType::kInt8);
}

TEST(ComputeTypeTest, UnknownNamesListTheChoices) {
  const Status status = ParseComputeType("int4").status();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("bfloat16"), std::string::npos);
}

}  // namespace
}  // namespace ironscribe::models
