// A server is killed at random moments. What anybody was told is so afterwards. IRONSCRIBE_KILLS
// sets how often, IRONSCRIBE_SEED the moments.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "base/random.h"
#include "io/child_process.h"
#include "jobs/test_queue.h"

namespace ironscribe::jobs {
namespace {

// So many take some seconds.
constexpr int kDefaultNumKills = 30;
constexpr int kTimeoutMs = 60'000;

int FromEnvironment(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoi(text);
}

// What callers were told, by the number of the job.
struct Told {
  std::map<std::string, std::string> submitted;
  std::set<std::string> finished;
  int first_free = 0;

  void Read(const std::string& output) {
    std::istringstream lines(output.substr(0, output.rfind('\n') + 1));
    std::string what;
    std::string number;
    std::string id;
    while (lines >> what) {
      if (what == "open") continue;
      lines >> number >> id;
      if (what == "submitted") {
        submitted[number] = id;
      } else {
        EXPECT_TRUE(finished.insert(number).second) << number << " was finished twice";
      }
    }
  }
};

// Lets a server live until it has said so many bytes and so many microseconds have passed.
void LiveAndKill(const std::filesystem::path& folder, Random& random, Told& told) {
  io::ChildOptions options;
  options.standard_error = io::ChildStderr::kInherit;
  const auto child =
      Must(io::ChildProcess::Start({IRONSCRIBE_BINARY_DIR "/src/jobs/killed_server",
                                    folder.string(), std::to_string(told.first_free)},
                                   options));
  const size_t num_bytes = 5 + random.Next() % 2000;
  const auto pause = std::chrono::microseconds(random.Next() % 5000);
  std::string output;
  std::array<std::byte, 4096> piece;
  const auto read = [&] {
    const auto size = Must(child->ReadStdout(piece, kTimeoutMs));
    output.append(reinterpret_cast<const char*>(piece.data()), size);
    return size > 0;
  };
  while (output.size() < num_bytes) ASSERT_TRUE(read()) << "it ended by itself";
  std::this_thread::sleep_for(pause);
  child->Kill();
  while (read()) {
  }
  told.Read(output);
  // Numbers that were begun and not told are the next server's too: idempotency keys see to it.
  for (const auto& [number, id] : told.submitted) {
    told.first_free = std::max(told.first_free, std::stoi(number) + 1);
  }
}

void CheckWhatWasTold(TestQueue& queue, const Told& told) {
  for (const auto& [number, id] : told.submitted) {
    const Job job = Must(queue->Get(Viewer::Owner("alice"), id));
    EXPECT_EQ(job.payload, number);
    if (told.finished.contains(number)) {
      EXPECT_EQ(job.state, JobState::kSucceeded) << number;
    }
  }
}

TEST(KilledQueue, NothingIsLostAndNothingIsThereTwice) {
  const int num_kills = FromEnvironment("IRONSCRIBE_KILLS", kDefaultNumKills);
  const auto seed = static_cast<uint64_t>(FromEnvironment("IRONSCRIBE_SEED", 6));
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  const io::TestFolder home;
  Random random(seed);
  Told told;
  for (int kill = 0; kill < num_kills && !testing::Test::HasFailure(); ++kill) {
    LiveAndKill(home.path() / "data", random, told);
  }
  EXPECT_GT(told.submitted.size(), static_cast<size_t>(num_kills));

  TestQueue queue({}, home.path() / "data");
  CheckWhatWasTold(queue, told);
  while (const auto lease = Must(queue->TryLease("w"))) {
    EXPECT_FALSE(told.finished.contains(lease->payload)) << lease->payload;
    EXPECT_EQ(io::SystemFiles().Read(lease->audio_path, 100).value(), "audio of " + lease->payload);
    Must(queue->Succeed(*lease, "text of " + lease->payload));
  }
  std::set<std::string> payloads;
  ListQuery query{.limit = kMaxPage};
  do {
    const JobPage page = Must(queue->List(Viewer::Administrator(), query));
    for (const Job& job : page.jobs) {
      EXPECT_TRUE(payloads.insert(job.payload).second) << job.payload << " is there twice";
      EXPECT_EQ(Must(queue->ReadResult(Viewer::Owner("alice"), job.id)), "text of " + job.payload);
    }
    query.cursor = page.next_cursor;
  } while (!query.cursor.empty());
  EXPECT_EQ(queue.NumFiles("results"), payloads.size());
  EXPECT_EQ(queue.NumFiles("audio"), payloads.size());
  EXPECT_EQ(queue.NumFiles("incoming"), 0u);
  std::printf("%d kills, %zu jobs submitted, %zu finished before the last of them\n", num_kills,
              told.submitted.size(), told.finished.size());
}

}  // namespace
}  // namespace ironscribe::jobs
