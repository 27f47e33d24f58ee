#include "server/http/reply_queue.h"

#include <algorithm>
#include <utility>

namespace ironscribe::server {

ReplyQueue::ReplyQueue(Rules rules, std::function<void()> wake)
    : rules_(rules), wake_(std::move(wake)), drop_body_(rules.drop_body) {}

Status ReplyQueue::CheckWritable() const {
  if (cancelled_) {
    return CancelledError("the client is gone");
  }
  if (finished_ || broken_) {
    return FailedPreconditionError("the reply has ended");
  }
  return OkStatus();
}

void ReplyQueue::Wake(std::unique_lock<std::mutex>& lock) {
  const bool call = !std::exchange(woken_, true);
  lock.unlock();
  if (call) {
    wake_();
  }
}

Status ReplyQueue::StartLocked(int status, api::Headers headers,
                               std::optional<uint64_t> content_length) {
  RETURN_IF_ERROR(CheckWritable());
  if (started_) {
    return FailedPreconditionError("the reply has been started already");
  }
  started_ = true;
  if (!IsSendable(status, headers)) {
    // A header that the service built of a client's text, most likely: nothing of it goes out.
    api::Reply reply = PlainReply(500, "the reply could not be written");
    head_ = ReplyHead{reply.status, std::move(reply.headers), reply.body.size()};
    bytes_ = drop_body_ ? std::string() : std::move(reply.body);
    finished_ = true;
    return InvalidArgumentError("the status or a header field of the reply cannot be sent");
  }
  drop_body_ = drop_body_ || StatusForbidsBody(status);
  expected_bytes_ = content_length;
  head_ = ReplyHead{status, std::move(headers), content_length};
  return OkStatus();
}

Status ReplyQueue::Start(int status, api::Headers headers, std::optional<uint64_t> content_length) {
  std::unique_lock lock(mutex_);
  Status started = StartLocked(status, std::move(headers), content_length);
  Wake(lock);
  return started;
}

Status ReplyQueue::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [this] { return cancelled_ || bytes_.size() - taken_ < rules_.bound_bytes; });
    RETURN_IF_ERROR(CheckWritable());
    if (!started_) {
      return FailedPreconditionError("the reply has not been started");
    }
    const size_t room = rules_.bound_bytes - (bytes_.size() - taken_);
    const std::string_view piece = bytes.substr(0, room);
    if (expected_bytes_.has_value()) {
      if (*expected_bytes_ < piece.size()) {
        broken_ = true;
        Wake(lock);
        return OutOfRangeError("the reply is longer than its length says");
      }
      *expected_bytes_ -= piece.size();
    }
    bytes.remove_prefix(piece.size());
    if (!drop_body_) {
      bytes_.append(piece);
      Wake(lock);
    }
  }
  return OkStatus();
}

Status ReplyQueue::Finish() {
  std::unique_lock lock(mutex_);
  RETURN_IF_ERROR(CheckWritable());
  if (!started_) {
    return FailedPreconditionError("the reply has not been started");
  }
  if (expected_bytes_.value_or(0) != 0 && !drop_body_) {
    broken_ = true;
    Wake(lock);
    return OutOfRangeError("the reply is shorter than its length says");
  }
  finished_ = true;
  Wake(lock);
  return OkStatus();
}

Status ReplyQueue::Send(api::Reply reply) {
  std::unique_lock lock(mutex_);
  Status started = StartLocked(reply.status, std::move(reply.headers), reply.body.size());
  if (started.ok()) {
    if (!drop_body_) {
      bytes_ = std::move(reply.body);
    }
    expected_bytes_.reset();
    finished_ = true;
  }
  Wake(lock);
  return started;
}

void ReplyQueue::CallReturned() {
  {
    std::unique_lock lock(mutex_);
    if (finished_ || broken_ || cancelled_) {
      return;
    }
    if (started_) {
      broken_ = true;
      Wake(lock);
      return;
    }
  }
  // Only a client that leaves meanwhile makes this fail.
  static_cast<void>(Send(PlainReply(500, "the request was not answered")));
}

void ReplyQueue::Awake() {
  const std::lock_guard lock(mutex_);
  woken_ = false;
}

std::optional<ReplyHead> ReplyQueue::TakeHead() {
  const std::lock_guard lock(mutex_);
  return std::exchange(head_, std::nullopt);
}

size_t ReplyQueue::TakeBytes(size_t max_bytes, std::string& out) {
  const std::lock_guard lock(mutex_);
  const size_t count = std::min(max_bytes, bytes_.size() - taken_);
  out.append(bytes_, taken_, count);
  taken_ += count;
  if (taken_ == bytes_.size()) {
    bytes_.clear();
    taken_ = 0;
  } else if (taken_ >= rules_.bound_bytes && !finished_) {
    bytes_.erase(0, taken_);
    taken_ = 0;
  }
  room_.notify_one();
  return count;
}

bool ReplyQueue::HasBytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_.size() > taken_;
}

ReplyQueue::State ReplyQueue::state() const {
  const std::lock_guard lock(mutex_);
  if (broken_) {
    return State::kBroken;
  }
  return finished_ && bytes_.size() == taken_ && !head_.has_value() ? State::kEnded : State::kOpen;
}

void ReplyQueue::Cancel() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  room_.notify_all();
}

}  // namespace ironscribe::server
