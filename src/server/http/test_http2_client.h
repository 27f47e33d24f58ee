// For tests: HTTP/2 by hand. Frames are written as they are told, right or wrong; replies are put
// together stream by stream.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/http/test_client.h"

namespace ironscribe::server {

namespace h2 {

inline constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

enum Type : uint8_t {
  kData = 0,
  kHeaders = 1,
  kPriority = 2,
  kReset = 3,
  kSettings = 4,
  kPing = 6,
  kGoaway = 7,
  kWindowUpdate = 8,
  kContinuation = 9,
};
enum Flag : uint8_t { kEndStream = 1, kAck = 1, kEndHeaders = 4 };
enum Error : uint32_t {
  kNoError = 0,
  kProtocolError = 1,
  kInternalError = 2,
  kRefusedStream = 7,
  kEnhanceYourCalm = 11,
};

std::string Number(uint64_t value, int bytes);
std::string Frame(uint8_t type, uint8_t flags, int32_t stream, std::string_view payload);

using Fields = std::vector<std::pair<std::string, std::string>>;
// A header block that uses no compression.
std::string Block(const Fields& fields);
// :method, :scheme, :authority and :path, then the others.
Fields Request(const std::string& method, const std::string& path, const Fields& others = {});
std::string Headers(int32_t stream, const Fields& fields, uint8_t flags = kEndHeaders | kEndStream);
std::string Data(int32_t stream, std::string_view bytes, bool end = false);
std::string WindowUpdate(int32_t stream, uint32_t bytes);
std::string Reset(int32_t stream, uint32_t error = 8);
std::string Settings(const std::vector<std::pair<uint16_t, uint32_t>>& values = {});

}  // namespace h2

struct Http2Reply {
  int status = 0;
  int interim_status = 0;  // 100, if it came
  std::multimap<std::string, std::string> fields;
  std::string body;
  bool ended = false;
  bool reset = false;
  uint32_t reset_error = 0;

  std::string Field(const std::string& name) const {
    const auto found = fields.find(name);
    return found == fields.end() ? "" : found->second;
  }
};

class Http2TestClient {
 public:
  // Sends the preface and empty settings.
  explicit Http2TestClient(uint16_t port, const std::string& settings = h2::Settings());
  ~Http2TestClient();

  bool Send(std::string_view frames) { return client_.Send(frames); }

  // Reads until that stream has ended or been reset, or the connection is over.
  Http2Reply& Read(int32_t stream);
  // Reads until so much of the body has come.
  Http2Reply& ReadBody(int32_t stream, size_t bytes);
  // Reads until a GOAWAY; its error, or -1 if the connection ended without one.
  int64_t ReadGoaway();
  // Reads until the connection is over.
  void ReadToEnd();
  // One frame more; false at the end of the connection.
  bool Step();

  // Settings of the server are no longer answered.
  void AcknowledgeNothing() { acknowledges_ = false; }
  bool goaway() const { return goaway_; }
  int pings_answered() const { return pings_answered_; }
  Http2Reply& reply(int32_t stream) { return replies_[stream]; }
  void Close() { client_.Close(); }
  TestClient& client() { return client_; }

 private:
  struct Inflater;
  void TakeHeaders(int32_t stream, std::string_view block);

  TestClient client_;
  std::unique_ptr<Inflater> inflater_;
  std::map<int32_t, Http2Reply> replies_;
  bool acknowledges_ = true;
  bool goaway_ = false;
  uint32_t goaway_error_ = 0;
  int pings_answered_ = 0;
};

}  // namespace ironscribe::server
