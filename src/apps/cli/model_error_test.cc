#include "apps/cli/model_error.h"

#include <gtest/gtest.h>

namespace ironscribe::cli {
namespace {

TEST(ExplainModelError, NamesThePathAndTheCommand) {
  const Status status =
      ExplainModelError(DataLossError("tensor 'x' is missing"), "tiny", "/models/tiny", "/models/");
  EXPECT_EQ(status.code(), StatusCode::kDataLoss);
  EXPECT_EQ(status.message(),
            "model '/models/tiny': tensor 'x' is missing; fetch the model again: ironscribe models "
            "pull tiny --force");
}

TEST(ExplainModelError, NamesThePathOnceAndPullsNoCopies) {
  EXPECT_EQ(ExplainModelError(InvalidArgumentError("'/own/m/model.bin' is cut off"), "/own/m",
                              "/own/m", "/models")
                .message(),
            "'/own/m/model.bin' is cut off; copy or export the model again");
}

TEST(ExplainModelError, LeavesOtherErrorsTheirOwnRemedy) {
  EXPECT_EQ(ExplainModelError(ResourceExhaustedError("no memory"), "m", "/m/m", "/m").message(),
            "model '/m/m': no memory");
  EXPECT_EQ(ExplainModelError(CancelledError("stopped"), "m", "/m/m", "/m").message(), "stopped");
  EXPECT_EQ(
      ExplainModelError(OutOfRangeError("alignment head 9:9 does not exist"), "m", "/m/m", "/m")
          .message(),
      "model '/m/m': alignment head 9:9 does not exist");
}

}  // namespace
}  // namespace ironscribe::cli
