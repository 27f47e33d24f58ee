// Tells receivers of clients that jobs are final: signed, again and again until they answer with
// 2xx or it is no use any more. What waits is in the queue's database, so that it survives the
// server. A receiver may get a callback twice, with the same id.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "api/jobs/queue.h"
#include "base/status.h"
#include "net/outbound_client.h"

namespace ironscribe::api::jobs {

// What may be known of a try: neither the URL nor anything of the job.
struct CallbackRecord {
  std::string job_id;
  int64_t tries = 0;
  // "delivered", "postponed", "given_up".
  std::string_view outcome;
  int http_status = 0;  // 0: there was no answer.
  Status error{};       // Why there was none.
};

struct CallbackOptions {
  std::vector<std::string> secrets{};
  int num_threads = 4;  // One owner has one of them at most.
  std::chrono::milliseconds poll{500};
  // Doubled with every try, up to the longest: two seconds, four, ... and in the end an hour. With
  // 15 tries a receiver may be away for some four hours.
  std::chrono::milliseconds first_pause{2'000};
  std::chrono::milliseconds longest_pause{3'600'000};
  int max_tries = 15;
  // Both on threads of the sender; may be empty.
  std::function<void(const CallbackRecord&)> observer{};
  std::function<void(std::string_view what, const Status&)> on_error{};
};

class CallbackSender {
 public:
  // Begins at once. Both outlive it.
  CallbackSender(queue::JobQueue& queue, const net::OutboundClient& client,
                 CallbackOptions options);
  // Stops: what is being sent is sent again by the next server.
  ~CallbackSender();
  CallbackSender(const CallbackSender&) = delete;
  CallbackSender& operator=(const CallbackSender&) = delete;

 private:
  void Work(const std::stop_token& stop);
  // The next that is due, its owner being ours until Done.
  std::optional<queue::Job> Take();
  void Done(const std::string& owner);
  void Send(const queue::Job& job, const std::stop_token& stop);
  Result<std::string> BodyOf(const queue::Job& job, const std::string& format);
  Status Settle(CallbackRecord& record);
  void Pause(const std::stop_token& stop);

  queue::JobQueue& queue_;
  const net::OutboundClient& client_;
  const CallbackOptions options_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::set<std::string> busy_owners_;
  std::stop_source stop_;
  // Behind all that their work refers to.
  std::vector<std::jthread> threads_;
};

// The id of a job's callback, for receivers to know it by when it comes again.
std::string CallbackId(std::string_view job_id);

}  // namespace ironscribe::api::jobs
