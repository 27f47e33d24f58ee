#include "service/trace_exporter.h"

#include <iterator>
#include <utility>

namespace ironscribe::service {

TraceExporter::TraceExporter(TraceExporterOptions options)
    : options_(std::move(options)), thread_([this](const std::stop_token& stop) { Run(stop); }) {}

TraceExporter::~TraceExporter() {
  thread_.request_stop();
  thread_.join();
  // A collector that does not answer would keep the process from ending.
  if (!waiting_.empty() && !failing_) Send(std::move(waiting_), {});
}

void TraceExporter::Add(std::vector<TraceSpan> spans) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() + spans.size() > options_.max_waiting) {
    dropped_ += spans.size();
    return;
  }
  waiting_.insert(waiting_.end(), std::make_move_iterator(spans.begin()),
                  std::make_move_iterator(spans.end()));
  changed_.notify_all();
}

uint64_t TraceExporter::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

void TraceExporter::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::vector<TraceSpan> spans;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, stop, [this] { return !waiting_.empty(); });
      changed_.wait_for(lock, stop, options_.interval, [] { return false; });
      if (stop.stop_requested()) return;
      spans.swap(waiting_);
    }
    Send(std::move(spans), stop);
  }
}

void TraceExporter::Send(std::vector<TraceSpan> spans, const std::stop_token& stop) {
  const Status status = options_.post(SpansJson(spans, options_.version), stop);
  if (!status.ok()) {
    const std::lock_guard lock(mutex_);
    dropped_ += spans.size();
  }
  if (status.ok() == failing_) options_.on_change(status);
  failing_ = !status.ok();
}

}  // namespace ironscribe::service
