#include "apps/cli/malformed_requests.h"

#include <algorithm>
#include <array>

#include "api/test_backend.h"
#include "base/random.h"
#include "server/http/test_http2_client.h"

namespace ironscribe::cli {
namespace {

namespace h2 = server::h2;

class Dice {
 public:
  explicit Dice(uint64_t seed) : random_(seed) {}
  size_t Below(size_t limit) {
    return limit == 0 ? 0 : static_cast<size_t>(random_.Next() % limit);
  }
  bool Maybe() { return Below(2) == 0; }
  char Byte() { return static_cast<char>(random_.Next()); }
  template <typename T, size_t kSize>
  const T& OneOf(const std::array<T, kSize>& choices) {
    return choices[Below(kSize)];
  }

 private:
  Random random_;
};

// One to four places: a byte, a bit, a piece cut out, doubled, put elsewhere, or the end cut off.
std::string Mutate(std::string text, Dice& dice) {
  for (size_t changes = 1 + dice.Below(4); changes > 0 && !text.empty(); --changes) {
    const size_t at = dice.Below(text.size());
    const size_t size = std::min(dice.Below(20), text.size() - at);
    const std::string piece = text.substr(at, size);
    switch (dice.Below(6)) {
      case 0:
        text[at] = dice.Byte();
        break;
      case 1:
        text[at] = static_cast<char>(text[at] ^ (1 << dice.Below(8)));
        break;
      case 2:
        text.erase(at, size);
        break;
      case 3:
        text.insert(at, piece);
        break;
      case 4:
        text.insert(dice.Below(text.size()), piece);
        break;
      default:
        text.resize(at);
        break;
    }
  }
  return text;
}

std::string Little(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
  return text;
}

// A WAV file whose header claims what it likes.
std::string ForgedWav(Dice& dice) {
  constexpr std::array<uint32_t, 6> kClaims = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 96'000};
  std::string wav = api::SilentWav(1);
  // Size of all, channels, rate, bytes a second, block, bits, size of the data: RIFF's places.
  constexpr std::array<std::pair<size_t, int>, 7> kPlaces = {
      {{4, 4}, {22, 2}, {24, 4}, {28, 4}, {32, 2}, {34, 2}, {40, 4}}};
  for (size_t changes = 1 + dice.Below(3); changes > 0; --changes) {
    const auto& [at, bytes] = dice.OneOf(kPlaces);
    wav.replace(at, static_cast<size_t>(bytes), Little(dice.OneOf(kClaims), bytes));
  }
  return wav;
}

std::string Recording(Dice& dice) {
  constexpr int kBombSeconds = 3600 * 5;
  switch (dice.Below(4)) {
    case 0:
      return ForgedWav(dice);
    case 1:
      return Mutate(api::SilentWav(1), dice);
    case 2:
      return dice.Maybe() ? FlacBomb(kBombSeconds) : Mutate(FlacBomb(60), dice);
    default:
      return api::SilentWav(1);
  }
}

// The body that a route takes when nothing is wrong.
std::string SoundBody(const RoutedRequest& route, Dice& dice, std::string& type) {
  const bool has_body = route.method == "POST";
  if (!has_body) return "";
  type = "application/json";
  if (route.path.starts_with("/v1/models/") || route.path.starts_with("/v1/aliases/")) {
    return R"({"model":"x","alias":"y","candidate":"z","share":0.5})";
  }
  if (route.path.starts_with("/v1/keys")) return R"({"name":"n","scopes":["jobs"]})";
  type = api::kTestFormType;
  const std::string field = route.path == "/asr" || route.path == "/detect-language" ? "audio_file"
                            : route.path == "/v1/job-batches"                        ? "manifest"
                                                                                     : "file";
  const std::string content = field == "manifest" ? "{\"path\":\"a.wav\"}\n" : Recording(dice);
  const std::string model = field == "file" ? api::FormPart("model", "first") : "";
  return model + api::FormPart(field, content) + api::kTestFormEnd;
}

struct Message {
  std::string target;
  std::string fields;
  std::string body;
  std::string length = "";  // Of Content-Length; empty: the true one.
};

std::string Write(const RoutedRequest& route, const Message& message) {
  std::string text = route.method + " " + message.target + " HTTP/1.1\r\nhost: h\r\n";
  text += "connection: close\r\n" + route.access + message.fields;
  const bool chunked = message.fields.find("transfer-encoding") != std::string::npos;
  if (!chunked && (!message.body.empty() || !message.length.empty())) {
    text += "content-length: " +
            (message.length.empty() ? std::to_string(message.body.size()) : message.length) +
            "\r\n";
  }
  return text + "\r\n" + message.body;
}

std::string Chunked(const std::string& body, Dice& dice) {
  constexpr std::array<std::string_view, 8> kSizes = {
      "-1", "ffffffffffffffff", "0x10", "zz", "", "10 ", "7fffffffffffffff", "00000000000000005"};
  const size_t half = body.size() / 2;
  const auto chunk = [&](std::string_view piece) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string size;
    for (size_t rest = piece.size(); rest > 0; rest /= 16) size.insert(0, 1, kDigits[rest % 16]);
    if (dice.Below(3) == 0) size = std::string(dice.OneOf(kSizes));
    if (dice.Below(4) == 0) size += ";" + std::string(dice.Below(9000), 'x');
    return size + (dice.Below(6) == 0 ? "\n" : "\r\n") + std::string(piece) +
           (dice.Below(6) == 0 ? "" : "\r\n");
  };
  return chunk(std::string_view(body).substr(0, half)) +
         chunk(std::string_view(body).substr(half)) + (dice.Maybe() ? "0\r\n\r\n" : "0\r\nx: y");
}

std::string Http2(const RoutedRequest& route, const std::string& type, const std::string& body,
                  Dice& dice) {
  h2::Fields fields = {{"accept", "*/*"}};
  if (!type.empty()) fields.push_back({"content-type", type});
  if (dice.Below(4) == 0) fields.push_back({"x-long", std::string(dice.Below(60'000), 'x')});
  if (dice.Below(4) == 0) fields.push_back({"Connection", "keep-alive"});
  if (dice.Below(4) == 0) fields.push_back({"content-length", "7"});
  std::string text = std::string(h2::kPreface) + h2::Settings();
  std::string frames =
      h2::Headers(1, h2::Request(route.method, route.path, fields),
                  body.empty() ? h2::kEndHeaders | h2::kEndStream : h2::kEndHeaders);
  constexpr size_t kFrameBytes = 16'000;
  const size_t shown = std::min<size_t>(body.size(), 60'000);  // The first window.
  for (size_t at = 0; at < shown; at += kFrameBytes) {
    frames += h2::Data(1, std::string_view(body).substr(at, std::min(kFrameBytes, shown - at)),
                       at + kFrameBytes >= body.size());
  }
  if (dice.Below(3) == 0)
    frames += h2::Frame(static_cast<uint8_t>(dice.Below(12)), dice.Byte(),
                        static_cast<int32_t>(dice.Below(5)), std::string(dice.Below(100), 'f'));
  if (dice.Below(3) == 0) frames += h2::Reset(1);
  if (dice.Below(3) == 0) frames += h2::WindowUpdate(0, 0x7fffffff);
  return text + (dice.Below(3) == 0 ? frames : Mutate(frames, dice));
}

// The remainder of the polynomial over bytes, most significant bit first (FLAC, RFC 9639).
uint32_t Crc(std::string_view bytes, uint32_t polynomial, int bits) {
  uint32_t crc = 0;
  for (const char byte : bytes) {
    crc ^= static_cast<uint32_t>(static_cast<unsigned char>(byte)) << (bits - 8);
    for (int i = 0; i < 8; ++i) {
      const bool carry = (crc >> (bits - 1) & 1) != 0;
      crc = (crc << 1 ^ (carry ? polynomial : 0)) & ((1u << bits) - 1);
    }
  }
  return crc;
}

constexpr std::array<std::string_view, kNumMutationKinds> kNames = {
    "bytes changed",    "truncated form", "wrong length",     "huge header",
    "many headers",     "bad UTF-8",      "forged recording", "bad chunks",
    "frames of HTTP/2", "bent target",    "bent form",        "bent options"};

}  // namespace

std::string_view MutationName(uint64_t seed) { return kNames[seed % kNumMutationKinds]; }

std::string FlacBomb(int seconds) {
  constexpr int kBlock = 65'535;
  constexpr int kRateHz = 16'000;
  const auto big = [](uint64_t value, int bytes) {
    std::string text;
    for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i));
    return text;
  };
  const int frames = std::max(1, seconds * kRateHz / kBlock);
  const uint64_t samples = static_cast<uint64_t>(frames) * kBlock;
  // STREAMINFO, the last block: rate in 20 bits, one channel, 16 bits, samples in 36 bits.
  const uint64_t packed =
      uint64_t{kRateHz} << 44 | uint64_t{0} << 41 | uint64_t{15} << 36 | samples;
  std::string file = "fLaC" + big(0x80000022, 4) + big(kBlock, 2) + big(kBlock, 2) +
                     std::string(6, '\0') + big(packed, 8) + std::string(16, '\0');
  for (int number = 0; number < frames; ++number) {
    // Fixed blocks of a 16-bit size, the rate and bits of STREAMINFO, mono; the number as in UTF-8.
    std::string frame = "\xff\xf8\x70";
    frame += '\0';
    if (number < 0x80) {
      frame += static_cast<char>(number);
    } else if (number < 0x800) {
      frame += static_cast<char>(0xc0 | number >> 6);
      frame += static_cast<char>(0x80 | (number & 63));
    } else {
      frame += static_cast<char>(0xe0 | number >> 12);
      frame += static_cast<char>(0x80 | (number >> 6 & 63));
      frame += static_cast<char>(0x80 | (number & 63));
    }
    frame += big(kBlock - 1, 2);
    frame += big(Crc(frame, 0x07, 8), 1);
    frame += std::string(3, '\0');  // A subframe that is constant, and its value.
    file += frame + big(Crc(frame, 0x8005, 16), 2);
  }
  return file;
}

std::string MalformedConversation(const std::vector<RoutedRequest>& routes, uint64_t seed) {
  Dice dice(MixBits(seed));
  const RoutedRequest& route = routes[dice.Below(routes.size())];
  std::string type;
  Message message{.target = route.path, .fields = {}, .body = SoundBody(route, dice, type)};
  if (!type.empty()) message.fields = "content-type: " + type + "\r\n";
  constexpr std::array<std::string_view, 9> kLengths = {
      "0", "-1", "18446744073709551616", "9223372036854775807", "1e3", "+5", "5, 6", "0x10", " "};
  constexpr std::string_view kBadText = "\xff\xfe\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80";
  switch (seed % kNumMutationKinds) {
    case 0:
      return Mutate(Write(route, message), dice);
    case 1: {
      const std::string length = std::to_string(message.body.size());
      message.body.resize(dice.Below(message.body.size() + 1));
      if (dice.Maybe()) message.length = length;
      return Write(route, message);
    }
    case 2:
      message.length = dice.Maybe() ? std::string(dice.OneOf(kLengths))
                                    : std::to_string(dice.Below(2 * message.body.size() + 10));
      if (dice.Below(4) == 0) message.fields += "content-length: 3\r\n";
      return Write(route, message);
    case 3:
      message.fields += "x-huge: " + std::string(dice.Below(200'000), 'h') + "\r\n";
      return Write(route, message);
    case 4:
      for (size_t i = dice.Below(2'000); i > 0; --i) message.fields += "x-many: 1\r\n";
      return Write(route, message);
    case 5:
      message.fields += "x-ironscribe-options: {\"prompt\":\"" + std::string(kBadText) + "\"}\r\n";
      message.target += "?a=" + (dice.Maybe() ? std::string(kBadText) : "%ff%00%c0%80");
      if (type == api::kTestFormType) {
        message.body = api::FormPart("prompt", std::string(kBadText)) + message.body;
      }
      return Write(route, message);
    case 6:
      return Write(route, message);
    case 7:
      message.fields += "transfer-encoding: chunked\r\n";
      if (dice.Below(4) == 0) message.fields += "content-length: 5\r\n";
      if (dice.Below(4) == 0) message.fields += "transfer-encoding: gzip\r\n";
      message.body = Chunked(message.body, dice);
      return Write(route, message);
    case 8:
      return Http2(route, type, message.body, dice);
    case 9:
      message.target = Mutate(message.target + "?format=json&limit=3&%41=b", dice);
      return Write(route, message);
    case 10:
      message.body = Mutate(message.body, dice);
      return Write(route, message);
    default:
      message.fields += "x-ironscribe-options: " + Mutate(R"({"beam_size":2,"guard":true})", dice) +
                        "\r\ncontent-encoding: gzip\r\nrange: bytes=0-1\r\n";
      return Write(route, message);
  }
}

}  // namespace ironscribe::cli
