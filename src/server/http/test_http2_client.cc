#include "server/http/test_http2_client.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>

namespace ironscribe::server {
namespace h2 {

std::string Number(uint64_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) {
    text.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
  }
  return text;
}

std::string Frame(uint8_t type, uint8_t flags, int32_t stream, std::string_view payload) {
  return Number(static_cast<uint32_t>(payload.size()), 3) + Number(type, 1) + Number(flags, 1) +
         Number(static_cast<uint32_t>(stream), 4) + std::string(payload);
}

namespace {

// RFC 7541, section 5.1, with a prefix of seven bits.
std::string Length(size_t size) {
  if (size < 127) {
    return std::string(1, static_cast<char>(size));
  }
  std::string text(1, '\x7f');
  size -= 127;
  for (; size >= 128; size /= 128) {
    text.push_back(static_cast<char>(size % 128 + 128));
  }
  text.push_back(static_cast<char>(size));
  return text;
}

}  // namespace

std::string Block(const Fields& fields) {
  std::string block;
  for (const auto& [name, value] : fields) {
    block += std::string(1, '\0') + Length(name.size()) + name + Length(value.size()) + value;
  }
  return block;
}

Fields Request(const std::string& method, const std::string& path, const Fields& others) {
  Fields fields{{":method", method}, {":scheme", "http"}, {":authority", "h"}, {":path", path}};
  fields.insert(fields.end(), others.begin(), others.end());
  return fields;
}

std::string Headers(int32_t stream, const Fields& fields, uint8_t flags) {
  return Frame(kHeaders, flags, stream, Block(fields));
}

std::string Data(int32_t stream, std::string_view bytes, bool end) {
  return Frame(kData, end ? kEndStream : 0, stream, bytes);
}

std::string WindowUpdate(int32_t stream, uint32_t bytes) {
  return Frame(kWindowUpdate, 0, stream, Number(bytes, 4));
}

std::string Reset(int32_t stream, uint32_t error) {
  return Frame(kReset, 0, stream, Number(error, 4));
}

std::string Settings(const std::vector<std::pair<uint16_t, uint32_t>>& values) {
  std::string payload;
  for (const auto& [name, value] : values) {
    payload += Number(name, 2) + Number(value, 4);
  }
  return Frame(kSettings, 0, 0, payload);
}

}  // namespace h2

namespace {

uint32_t ReadNumber(std::string_view bytes) {
  uint32_t value = 0;
  for (const char byte : bytes) {
    value = value << 8 | static_cast<unsigned char>(byte);
  }
  return value;
}

constexpr size_t kFrameHeadBytes = 9;

}  // namespace

struct Http2TestClient::Inflater {
  Inflater() { nghttp2_hd_inflate_new(&inflater); }
  ~Inflater() { nghttp2_hd_inflate_del(inflater); }
  nghttp2_hd_inflater* inflater = nullptr;
};

Http2TestClient::Http2TestClient(uint16_t port, const std::string& settings)
    : client_(port), inflater_(std::make_unique<Inflater>()) {
  client_.Send(std::string(h2::kPreface) + settings);
}

Http2TestClient::~Http2TestClient() = default;

bool Http2TestClient::Step() {
  std::string& received = client_.received();
  while (received.size() < kFrameHeadBytes) {
    if (!client_.Fill()) return false;
  }
  const size_t size = ReadNumber(std::string_view(received).substr(0, 3));
  while (received.size() < kFrameHeadBytes + size) {
    if (!client_.Fill()) return false;
  }
  const std::string head = client_.Take(kFrameHeadBytes);
  const std::string payload = client_.Take(size);
  const auto type = static_cast<uint8_t>(head[3]);
  const auto flags = static_cast<uint8_t>(head[4]);
  const auto stream = static_cast<int32_t>(ReadNumber(std::string_view(head).substr(5)));
  Http2Reply& reply = replies_[stream];
  switch (type) {
    case h2::kData:
      reply.body += payload;
      break;
    case h2::kHeaders:
      TakeHeaders(stream, payload);
      break;
    case h2::kReset:
      reply.reset = true;
      reply.reset_error = ReadNumber(payload);
      break;
    case h2::kSettings:
      if (acknowledges_ && (flags & h2::kAck) == 0) {
        client_.Send(h2::Frame(h2::kSettings, h2::kAck, 0, ""));
      }
      break;
    case h2::kPing:
      pings_answered_ += flags & h2::kAck;
      break;
    case h2::kGoaway:
      goaway_ = true;
      goaway_error_ = ReadNumber(std::string_view(payload).substr(4, 4));
      break;
    default:
      break;
  }
  if ((type == h2::kData || type == h2::kHeaders) && (flags & h2::kEndStream) != 0) {
    reply.ended = true;
  }
  return true;
}

void Http2TestClient::TakeHeaders(int32_t stream, std::string_view block) {
  Http2Reply& reply = replies_[stream];
  auto* bytes = reinterpret_cast<const uint8_t*>(block.data());
  size_t left = block.size();
  for (;;) {
    nghttp2_nv field{};
    int flags = 0;
    const ssize_t used =
        nghttp2_hd_inflate_hd2(inflater_->inflater, &field, &flags, bytes, left, 1);
    ASSERT_GE(used, 0);
    bytes += used;
    left -= static_cast<size_t>(used);
    if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
      const std::string name(reinterpret_cast<char*>(field.name), field.namelen);
      const std::string value(reinterpret_cast<char*>(field.value), field.valuelen);
      if (name == ":status") {
        const int status = std::stoi(value);
        (status < 200 ? reply.interim_status : reply.status) = status;
      } else {
        reply.fields.emplace(name, value);
      }
    }
    if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) {
      nghttp2_hd_inflate_end_headers(inflater_->inflater);
      return;
    }
    if ((flags & NGHTTP2_HD_INFLATE_EMIT) == 0 && left == 0) {
      return;
    }
  }
}

Http2Reply& Http2TestClient::Read(int32_t stream) {
  while (!replies_[stream].ended && !replies_[stream].reset && Step()) {
  }
  return replies_[stream];
}

Http2Reply& Http2TestClient::ReadBody(int32_t stream, size_t bytes) {
  while (replies_[stream].body.size() < bytes && Step()) {
  }
  return replies_[stream];
}

int64_t Http2TestClient::ReadGoaway() {
  while (!goaway_ && Step()) {
  }
  return goaway_ ? static_cast<int64_t>(goaway_error_) : -1;
}

void Http2TestClient::ReadToEnd() {
  while (Step()) {
  }
}

}  // namespace ironscribe::server
