// The machine stops before every single write, sync, cut, rename and removal of a queue's life, and
// loses what was not synced, or some of it. What was acknowledged is there afterwards; nothing is
// there twice; what was left goes to its end.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "jobs/job_queue.h"
#include "jobs/test_queue.h"
#include "sqlite/simulated_disk.h"
#include "sqlite/simulated_vfs.h"

namespace ironscribe::jobs {
namespace {

using sqlite::Loss;
using sqlite::SimulatedDisk;
using sqlite::SimulatedVfs;

const Viewer kAlice = Viewer::Owner("alice");

// How far something came as far as its caller knows.
enum class Known { kNothing, kBegun, kDone };

// One job as the test's customer knows it.
struct Customer {
  std::string id{};  // When it is known.
  Known submitted = Known::kNothing;
  Known finished = Known::kNothing;
  Known cancelled = Known::kNothing;
  Known deleted = Known::kNothing;
};

std::string ResultOf(const std::string& payload) { return "the text of " + payload; }

// A machine with a disk that outlives the processes on it.
class Machine {
 public:
  // The folder is real and stays empty.
  explicit Machine(std::shared_ptr<const io::OwnedFolder> folder)
      : folder_(std::move(folder)), vfs_(disk_) {}

  Status Boot() {
    queue_.reset();
    JobQueueOptions options{.retention_ms = 1000, .vfs = vfs_.name()};
    options.wall_ms = [this] { return now_ms; };
    options.steady_ms = [this] { return now_ms; };
    options.files = std::shared_ptr<io::DurableFiles>(&disk_, [](io::DurableFiles*) {});
    ASSIGN_OR_RETURN(queue_, JobQueue::Open(folder_, std::move(options)));
    return OkStatus();
  }
  void CutPower(Loss loss, Random& random) {
    // Nothing the process still does reaches the disk.
    disk_.StopBefore(0);
    queue_.reset();
    disk_.Restart(loss, random);
  }

  JobQueue& queue() { return *queue_; }
  SimulatedDisk& disk() { return disk_; }
  std::set<std::string> Files(const std::string& folder) {
    const auto names = Must(disk_.List(folder_->path() / folder));
    return {names.begin(), names.end()};
  }
  std::string AudioOf(const std::string& id) {
    return Must(disk_.Read(folder_->path() / "audio" / id, 1000));
  }

  int64_t now_ms = 1'700'000'000'000;

 private:
  std::shared_ptr<const io::OwnedFolder> folder_;
  SimulatedDisk disk_;
  SimulatedVfs vfs_;
  std::unique_ptr<JobQueue> queue_;
};

// A life of jobs up to the first error.
class Life {
 public:
  explicit Life(Machine& machine) : machine_(machine) {}
  std::map<std::string, Customer>& jobs() { return jobs_; }

  Status Live() {
    RETURN_IF_ERROR(machine_.Boot());
    RETURN_IF_ERROR(Submit("first"));
    RETURN_IF_ERROR(Submit("second"));
    RETURN_IF_ERROR(Work());
    RETURN_IF_ERROR(Submit("third"));
    RETURN_IF_ERROR(Cancel("third"));
    RETURN_IF_ERROR(Submit("fourth"));
    RETURN_IF_ERROR(Work());
    RETURN_IF_ERROR(Delete("second"));
    RETURN_IF_ERROR(Submit("fifth"));
    ASSIGN_OR_RETURN(const auto lease, machine_.queue().TryLease("w"));
    return machine_.queue().Heartbeat(*lease, 0.5);
  }

  Status Submit(const std::string& name) {
    Customer& job = jobs_[name];
    job.submitted = Known::kBegun;
    JobRequest request{.owner = "alice", .idempotency_key = name, .payload = name};
    ASSIGN_OR_RETURN(request.audio, machine_.queue().NewUpload());
    RETURN_IF_ERROR(request.audio->Append("audio of "));
    RETURN_IF_ERROR(request.audio->Append(name));
    ASSIGN_OR_RETURN(const Submission submission, machine_.queue().Submit(std::move(request)));
    if (!job.id.empty()) {
      EXPECT_EQ(submission.id, job.id);
    }
    job.id = submission.id;
    job.submitted = Known::kDone;
    return OkStatus();
  }

