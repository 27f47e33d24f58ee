// What may be known of a request after it has ended. Nothing that was said and nothing that the
// client wrote but its request id, which the transport has checked.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "service/trace_span.h"

namespace ironscribe::api {

// A part of what a call did.
struct CallStage {
  const char* name = "";  // From a fixed set.
  std::chrono::steady_clock::time_point begin{}, end{};
};

// What a call tells about itself while it runs; one thread at a time.
struct CallNotes {
  std::string model;         // By its registered name.
  double audio_seconds = 0;  // Recognised.
  double recognition_seconds = 0;
  std::string error;              // A code of the protocol, such as "model_not_found".
  std::string recording_error{};  // A status's code, when the recording is at fault.
  std::vector<CallStage> stages{};
};

struct RequestRecord {
  std::string request_id;
  std::string method;
  std::string route;  // The pattern, not the path.
  std::string api;    // Of the route: which protocol.
  std::string listener;
  std::string key_id{};  // Of Identity; "" where nobody was asked who he is, or could say it.
  int status = 0;        // 499 for a client that left before there was any.
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
  std::chrono::nanoseconds duration{0};         // From admission to the end of the call.
  std::optional<service::TraceParent> trace{};  // As the client says.
  CallNotes notes{};
};

// Called on any thread; may not block for long.
using RequestObserver = std::function<void(const RequestRecord&)>;

}  // namespace ironscribe::api
