// For killed_queue_test.cc: a server that submits and works until it is killed. Every line of its
// output is something that a caller was told.
//
//   killed_server DATA_FOLDER FIRST_NUMBER
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "jobs/job_queue.h"

namespace ironscribe::jobs {
namespace {

// At once: what is in a buffer dies with the process, as an answer does that is not on its way.
void Tell(const std::string& line) {
  const std::string text = line + "\n";
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) std::terminate();
  std::fflush(stdout);
}

Status Submit(JobQueue& queue, int number) {
  const std::string name = std::to_string(number);
  JobRequest request{.owner = "alice", .idempotency_key = name, .payload = name};
  ASSIGN_OR_RETURN(request.audio, queue.NewUpload());
  RETURN_IF_ERROR(request.audio->Append("audio of " + name));
  ASSIGN_OR_RETURN(const Submission submission, queue.Submit(std::move(request)));
  Tell("submitted " + name + " " + submission.id);
  return OkStatus();
}

Status Work(JobQueue& queue) {
  ASSIGN_OR_RETURN(const auto lease, queue.TryLease("w"));
  if (!lease) return OkStatus();
  RETURN_IF_ERROR(queue.Heartbeat(*lease, 0.5));
  RETURN_IF_ERROR(queue.Succeed(*lease, "text of " + lease->payload));
  Tell("finished " + lease->payload + " " + lease->job_id);
  return OkStatus();
}

Status Serve(const char* folder, int first_number) {
  ASSIGN_OR_RETURN(auto owned, io::OwnedFolder::Acquire(folder, "killed_server"));
  // An attempt may be killed any number of times in this test.
  JobQueueOptions options{.max_attempts = 1'000'000};
  ASSIGN_OR_RETURN(const auto queue, JobQueue::Open(std::move(owned), std::move(options)));
  Tell("open");
  std::jthread worker([&queue](const std::stop_token& stop) {
    while (!stop.stop_requested() && Work(*queue).ok()) {
    }
  });
  for (int number = first_number;; ++number) RETURN_IF_ERROR(Submit(*queue, number));
}

}  // namespace
}  // namespace ironscribe::jobs

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto status = ironscribe::jobs::Serve(argv[1], std::atoi(argv[2]));
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}
