#include "apps/cli/exit_code.h"

#include <gtest/gtest.h>

#include <sstream>

namespace ironscribe::cli {
namespace {

TEST(ExitCode, TellsWhoseFaultItIs) {
  std::ostringstream err;
  EXPECT_EQ(EndWithError(CancelledError("stopped"), err), ExitCode::kInterrupted);
  EXPECT_EQ(EndWithError(InvalidArgumentError("prices.yaml:3: no price"), err),
            ExitCode::kWrongUsage);
  EXPECT_EQ(EndWithError(OutOfRangeError("the model has no German"), err), ExitCode::kWrongUsage);
  EXPECT_EQ(EndWithError(DataLossError("cut off"), err), ExitCode::kSomeFailed);
}

TEST(ExitCode, ErrorsAreOneHarmlessLine) {
  std::ostringstream err;
  PrintError(NotFoundError("no 'a\x1b[2J\n.wav'"), err);
  EXPECT_EQ(err.str(), "error: no 'a?[2J?.wav'\n");
}

}  // namespace
}  // namespace ironscribe::cli
