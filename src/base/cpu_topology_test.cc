#include "base/cpu_topology.h"

#include <gtest/gtest.h>

#include <thread>

namespace ironscribe {
namespace {

TEST(CpuTopology, ThreadsOfACoreAreFewAndDivideTheMachine) {
  const int threads = ThreadsPerCore();
  EXPECT_GE(threads, 1);
  EXPECT_LE(threads, 8);
  EXPECT_LE(threads, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace
}  // namespace ironscribe
