// For tests: a backend whose models need no weights, forms as clients send them, and a writer that
// keeps what was answered.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/backend.h"
#include "api/router.h"
#include "io/test_folder.h"

namespace ironscribe::api {

// Says one segment for each second of the recording, " one", " two", " three", and keeps the
// options it was called with.
class StubModel final : public SpeechModel {
 public:
  explicit StubModel(std::string name) : name_(std::move(name)) {}

  transcript::ModelInfo info() const override {
    transcript::ModelInfo info;
    info.name = name_;
    return info;
  }

  Status CheckOptions(const models::DecodingOptions& options) const override {
    return options.language == "xx" ? InvalidArgumentError("unknown language") : OkStatus();
  }

  Result<transcript::Transcript> Transcribe(audio::PcmSource& source,
                                            const models::DecodingOptions& options,
                                            const models::RecognitionCallbacks& callbacks,
                                            std::stop_token stop) override {
    last_options = options;
    std::vector<float> block(audio::kSampleRateHz);
    transcript::Transcript transcript;
    transcript.language = "en";
    transcript.model = info();
    transcript.dropped = {{0.25, 0.5, "no_voice", transcript::kNoChannel}};
    size_t samples = 0;
    while (true) {
      ASSIGN_OR_RETURN(const size_t count, source.Read(block));
      if (count == 0) break;
      samples += count;
    }
    transcript.duration_seconds = static_cast<double>(samples) / audio::kSampleRateHz;
    while (waits && !stop.stop_requested()) std::this_thread::yield();
    if (stop.stop_requested()) return CancelledError("stopped");
    if (!failure.ok()) return failure;
    const std::string texts[] = {" " + says, " two", " three"};
    for (int i = 0; i < static_cast<int>(transcript.duration_seconds) && i < last_segments; ++i) {
      transcript::Segment segment;
      segment.id = i;
      segment.start_seconds = i;
      segment.end_seconds = i + 1;
      segment.text = texts[i];
      segment.tokens = {i};
      if (options.word_times) segment.words = {{texts[i], i + 0.25, i + 0.75, 0.5f}};
      transcript.text += segment.text;
      transcript.segments.push_back(segment);
      if (callbacks.segment) callbacks.segment(segment);
    }
    return transcript;
  }

  models::DecodingOptions last_options;
  std::atomic<bool> waits{false};  // Until it is told to stop.
  Status failure;
  int last_segments = 3;  // It says no more.
  std::string says = "one";

 private:
  const std::string name_;
};

// "first" is the default, "org/second" the other.
class StubModels final : public SpeechModels {
 public:
  std::vector<ModelEntry> List() const override { return {{"first", 1000}, {"org/second", 2000}}; }
  Result<std::string> Resolve(std::string_view name, std::string_view request_id) const override {
    if (name == "alias") return std::string(request_id == "1" ? "first" : "org/second");
    if (name.empty()) return std::string("first");
    if (name == "first" || name == "org/second") return std::string(name);
    return NotFoundError("the server has no such model");
  }
  Result<std::shared_ptr<SpeechModel>> Open(std::string_view name, std::stop_token) override {
    if (loading) return UnavailableError("models are being loaded");
    if (name.empty() || name == "first") return std::shared_ptr<SpeechModel>(first);
    if (name == "org/second") return std::shared_ptr<SpeechModel>(second);
    return NotFoundError("the server has no such model");
  }

  bool loading = false;
  std::shared_ptr<StubModel> first = std::make_shared<StubModel>("first");
  std::shared_ptr<StubModel> second = std::make_shared<StubModel>("org/second");
};

// A WAV file of silence: 16 kHz, 16 bits.
inline std::string SilentWav(int seconds, int channels = 1) {
  const auto number = [](uint32_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
    return text;
  };
  const auto count = static_cast<uint32_t>(channels);
  const uint32_t bytes = static_cast<uint32_t>(seconds) * 32'000 * count;
  return "RIFF" + number(36 + bytes, 4) + "WAVEfmt " + number(16, 4) + number(1, 2) +
         number(count, 2) + number(16'000, 4) + number(32'000 * count, 4) + number(2 * count, 2) +
         number(16, 2) + "data" + number(bytes, 4) + std::string(bytes, '\0');
}

inline constexpr const char* kTestFormType = "multipart/form-data; boundary=XY";

// One part of a form of the type above; the form ends with kTestFormEnd.
inline std::string FormPart(const std::string& name, const std::string& content) {
  return "--XY\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + content + "\r\n";
}
inline constexpr const char* kTestFormEnd = "--XY--\r\n";

class KeptReply final : public ReplyWriter {
 public:
  Status Start(int started_status, Headers started_headers,
               std::optional<uint64_t> /*content_length*/) override {
    EXPECT_EQ(status, 0) << "started twice";
    status = started_status;
    headers = std::move(started_headers);
    return OkStatus();
  }
  Status Write(std::string_view bytes) override {
    EXPECT_NE(status, 0) << "not started";
    body += bytes;
    return OkStatus();
  }
  Status Finish() override {
    finished = true;
    return OkStatus();
  }
  Status Send(Reply reply) override {
    EXPECT_EQ(status, 0) << "answered twice";
    status = reply.status;
    headers = std::move(reply.headers);
    body = std::move(reply.body);
    finished = true;
    return OkStatus();
  }

  int status = 0;
  Headers headers;
  std::string body;
  bool finished = false;
};

struct TestBackend {
  TestBackend() : backend{models, RecordingRecognizer({}), MakeSpool({})} {}

  std::shared_ptr<Spool> MakeSpool(SpoolOptions options) const {
    options.folder = folder.path();
    auto spool = Spool::Create(options);
    EXPECT_TRUE(spool.ok());
    return *spool;
  }

  // Asks the router as a transport would.
  KeptReply Ask(RequestHead head, const std::string& body = "", std::stop_token gone = {}) {
    KeptReply kept;
    Admission admission = router.Admit(head);
    if (auto* refused = std::get_if<Reply>(&admission.outcome)) {
      (void)kept.Send(std::move(*refused));
      return kept;
    }
    auto& call = *std::get<std::unique_ptr<Call>>(admission.outcome);
    for (size_t at = 0; at < body.size(); at += 1000) {
      if (auto refused = call.TakeBody(std::string_view(body).substr(at, 1000))) {
        (void)kept.Send(std::move(*refused));
        return kept;
      }
    }
    call.Run(kept, std::move(gone));
    return kept;
  }

  KeptReply Get(const std::string& path) { return Ask({.method = "GET", .path = path}); }

  // `form` without its end.
  KeptReply PostForm(const std::string& path, const std::string& form, RequestHead head = {},
                     std::stop_token gone = {}) {
    head.method = "POST";
    head.path = path;
    head.headers.Add("content-type", kTestFormType);
    return Ask(std::move(head), form + kTestFormEnd, std::move(gone));
  }

  io::TestFolder folder;
  StubModels models;
  Backend backend;
  std::vector<RequestRecord> records;
  Status authorization;
  Router router{[this](const RequestHead&, const Route& route) -> Result<Identity> {
                  if (route.access == RouteAccess::kPublic) return Identity();
                  if (!authorization.ok()) return authorization;
                  return AnonymousIdentity();
                },
                [this](const RequestRecord& record) { records.push_back(record); }};
};

}  // namespace ironscribe::api
