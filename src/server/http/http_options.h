// What an operator may set about the HTTP transport. Every value has a default that suits a server
// behind a load balancer or directly on a company's network.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ironscribe::server {

// A certificate from PEM files, or one made in memory for trials.
struct TlsOptions {
  std::filesystem::path certificate_file{};  // the chain, the server's own certificate first
  std::filesystem::path key_file{};
  bool self_signed = false;
  // Names and addresses the self-signed certificate is for, besides localhost, 127.0.0.1 and ::1.
  std::vector<std::string> self_signed_names{};
};

struct ListenerOptions {
  std::string name;   // what requests carry as RequestHead::listener; unique
  std::string host;   // a name or an address; "" or "::" listen on every address
  uint16_t port = 0;  // 0: one that is free, see HttpServer::Port
  std::optional<TlsOptions> tls{};
};

struct HttpOptions {
  using Milliseconds = std::chrono::milliseconds;

  // Sizes.
  int max_connections = 1024;
  size_t max_target_bytes = 8 * 1024;      // 414
  size_t max_header_bytes = 32 * 1024;     // 431; twice what common servers allow
  size_t max_header_fields = 100;          // 431
  uint64_t max_body_bytes = 2ULL << 30;    // 413; the largest file that Amazon Transcribe takes
  size_t reply_buffer_bytes = 256 * 1024;  // beyond it ReplyWriter waits for the client to read
  // A refused body of at most this size is read and dropped to keep the connection.
  uint64_t max_dropped_body_bytes = 1 << 20;

  // Times.
  Milliseconds header_timeout{10'000};  // from the first byte (or the connection) to the last field
  Milliseconds keep_alive_timeout{75'000};  // between two requests
  Milliseconds body_idle_timeout{60'000};   // between two reads of a body: 408
  Milliseconds write_idle_timeout{60'000};  // a client that reads nothing of its reply
  Milliseconds linger_timeout{5'000};  // a connection that is closing, until the client notices
  // Bodies and replies must come along at this rate on average, after a period of grace; it ends
  // drips that never pause for long enough. Speech in Opus at 6 kbit/s, sent live, is 750 bytes/s.
  double min_bytes_per_second = 256;
  Milliseconds rate_grace{30'000};

  // Threads that run calls; they are started when needed.
  int max_workers = 128;

  // HTTP/2. A bucket holds that many and is refilled by a tenth of it a second; a client that
  // empties one is sent away with ENHANCE_YOUR_CALM.
  int max_streams_per_connection = 100;
  int max_client_resets = 200;      // RST_STREAM
  int max_control_frames = 200;     // SETTINGS, PING, PRIORITY, empty DATA and the like
  int max_window_updates = 20'000;  // a large reply needs one for every few kilobytes
  int max_continuations = 16;       // frames of one header block
};

// How a server goes down: it goes on accepting for `delay` (until load balancers have noticed that
// it is not ready), then closes its ports, and leaves what runs until `deadline` (from the start)
// to end.
struct DrainTimes {
  std::chrono::milliseconds delay{0};
  std::chrono::milliseconds deadline{30'000};
};

}  // namespace ironscribe::server