  // One job from its lease to its result.
  Status Work() {
    ASSIGN_OR_RETURN(const auto lease, machine_.queue().TryLease("w"));
    if (!lease) return NotFoundError("nothing to do");
    EXPECT_EQ(machine_.AudioOf(lease->job_id), "audio of " + lease->payload);
    RETURN_IF_ERROR(machine_.queue().Heartbeat(*lease, 0.5));
    Customer& job = jobs_[lease->payload];
    // Never twice after somebody was told.
    EXPECT_NE(job.finished, Known::kDone) << lease->payload;
    job.finished = Known::kBegun;
    RETURN_IF_ERROR(machine_.queue().Succeed(*lease, ResultOf(lease->payload)));
    job.finished = Known::kDone;
    return OkStatus();
  }

  Status Cancel(const std::string& name) {
    jobs_[name].cancelled = Known::kBegun;
    RETURN_IF_ERROR(machine_.queue().Cancel(kAlice, jobs_[name].id));
    jobs_[name].cancelled = Known::kDone;
    return OkStatus();
  }

  Status Delete(const std::string& name) {
    jobs_[name].deleted = Known::kBegun;
    RETURN_IF_ERROR(machine_.queue().Delete(kAlice, jobs_[name].id));
    jobs_[name].deleted = Known::kDone;
    return OkStatus();
  }

 private:
  Machine& machine_;
  std::map<std::string, Customer> jobs_;
};

// What the customer was told is so.
void CheckAcknowledged(Machine& machine, const std::string& name, const Customer& job) {
  if (job.submitted != Known::kDone) return;
  const auto found = machine.queue().Get(kAlice, job.id);
  if (job.deleted == Known::kDone) {
    EXPECT_EQ(found.status().code(), StatusCode::kNotFound) << name;
    return;
  }
  if (job.deleted == Known::kBegun && !found.ok()) return;
  ASSERT_TRUE(found.ok()) << name << " is lost: " << found.status().ToString();
  EXPECT_EQ(found->payload, name);
  EXPECT_EQ(machine.AudioOf(job.id), "audio of " + name);
  EXPECT_NE(found->state, JobState::kRunning) << name;
  if (job.finished == Known::kDone) {
    EXPECT_EQ(found->state, JobState::kSucceeded) << name;
  }
  if (job.cancelled == Known::kDone) {
    EXPECT_EQ(found->state, JobState::kCancelled) << name;
  }
}

// Rows and files belong together, one of each.
void CheckFiles(Machine& machine) {
  std::set<std::string> audio;
  std::set<std::string> payloads;
  size_t num_results = 0;
  for (const Job& job : Must(machine.queue().List(Viewer::Administrator(), {})).jobs) {
    audio.insert(job.id);
    EXPECT_TRUE(payloads.insert(job.payload).second) << job.payload << " is there twice";
    EXPECT_EQ(job.has_result, job.state == JobState::kSucceeded);
    if (!job.has_result) continue;
    ++num_results;
    EXPECT_EQ(Must(machine.queue().ReadResult(kAlice, job.id)), ResultOf(job.payload));
  }
  EXPECT_EQ(machine.Files("audio"), audio);
  EXPECT_EQ(machine.Files("results").size(), num_results);
  EXPECT_TRUE(machine.Files("incoming").empty());
}

// The customer asks again for what it does not know, and everything goes to its end.
void FinishLife(Machine& machine, Life& life) {
  for (auto& [name, job] : life.jobs()) {
    if (job.submitted == Known::kBegun) Must(life.Submit(name));
    if (job.deleted == Known::kBegun) {
      const Status status = machine.queue().Delete(kAlice, job.id);
      EXPECT_TRUE(status.ok() || status.code() == StatusCode::kNotFound);
      job.deleted = Known::kDone;
    }
    if (job.cancelled == Known::kBegun) Must(life.Cancel(name));
  }
  Status worked;
  while (worked.ok()) worked = life.Work();
  EXPECT_EQ(worked.code(), StatusCode::kNotFound) << worked.ToString();
  for (const auto& [name, job] : life.jobs()) {
    CheckAcknowledged(machine, name, job);
    if (job.deleted == Known::kDone || job.cancelled == Known::kDone) continue;
    EXPECT_EQ(Must(machine.queue().ReadResult(kAlice, job.id)), ResultOf(name));
  }
  CheckFiles(machine);
  // And in the end nothing stays.
  machine.now_ms += 10'000;
  Must(machine.queue().Maintain());
  EXPECT_TRUE(Must(machine.queue().List(Viewer::Administrator(), {})).jobs.empty());
  CheckFiles(machine);
}

class PowerCut : public testing::Test {
 protected:
  bool LiveAndStop(int64_t stop, Loss loss, uint64_t seed, std::optional<int64_t> again = {});

