// HTTP/2's frames, header compression and flow control, by nghttp2, whose types stay in the .cc.
//
// The session turns bytes into calls of a handler, and what is submitted into bytes. It knows
// nothing of sockets or requests. Network thread only; the handler may submit from within its
// functions.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "server/http/http_options.h"
#include "server/http/reply_head.h"

namespace ironscribe::server {

enum class Http2Error { kNone, kInternal, kEnhanceYourCalm };

class Http2Handler {
 public:
  enum class Supply {
    kSome,     // bytes were put into the buffer, perhaps more to come
    kNoneYet,  // ResumeReply will be called
    kEnd,      // the last bytes, perhaps none
    kBroken,   // the stream is to be reset
  };
  struct Supplied {
    Supply supply = Supply::kNoneYet;
    size_t size_bytes = 0;
  };

  virtual ~Http2Handler() = default;
  virtual void OnRequestBegins(int32_t stream) = 0;
  // Names are lower case or begin with ':', values free of control characters.
  virtual void OnField(int32_t stream, std::string_view name, std::string_view value) = 0;
  virtual void OnBadField(int32_t stream) = 0;
  virtual void OnRequestHead(int32_t stream, bool end_of_body) = 0;
  virtual void OnBody(int32_t stream, std::string_view piece) = 0;
  virtual void OnEndOfBody(int32_t stream) = 0;
  virtual Supplied SupplyReply(int32_t stream, std::span<char> buffer) = 0;
  // The last byte of the reply is on its way.
  virtual void OnReplySent(int32_t stream) = 0;
  virtual void OnStreamClosed(int32_t stream) = 0;
  // Frames that cost work and move nothing, for counting.
  virtual void OnControlFrame() = 0;
  virtual void OnWindowUpdate() = 0;
};

class Http2Session {
 public:
  // `handler` outlives the session.
  static Result<std::unique_ptr<Http2Session>> Create(const HttpOptions& options,
                                                      Http2Handler& handler);
  ~Http2Session();

  // False if the client has broken the protocol beyond repair; a GOAWAY is submitted then.
  bool Receive(std::string_view bytes);
  // Appends what is to be sent, until there is no more or `out` holds `enough_bytes`.
  void Collect(size_t enough_bytes, std::string& out);
  // False when there is nothing more to say in either direction.
  bool IsAlive() const;

  void SubmitContinue(int32_t stream);
  void SubmitReply(int32_t stream, const ReplyHead& head, bool has_body);
  void ResumeReply(int32_t stream);
  void Reset(int32_t stream, Http2Error error);
  // Asks the client to open no more streams; those on their way are still taken.
  void AnnounceShutdown();
  // Takes no more streams.
  void Shutdown();
  // Ends the connection.
  void Terminate(Http2Error error);

 private:
  struct Impl;
  explicit Http2Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ironscribe::server
