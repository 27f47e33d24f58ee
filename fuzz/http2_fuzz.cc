// HTTP/2 frames: no input may crash the session, whatever it makes the handler answer.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "server/http/http2_request.h"
#include "server/http/http2_session.h"

namespace {

using namespace ironscribe;  // NOLINT: the names of one library

// Answers every request with the path it asked for.
class Handler : public server::Http2Handler {
 public:
  explicit Handler(const server::HttpOptions& options) : options_(options) {}
  void Use(server::Http2Session& session) { session_ = &session; }

  void OnRequestBegins(int32_t stream) override { requests_.try_emplace(stream, options_); }
  void OnField(int32_t stream, std::string_view name, std::string_view value) override {
    requests_.at(stream).Add(name, value);
  }
  void OnBadField(int32_t stream) override { requests_.at(stream).MarkBad(); }
  void OnRequestHead(int32_t stream, bool end_of_body) override {
    const auto refusal = requests_.at(stream).Complete(!end_of_body);
    server::ReplyHead head{refusal.has_value() ? refusal->status : 200, {}, {}};
    server::CompleteHead("id", "date", head);
    session_->SubmitReply(stream, head, !refusal.has_value());
  }
  void OnBody(int32_t, std::string_view) override {}
  void OnEndOfBody(int32_t) override {}
  Supplied SupplyReply(int32_t stream, std::span<char> buffer) override {
    const std::string& path = requests_.at(stream).head().path;
    const size_t size = std::min(path.size(), buffer.size());
    std::copy_n(path.begin(), size, buffer.begin());
    return {Supply::kEnd, size};
  }
  void OnReplySent(int32_t) override {}
  void OnStreamClosed(int32_t stream) override { requests_.erase(stream); }
  void OnControlFrame() override {}
  void OnWindowUpdate() override {}

 private:
  const server::HttpOptions& options_;
  server::Http2Session* session_ = nullptr;
  std::map<int32_t, server::Http2Request> requests_;
};

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) {
    return 0;
  }
  const server::HttpOptions options;
  Handler handler(options);
  auto session = server::Http2Session::Create(options, handler);
  if (!session.ok()) {
    return 0;
  }
  handler.Use(**session);
  const std::string input =
      std::string(kPreface) + std::string(reinterpret_cast<const char*>(data) + 1, size - 1);
  const size_t piece_bytes = data[0] == 0 ? input.size() : data[0];
  std::string out;
  for (size_t at = 0; at < input.size(); at += piece_bytes) {
    const bool good = (*session)->Receive(std::string_view(input).substr(at, piece_bytes));
    out.clear();
    (*session)->Collect(1 << 20, out);
    if (!good || !(*session)->IsAlive()) {
      break;
    }
  }
  return 0;
}
