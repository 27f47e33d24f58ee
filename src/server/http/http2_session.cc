#include "server/http/http2_session.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace ironscribe::server {
namespace {

// How much a client may send before it hears of us again. What comes is taken at once and kept by
// nobody here, so large windows cost no memory; they keep fast uploads going.
constexpr int32_t kStreamWindowBytes = 1 << 20;
constexpr int32_t kConnectionWindowBytes = 16 << 20;

uint32_t ErrorCode(Http2Error error) {
  switch (error) {
    case Http2Error::kNone:
      return NGHTTP2_NO_ERROR;
    case Http2Error::kInternal:
      return NGHTTP2_INTERNAL_ERROR;
    case Http2Error::kEnhanceYourCalm:
      return NGHTTP2_ENHANCE_YOUR_CALM;
  }
  return NGHTTP2_INTERNAL_ERROR;
}

std::string_view View(const uint8_t* bytes, size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

nghttp2_nv Field(std::string_view name, std::string_view value) {
  // nghttp2 copies both (no flag says otherwise) and only wants them not const.
  return {reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
          reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(),
          NGHTTP2_NV_FLAG_NONE};
}

Http2Handler& Handler(void* user_data) { return *static_cast<Http2Handler*>(user_data); }

bool IsRequest(const nghttp2_frame* frame) {
  return frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST;
}

bool EndsStream(const nghttp2_frame* frame) {
  return (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
}

int OnBeginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
  if (IsRequest(frame)) {
    Handler(user_data).OnRequestBegins(frame->hd.stream_id);
  }
  return 0;
}

int OnHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name, size_t name_size,
             const uint8_t* value, size_t value_size, uint8_t, void* user_data) {
  if (IsRequest(frame)) {  // trailers are read and dropped
    Handler(user_data).OnField(frame->hd.stream_id, View(name, name_size), View(value, value_size));
  }
  return 0;
}

int OnInvalidHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t*, size_t,
                    const uint8_t*, size_t, uint8_t, void* user_data) {
  if (IsRequest(frame)) {
    Handler(user_data).OnBadField(frame->hd.stream_id);
  }
  return 0;
}

int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
  Http2Handler& handler = Handler(user_data);
  const int32_t stream = frame->hd.stream_id;
  switch (frame->hd.type) {
    case NGHTTP2_HEADERS:
      if (IsRequest(frame)) {
        handler.OnRequestHead(stream, EndsStream(frame));
      } else if (EndsStream(frame)) {
        handler.OnEndOfBody(stream);
      }
      break;
    case NGHTTP2_DATA:
      if (EndsStream(frame)) {
        handler.OnEndOfBody(stream);
      } else if (frame->hd.length == frame->data.padlen) {
        handler.OnControlFrame();
      }
      break;
    case NGHTTP2_WINDOW_UPDATE:
      handler.OnWindowUpdate();
      break;
    default:
      handler.OnControlFrame();
      break;
  }
  return 0;
}

int OnInvalidFrame(nghttp2_session*, const nghttp2_frame*, int, void* user_data) {
  Handler(user_data).OnControlFrame();
  return 0;
}

int OnData(nghttp2_session*, uint8_t, int32_t stream, const uint8_t* data, size_t size,
           void* user_data) {
  Handler(user_data).OnBody(stream, View(data, size));
  return 0;
}

int OnFrameSent(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
  const bool may_end = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;
  if (may_end && EndsStream(frame)) {
    Handler(user_data).OnReplySent(frame->hd.stream_id);
  }
  return 0;
}

int OnStreamClose(nghttp2_session*, int32_t stream, uint32_t, void* user_data) {
  Handler(user_data).OnStreamClosed(stream);
  return 0;
}

ssize_t ReadReply(nghttp2_session*, int32_t stream, uint8_t* buffer, size_t size,
                  uint32_t* data_flags, nghttp2_data_source*, void* user_data) {
  const Http2Handler::Supplied supplied =
      Handler(user_data).SupplyReply(stream, {reinterpret_cast<char*>(buffer), size});
  switch (supplied.supply) {
    case Http2Handler::Supply::kNoneYet:
      return NGHTTP2_ERR_DEFERRED;
    case Http2Handler::Supply::kBroken:
      return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    case Http2Handler::Supply::kEnd:
      *data_flags |= NGHTTP2_DATA_FLAG_EOF;
      break;
    case Http2Handler::Supply::kSome:
      break;
  }
  return static_cast<ssize_t>(supplied.size_bytes);
}

struct Delete {
  void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
  void operator()(nghttp2_session_callbacks* callbacks) const {
    nghttp2_session_callbacks_del(callbacks);
  }
  void operator()(nghttp2_option* option) const { nghttp2_option_del(option); }
};
template <typename T>
using Owned = std::unique_ptr<T, Delete>;

Owned<nghttp2_session_callbacks> MakeCallbacks() {
  nghttp2_session_callbacks* raw = nullptr;
  if (nghttp2_session_callbacks_new(&raw) != 0) {
    return nullptr;
  }
  nghttp2_session_callbacks_set_on_begin_headers_callback(raw, OnBeginHeaders);
  nghttp2_session_callbacks_set_on_header_callback(raw, OnHeader);
  nghttp2_session_callbacks_set_on_invalid_header_callback(raw, OnInvalidHeader);
  nghttp2_session_callbacks_set_on_frame_recv_callback(raw, OnFrame);
  nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(raw, OnInvalidFrame);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(raw, OnData);
  nghttp2_session_callbacks_set_on_frame_send_callback(raw, OnFrameSent);
  nghttp2_session_callbacks_set_on_stream_close_callback(raw, OnStreamClose);
  return Owned<nghttp2_session_callbacks>(raw);
}

