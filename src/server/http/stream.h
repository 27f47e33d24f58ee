// One connection's bytes, plain or through TLS, without blocking.
//
// Read and Write do what is possible now; WhenReadable and WhenWritable call back once, when trying
// again makes sense. Network thread only. After Close no callback comes any more.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "io/descriptor.h"
#include "server/http/event_loop.h"

namespace ironscribe::server {

class TlsContext;

enum class StreamOutcome {
  kDone,        // for Read and Write: some bytes
  kWouldBlock,  // wait first
  kEnd,         // the other side will send no more
  kFailed,      // broken, or not TLS
};

struct StreamTransfer {
  StreamOutcome outcome = StreamOutcome::kWouldBlock;
  size_t size_bytes = 0;
};

class Stream {
 public:
  // Takes over a connected socket. With `tls`, Handshake comes first.
  static std::unique_ptr<Stream> Adopt(EventLoop& loop, io::Descriptor socket,
                                       std::shared_ptr<const TlsContext> tls);
  virtual ~Stream() = default;

  virtual StreamOutcome Handshake() = 0;
  virtual StreamTransfer Read(std::span<char> buffer) = 0;
  // Requires: bytes is not empty.
  virtual StreamTransfer Write(std::string_view bytes) = 0;
  // Tells the other side that nothing more comes; reading goes on.
  virtual void ShutdownWrite() = 0;

  virtual void WhenReadable(std::function<void()> callback) = 0;
  virtual void WhenWritable(std::function<void()> callback) = 0;
  virtual void Close() = 0;
  // Closes and drops what was written and not read yet; the system would keep it for minutes for a
  // client that does not read.
  virtual void Abort() = 0;
};

}  // namespace ironscribe::server
