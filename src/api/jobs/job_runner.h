// Works on the jobs of the queue: leases one, has it recognised as every other request is, gives
// its result back. Beside it, heartbeats that carry progress, and the queue's housekeeping.
//
// A job that was interrupted, by a crash too, goes on where it was: what the model found stands in
// a journal (engine/resume_journal.h) that goes with the job. One that ends the process again and
// again without coming further is dead after some attempts (jobs/job_queue.h).
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "api/admission_gate.h"
#include "api/backend.h"
#include "api/jobs/job_order.h"
#include "api/jobs/queue.h"
#include "api/request_record.h"
#include "base/status.h"
#include "io/descriptor.h"
#include "net/outbound_client.h"

namespace ironscribe::api::jobs {

// What may be known of an attempt after it has ended: nothing that was said, nothing the client
// wrote.
struct JobRecord {
  std::string job_id;
  std::string key_id;  // Of who submitted it.
  int64_t attempt = 0;
  // "succeeded", "failed", "retried" (an error of ours), "released" (the server stops), "lost"
  // (cancelled, deleted, or given to another attempt).
  std::string_view outcome;
  CallNotes notes{};
};

struct JobRunnerOptions {
  int num_workers = 2;  // Jobs under way at once.
  // What else results depend on besides model and options: the program's version, how it computes.
  std::string resume_scope{};
  std::filesystem::path recordings_folder{};        // As JobsApi.
  const net::OutboundClient* recordings = nullptr;  // Fetches by URL; null: nobody does.
  AdmissionGate* gate = nullptr;  // Where jobs wait for their turn; null: nowhere.
  // Far below the queue's lease, because what a job has reached saves it from being taken for one
  // that ends the server, should that end now. It costs no sync of the disk.
  std::chrono::milliseconds heartbeat{1'000};
  std::chrono::milliseconds housekeeping{5'000};
  // Both are called on the runner's threads; may be empty.
  std::function<void(const JobRecord&)> observer{};
  std::function<void(std::string_view what, const Status&)> on_error{};
};

class JobRunner {
 public:
  // Begins at once. Both outlive it.
  JobRunner(queue::JobQueue& queue, Backend& backend, JobRunnerOptions options);
  // Stops.
  ~JobRunner();
  JobRunner(const JobRunner&) = delete;
  JobRunner& operator=(const JobRunner&) = delete;

  // Interrupts what runs and gives it back to the queue, without fault; returns when that is done.
  void Stop();

 private:
  struct ActiveJob;
  struct Outcome;

  void Work(const std::stop_token& stop, int number);
  void Beat(const std::stop_token& stop);
  void Keep(const std::stop_token& stop);
  // False: stopped before.
  bool Sleep(std::chrono::milliseconds time, const std::stop_token& stop);

  void Run(const queue::Lease& lease, const std::stop_token& stop);
  Outcome Recognize(ActiveJob& job);
  Result<io::Descriptor> OpenRecording(ActiveJob& job, const JobOrder& order) const;
  std::shared_ptr<AdmissionGate::Place> EnterGate(const std::string& key_id) const;
  std::string_view Settle(ActiveJob& job, const Outcome& outcome, const std::stop_token& stop);
  // Until the queue knows it; false if it does not want it.
  bool GiveBack(const std::function<Status()>& give, ActiveJob& job, const std::stop_token& stop);
  void Tell(std::string_view what, const Status& status) const;

  queue::JobQueue& queue_;
  Backend& backend_;
  const JobRunnerOptions options_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::vector<ActiveJob*> active_;
  // One for all: a worker that stopped must not hand its job to one that has not yet.
  std::stop_source stop_;
  // Behind all that their work refers to.
  std::vector<std::jthread> threads_;
};

}  // namespace ironscribe::api::jobs
