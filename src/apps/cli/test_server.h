// For tests: the whole server on models that need no weights, in this process, on ports that are
// free.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <sstream>
#include <streambuf>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/test_backend.h"
#include "apps/cli/serve_run.h"
#include "io/test_folder.h"
#include "server/http/test_client.h"
#include "service/trace_exporter.h"

namespace ironscribe::cli {

// A log that can be read while it is written.
class KeptLog final : public std::streambuf {
 public:
  std::string Text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 protected:
  int_type overflow(int_type c) override {
    const std::lock_guard lock(mutex_);
    text_ += static_cast<char>(c);
    return c;
  }
  std::streamsize xsputn(const char* bytes, std::streamsize count) override {
    const std::lock_guard lock(mutex_);
    text_.append(bytes, static_cast<size_t>(count));
    return count;
  }

 private:
  std::mutex mutex_;
  std::string text_;
};

class TestServer {
 public:
  // In `folder`, or, if that is empty, in one of its own. `change` is done to the options last.
  explicit TestServer(std::vector<std::string> flags, const std::filesystem::path& folder = {},
                      const std::function<void(ServeOptions&)>& change = {}) {
    flags.insert(flags.end(), {"--data-dir", (folder.empty() ? folder_.path() : folder).string()});
    auto parsed = ParseServeFlags(flags, {});
    EXPECT_TRUE(parsed.ok()) << parsed.status().message();
    options_ = parsed->options;
    options_.drain.deadline = std::chrono::milliseconds(2000);
    if (change) change(options_);
    thread_ = std::jthread([this](const std::stop_token& stop) {
      audio::OpenOptions recordings;
      recordings.decode_program = std::string(IRONSCRIBE_BINARY_DIR) + "/ironscribe-decode";
      code_ = RunServe(options_,
                       {.models = models_,
                        .pool = pool_,
                        .metrics = metrics_,
                        .default_model = "first",
                        .traces = traces_.get(),
                        .load_models = [](const std::stop_token&) { return OkStatus(); },
                        .recordings = recordings,
                        .log = log_,
                        .out = out_,
                        .hangup = hangup_},
                       stop);
      ended_ = true;
    });
    while (!ended_ && Log().find("\"ready\"") == std::string::npos) std::this_thread::yield();
  }

  // In the order of the listeners.
  uint16_t Port(size_t index) {
    std::istringstream lines(Log());
    std::string line;
    while (std::getline(lines, line)) {
      const size_t at = line.find("://127.0.0.1:");
      if (at == std::string::npos || index-- > 0) continue;
      return static_cast<uint16_t>(std::stoi(line.substr(at + 13)));
    }
    return 0;
  }

  server::ClientReply Ask(size_t listener, const std::string& request_line,
                          const std::string& fields = "") {
    server::TestClient client(Port(listener));
    client.Send(request_line + " HTTP/1.1\r\nhost: h\r\nconnection: close\r\n" + fields + "\r\n");
    return client.Read(request_line.starts_with("HEAD "));
  }

  // A form without its end.
  server::ClientReply Post(size_t listener, const std::string& target, const std::string& form,
                           const std::string& fields = "") {
    const std::string body = form + api::kTestFormEnd;
    server::TestClient client(Port(listener));
    client.Send("POST " + target + " HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-type: " +
                api::kTestFormType + "\r\ncontent-length: " + std::to_string(body.size()) + "\r\n" +
                fields + "\r\n" + body);
    return client.Read();
  }

  ExitCode Stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    return code_;
  }

  std::string Log() { return kept_.Text(); }
  std::string Out() { return out_.str(); }  // Once it is ready.
  const std::filesystem::path& folder() const { return folder_.path(); }
  api::StubModels& models() { return models_; }
  // What was sent to the collector; all of it once the server has stopped.
  std::string Traces() {
    traces_.reset();
    return traced_;
  }

 private:
  io::TestFolder folder_;
  KeptLog kept_;
  std::ostream log_{&kept_};
  std::ostringstream out_;
  HangupSlot hangup_;
  std::string traced_;
  std::unique_ptr<service::TraceExporter> traces_ = std::make_unique<service::TraceExporter>(
      service::TraceExporterOptions{.post =
                                        [this](const std::string& body, const std::stop_token&) {
                                          traced_ += body;
                                          return OkStatus();
                                        },
                                    .version = "test"});
  service::ServiceMetrics metrics_{"test"};
  engine::ModelPool pool_{{}};
  api::StubModels models_;
  ServeOptions options_;
  std::atomic<bool> ended_{false};
  ExitCode code_ = ExitCode::kDone;
  std::jthread thread_;  // Behind what it refers to.
};

inline std::string Bearer(const std::string& secret) {
  return "authorization: Bearer " + secret + "\r\n";
}

}  // namespace ironscribe::cli