  io::TestFolder home_;
  std::shared_ptr<const io::OwnedFolder> folder_ =
      Must(io::OwnedFolder::Acquire(home_.path(), "test"));
};
using FullDisk = PowerCut;

// A life with a stop before a step; false if it was over before. With `again`, starting anew is
// interrupted too, first before that step of it.
bool PowerCut::LiveAndStop(int64_t stop, Loss loss, uint64_t seed, std::optional<int64_t> again) {
  SCOPED_TRACE(testing::Message() << "stopped before step " << stop << ", loss "
                                  << static_cast<int>(loss) << ", seed " << seed << ", again "
                                  << again.value_or(-1));
  Machine machine(folder_);
  Random random(seed);
  Life life(machine);
  machine.disk().StopBefore(stop);
  const Status ended = life.Live();
  machine.CutPower(loss, random);
  if (again) {
    machine.disk().StopBefore(*again);
    (void)machine.Boot();
    machine.CutPower(loss, random);
  }
  const Status booted = machine.Boot();
  EXPECT_TRUE(booted.ok()) << booted.ToString();
  if (!booted.ok()) return false;
  for (const auto& [name, job] : life.jobs()) CheckAcknowledged(machine, name, job);
  CheckFiles(machine);
  FinishLife(machine, life);
  return !ended.ok();
}

TEST_F(PowerCut, BeforeEveryStepWithAllUnsyncedWritesLost) {
  int64_t stop = 0;
  while (LiveAndStop(stop, Loss::kAll, 1) && !HasFailure()) ++stop;
  // The life has these many steps; fewer would mean that something is not on the disk at all.
  EXPECT_GT(stop, 100);
  RecordProperty("steps", static_cast<int>(stop));
}

TEST_F(PowerCut, BeforeEveryStepAsWhenOnlyTheProcessDies) {
  for (int64_t stop = 0; LiveAndStop(stop, Loss::kNothing, 1) && !HasFailure();) ++stop;
}

TEST_F(PowerCut, BeforeEveryStepWithSomeUnsyncedWritesLost) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    for (int64_t stop = 0; LiveAndStop(stop, Loss::kSome, seed) && !HasFailure();) ++stop;
  }
}

TEST_F(PowerCut, TwiceInARow) {
  Random random(7);
  for (int64_t stop = 5; !HasFailure(); stop += 7) {
    const auto again = static_cast<int64_t>(random.Next() % 25);
    if (!LiveAndStop(stop, Loss::kSome, random.Next(), again)) break;
  }
}

TEST_F(FullDisk, RefusesAndGoesOnWhenThereIsRoom) {
  Machine machine(folder_);
  Must(machine.Boot());
  Life life(machine);
  Must(life.Submit("first"));
  machine.disk().SetCapacity(0);
  EXPECT_EQ(life.Submit("second").code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(Must(machine.queue().Get(kAlice, life.jobs()["first"].id)).state, JobState::kQueued);
  machine.disk().SetCapacity({});
  const auto lease = Must(machine.queue().TryLease("w"));
  machine.disk().SetCapacity(0);
  const Status full = machine.queue().Succeed(*lease, "text");
  EXPECT_EQ(full.code(), StatusCode::kResourceExhausted) << full.ToString();
  machine.disk().SetCapacity({});
  Must(machine.queue().Succeed(*lease, ResultOf("first")));
  Must(life.Submit("second"));
  Must(life.Work());
  CheckFiles(machine);
}

}  // namespace
}  // namespace ironscribe::jobs