bool SubmitSettings(nghttp2_session* session, const HttpOptions& options) {
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS,
       static_cast<uint32_t>(std::max(1, options.max_streams_per_connection))},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kStreamWindowBytes},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<uint32_t>(options.max_header_bytes)},
  };
  return nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings, std::size(settings)) == 0 &&
         nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0,
                                               kConnectionWindowBytes) == 0;
}

}  // namespace

struct Http2Session::Impl {
  Owned<nghttp2_session> session;
};

Http2Session::Http2Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Http2Session::~Http2Session() = default;

Result<std::unique_ptr<Http2Session>> Http2Session::Create(const HttpOptions& options,
                                                           Http2Handler& handler) {
  const Owned<nghttp2_session_callbacks> callbacks = MakeCallbacks();
  nghttp2_option* raw_option = nullptr;
  if (callbacks == nullptr || nghttp2_option_new(&raw_option) != 0) {
    return ResourceExhaustedError("no memory for an HTTP/2 session");
  }
  const Owned<nghttp2_option> option(raw_option);
  nghttp2_option_set_max_continuations(raw_option, static_cast<size_t>(options.max_continuations));
  auto impl = std::make_unique<Impl>();
  nghttp2_session* session = nullptr;
  if (nghttp2_session_server_new2(&session, callbacks.get(), &handler, raw_option) != 0) {
    return ResourceExhaustedError("no memory for an HTTP/2 session");
  }
  impl->session.reset(session);
  if (!SubmitSettings(session, options)) {
    return InternalError("an HTTP/2 session could not be set up");
  }
  return std::unique_ptr<Http2Session>(new Http2Session(std::move(impl)));
}

bool Http2Session::Receive(std::string_view bytes) {
  const ssize_t taken = nghttp2_session_mem_recv(
      impl_->session.get(), reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  if (taken == static_cast<ssize_t>(bytes.size())) {
    return true;
  }
  // Floods of frames come back as errors of their own; ordinary breaches have got their GOAWAY.
  Terminate(taken == NGHTTP2_ERR_BAD_CLIENT_MAGIC ? Http2Error::kInternal
                                                  : Http2Error::kEnhanceYourCalm);
  return false;
}

void Http2Session::Collect(size_t enough_bytes, std::string& out) {
  while (out.size() < enough_bytes) {
    const uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(impl_->session.get(), &bytes);
    if (size <= 0) {
      return;
    }
    out.append(View(bytes, static_cast<size_t>(size)));
  }
}

bool Http2Session::IsAlive() const {
  return nghttp2_session_want_read(impl_->session.get()) != 0 ||
         nghttp2_session_want_write(impl_->session.get()) != 0;
}

// What is submitted for a stream that has just been closed is refused by nghttp2, and may be.

void Http2Session::SubmitContinue(int32_t stream) {
  const nghttp2_nv status = Field(":status", "100");
  static_cast<void>(nghttp2_submit_headers(impl_->session.get(), NGHTTP2_FLAG_NONE, stream, nullptr,
                                           &status, 1, nullptr));
}

void Http2Session::SubmitReply(int32_t stream, const ReplyHead& head, bool has_body) {
  const std::string status = std::to_string(head.status);
  const std::string length = std::to_string(head.content_length.value_or(0));
  std::vector<nghttp2_nv> fields{Field(":status", status)};
  for (const api::Header& field : head.headers) {
    fields.push_back(Field(field.name, field.value));
  }
  if (head.content_length.has_value() && !StatusForbidsBody(head.status)) {
    fields.push_back(Field("content-length", length));
  }
  nghttp2_data_provider body{};
  body.read_callback = ReadReply;
  static_cast<void>(nghttp2_submit_response(impl_->session.get(), stream, fields.data(),
                                            fields.size(), has_body ? &body : nullptr));
}

void Http2Session::ResumeReply(int32_t stream) {
  static_cast<void>(nghttp2_session_resume_data(impl_->session.get(), stream));
}

void Http2Session::Reset(int32_t stream, Http2Error error) {
  static_cast<void>(
      nghttp2_submit_rst_stream(impl_->session.get(), NGHTTP2_FLAG_NONE, stream, ErrorCode(error)));
}

void Http2Session::AnnounceShutdown() {
  static_cast<void>(nghttp2_submit_shutdown_notice(impl_->session.get()));
}

void Http2Session::Shutdown() {
  nghttp2_session* session = impl_->session.get();
  static_cast<void>(nghttp2_submit_goaway(session, NGHTTP2_FLAG_NONE,
                                          nghttp2_session_get_last_proc_stream_id(session),
                                          NGHTTP2_NO_ERROR, nullptr, 0));
}

void Http2Session::Terminate(Http2Error error) {
  static_cast<void>(nghttp2_session_terminate_session(impl_->session.get(), ErrorCode(error)));
}

}  // namespace ironscribe::server
