#include "server/http/reply_head.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "server/http/field_rules.h"

namespace ironscribe::server {
namespace {

constexpr std::array<std::string_view, 9> kTransportFields = {
    "connection", "content-length", "keep-alive",        "proxy-connection", "te",
    "trailer",    "date",           "transfer-encoding", "upgrade"};

struct Reason {
  int status;
  std::string_view text;
};

constexpr Reason kReasons[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {424, "Failed Dependency"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

std::string_view ReasonText(int status) {
  const auto* found = std::find_if(std::begin(kReasons), std::end(kReasons),
                                   [status](const Reason& row) { return row.status == status; });
  return found == std::end(kReasons) ? "Status" : found->text;
}

}  // namespace

bool IsSendable(int status, const api::Headers& headers) {
  return status >= 200 && status <= 599 &&
         std::all_of(headers.begin(), headers.end(), [](const api::Header& field) {
           return IsToken(field.name) && IsFieldValue(field.value);
         });
}

bool StatusForbidsBody(int status) { return status == 204 || status == 304; }

void CompleteHead(std::string_view request_id, std::string_view date, ReplyHead& head) {
  api::Headers fields;
  for (const api::Header& field : head.headers) {
    std::string name = LowerCase(field.name);
    if (std::find(kTransportFields.begin(), kTransportFields.end(), name) ==
            kTransportFields.end() &&
        name != "server" && name != "x-request-id") {
      fields.Add(std::move(name), field.value);
    }
  }
  fields.Add("date", std::string(date));
  fields.Add("server", "ironscribe");
  fields.Add("x-request-id", std::string(request_id));
  head.headers = std::move(fields);
}

std::string EncodeHttp1Head(const ReplyHead& head, Framing framing, bool close) {
  std::string text = fmt::format("HTTP/1.1 {} {}\r\n", head.status, ReasonText(head.status));
  for (const api::Header& field : head.headers) {
    text.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  if (framing == Framing::kLength) {
    text += fmt::format("content-length: {}\r\n", head.content_length.value_or(0));
  } else if (framing == Framing::kChunked) {
    text += "transfer-encoding: chunked\r\n";
  }
  text += close ? "connection: close\r\n\r\n" : "\r\n";
  return text;
}

const std::string& DateText::Now() {
  const std::time_t now = std::time(nullptr);
  if (now != second_) {
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
    constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    text_ = fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", kDays.substr(3 * parts.tm_wday, 3),
                        parts.tm_mday, kMonths.substr(3 * parts.tm_mon, 3), parts.tm_year + 1900,
                        parts.tm_hour, parts.tm_min, parts.tm_sec);
    second_ = now;
  }
  return text_;
}

api::Reply PlainReply(int status, std::string_view reason) {
  return {status, {{"content-type", "text/plain; charset=utf-8"}}, std::string(reason) + "\n"};
}

}  // namespace ironscribe::server
