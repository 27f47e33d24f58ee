#include "server/http/test_service.h"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "server/http/test_client.h"

namespace ironscribe::server {
namespace {

constexpr std::chrono::seconds kPatience{kClientPatienceSeconds};

std::string Describe(const api::RequestHead& head) {
  std::string text = head.method + " " + head.path + " from " + head.peer_address + " on " +
                     head.listener + (head.tls ? " tls" : "") +
                     (head.version == api::HttpVersion::kHttp2 ? " h2" : "") + "\n";
  for (const api::QueryParameter& parameter : head.query) {
    text += "? " + parameter.name + "=" + parameter.value + "\n";
  }
  for (const api::Header& field : head.headers) {
    text += field.name + ": " + field.value + "\n";
  }
  return text;
}

class TestCall final : public api::Call {
 public:
  TestCall(TestEvents& events, const api::RequestHead& head)
      : events_(events), path_(head.path), description_(Describe(head)) {
    count_ = std::stoul(std::string(head.FindQuery("n").value_or("3")));
    gap_ = head.FindQuery("gap").has_value();
  }
  ~TestCall() override { events_.Count("destroyed"); }

  std::optional<api::Reply> TakeBody(std::string_view piece) override {
    events_.Count("piece");
    if (path_ == "/full") {
      return api::Reply{507, {}, "full\n"};
    }
    body_ += piece;
    return std::nullopt;
  }

  void Run(api::ReplyWriter& writer, std::stop_token gone) override {
    events_.Count("run");
    if (path_ == "/silent") {
      return;
    }
    const Status answered = Answer(writer, gone);
    events_.Count(answered.ok() ? "answered" : "stopped write");
  }

 private:
  Status Answer(api::ReplyWriter& writer, const std::stop_token& gone) {
    if (path_ == "/wait") {
      if (!events_.WaitForRelease(gone)) {
        events_.Count("gone");
      }
      return writer.Send({200, {}, "waited\n"});
    }
    if (path_ == "/stream" || path_ == "/bytes") {
      return Stream(writer);
    }
    if (path_ == "/short") {
      RETURN_IF_ERROR(writer.Start(200, {}));
      return writer.Write("half of it");
    }
    if (path_ == "/send") {
      return writer.Send({200, {}, std::string(count_, 'x')});
    }
    if (path_ == "/empty") {
      return writer.Send({204, {}, "nobody sees this"});
    }
    if (path_ == "/split") {
      return writer.Send({200, {{"x-note", "a\r\nset-cookie: b"}}, "split\n"});
    }
    if (path_ == "/inspect") {
      return writer.Send({200, {}, description_});
    }
    return writer.Send(
        {200, {{"content-type", "text/plain"}}, path_ == "/echo" ? body_ : "hello\n"});
  }

  Status Stream(api::ReplyWriter& writer) {
    RETURN_IF_ERROR(writer.Start(200, {{"content-type", "text/event-stream"}}));
    const std::string block(10'000, 'x');
    for (size_t i = 0; i < count_; ++i) {
      if (gap_) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
      RETURN_IF_ERROR(
          writer.Write(path_ == "/stream" ? "data: " + std::to_string(i) + "\n\n" : block));
    }
    return writer.Finish();
  }

  TestEvents& events_;
  const std::string path_;
  const std::string description_;
  size_t count_ = 0;
  bool gap_ = false;
  std::string body_;
};

}  // namespace

struct TestEvents::State {
  mutable std::mutex mutex;
  mutable std::condition_variable_any changed;
  std::map<std::string, int> counts;
  bool released = false;
};

TestEvents::TestEvents() : state_(std::make_unique<State>()) {}
TestEvents::~TestEvents() = default;

void TestEvents::Count(const std::string& what) {
  const std::lock_guard lock(state_->mutex);
  ++state_->counts[what];
  state_->changed.notify_all();
}

int TestEvents::count(const std::string& what) const {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->counts.find(what);
  return found == state_->counts.end() ? 0 : found->second;
}

bool TestEvents::WaitFor(const std::string& what, int times) const {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, kPatience, [&] { return state_->counts[what] >= times; });
}

void TestEvents::Release() {
  const std::lock_guard lock(state_->mutex);
  state_->released = true;
  state_->changed.notify_all();
}

bool TestEvents::WaitForRelease(const std::stop_token& gone) {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait(lock, gone, [&] { return state_->released; });
}

api::Admission TestService::Admit(const api::RequestHead& head) {
  events_.Count("admit");
  if (head.path == "/deny") {
    return {"/deny", api::Reply{429, {{"retry-after", "7"}}, "later\n"}};
  }
  for (const std::string_view route : {"/hello", "/inspect", "/echo", "/stream", "/bytes", "/send",
                                       "/wait", "/silent", "/short", "/full", "/empty", "/split"}) {
    if (head.path == route) {
      return {std::string(route), std::make_unique<TestCall>(events_, head)};
    }
  }
  return {"unknown", api::Reply{404, {}, "not here\n"}};
}

struct TestServer::Log {
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::vector<AccessRecord> records;
};

TestServer::TestServer(const HttpOptions& options, bool with_tls) : log_(std::make_shared<Log>()) {
  std::vector<ListenerOptions> listeners{{"plain", "127.0.0.1", 0, {}}};
  if (with_tls) {
    listeners.push_back({"tls", "127.0.0.1", 0, TlsOptions{.self_signed = true}});
  }
  auto started = HttpServer::Start(listeners, options, service, [log = log_](const auto& record) {
    const std::lock_guard lock(log->mutex);
    log->records.push_back(record);
    log->changed.notify_all();
  });
  EXPECT_TRUE(started.ok()) << started.status().ToString();
  server = std::move(started).value();
}

TestServer::~TestServer() {
  if (server != nullptr) {
    server->Stop();
  }
}

std::vector<AccessRecord> TestServer::records() const {
  const std::lock_guard lock(log_->mutex);
  return log_->records;
}

bool TestServer::WaitForRecords(size_t count) const {
  std::unique_lock lock(log_->mutex);
  return log_->changed.wait_for(lock, kPatience, [&] { return log_->records.size() >= count; });
}

bool TestServer::Answers() const {
  TestClient client(port());
  return client.Ask("GET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").body ==
         "hello\n";
}

}  // namespace ironscribe::server
