#include "api/multipart.h"

#include <algorithm>
#include <utility>

#include "api/header_parameters.h"
#include "text/utf8.h"

namespace ironscribe::api {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr size_t kMaxBoundaryBytes = 70;     // RFC 2046 section 5.1.1.
constexpr size_t kMaxTransportPadding = 64;  // Spaces behind a boundary; nobody sends any.

bool IsBoundaryCharacter(char c) {
  constexpr std::string_view kPunctuation = "'()+_,-./:=? ";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         kPunctuation.find(c) != std::string_view::npos;
}

bool IsBoundary(std::string_view text) {
  return !text.empty() && text.size() <= kMaxBoundaryBytes && text.back() != ' ' &&
         std::all_of(text.begin(), text.end(), IsBoundaryCharacter);
}

Status Malformed(const char* what) {
  return InvalidArgumentError(std::string("the form (multipart/form-data) is malformed: ") + what);
}

bool SameName(std::string_view name, std::string_view lower) {
  return std::equal(name.begin(), name.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

Status TakeDisposition(std::string_view value, PartHead& head) {
  const auto parsed = ParseParameterizedValue(value);
  if (!parsed.ok() || parsed->value != "form-data") {
    return Malformed("a part has a content-disposition that is not understood");
  }
  const auto name = parsed->Find("name");
  if (!name.has_value() || !text::IsValidUtf8(*name)) {
    return Malformed("a part has no name, or one that is not UTF-8");
  }
  head.name = *name;
  if (const auto file_name = parsed->Find("filename")) {
    head.file_name = text::SafeUtf8(*file_name);
  }
  return OkStatus();
}

// `lines` end with a line end each.
Result<PartHead> ParseHead(std::string_view lines) {
  PartHead head;
  bool has_disposition = false;
  while (!lines.empty()) {
    const size_t end = lines.find(kLineEnd);
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end + kLineEnd.size());
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return Malformed("a line of a part's head has no colon");
    const std::string_view name = line.substr(0, colon);
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    if (SameName(name, "content-transfer-encoding") && !SameName(value, "binary") &&
        !SameName(value, "8bit") && !SameName(value, "7bit")) {
      return Malformed("a part has a content-transfer-encoding; send it as it is");
    }
    if (!SameName(name, "content-disposition")) continue;
    if (std::exchange(has_disposition, true)) return Malformed("a part has two dispositions");
    RETURN_IF_ERROR(TakeDisposition(value, head));
  }
  if (!has_disposition) return Malformed("a part has no content-disposition");
  return head;
}

}  // namespace

Result<MultipartParser> MultipartParser::Create(std::string_view content_type, PartSink& sink) {
  const auto parsed = ParseParameterizedValue(content_type);
  if (!parsed.ok() || parsed->value != "multipart/form-data") {
    return InvalidArgumentError("the body has to be a form: content-type multipart/form-data");
  }
  const auto boundary = parsed->Find("boundary");
  if (!boundary.has_value() || !IsBoundary(*boundary)) {
    return Malformed("the content-type has no boundary, or one that is not allowed");
  }
  return MultipartParser("\r\n--" + std::string(*boundary), sink);
}

// The first delimiter may stand at the very beginning, where no line end is in front.
MultipartParser::MultipartParser(std::string delimiter, PartSink& sink)
    : delimiter_(std::move(delimiter)), sink_(&sink), waiting_(kLineEnd) {}

Status MultipartParser::Take(std::string_view piece) {
  if (state_ == State::kEpilogue) return OkStatus();  // What follows the form is nobody's.
  waiting_.append(piece);
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(more, Step());
  }
  waiting_.erase(0, begin_);
  begin_ = 0;
  return OkStatus();
}

Status MultipartParser::Finish() const {
  if (state_ == State::kEpilogue) return OkStatus();
  return Malformed("it ends before its last boundary");
}

Result<bool> MultipartParser::Step() {
  switch (state_) {
    case State::kPreamble:
      return SkipPreamble();
    case State::kAfterDelimiter:
      return PassDelimiter();
    case State::kHead:
      return ReadHead();
    case State::kContent:
      return PassContent();
    case State::kEpilogue:
      begin_ = waiting_.size();
      return false;
  }
  return false;
}

Result<bool> MultipartParser::SkipPreamble() {
  const size_t found = waiting_.find(delimiter_, begin_);
  const bool ends = found != std::string::npos;
  const size_t kept = ends ? 0 : std::min(waiting_.size() - begin_, delimiter_.size() - 1);
  const size_t end = ends ? found : waiting_.size() - kept;
  preamble_bytes_ += end - begin_;
  begin_ = end;
  if (preamble_bytes_ > kMaxPreambleBytes) return Malformed("it does not begin with its boundary");
  if (!ends) return false;
  begin_ += delimiter_.size();
  state_ = State::kAfterDelimiter;
  return true;
}

Result<bool> MultipartParser::PassDelimiter() {
  const std::string_view rest = std::string_view(waiting_).substr(begin_);
  const size_t padding = std::min(rest.find_first_not_of(" \t"), rest.size());
  if (padding > kMaxTransportPadding) return Malformed("spaces behind a boundary");
  if (rest.size() < padding + 2) return false;
  const std::string_view mark = rest.substr(padding, 2);
  begin_ += padding + 2;
  if (mark == "--" && padding == 0) {
    state_ = State::kEpilogue;
    return true;
  }
  if (mark != kLineEnd) return Malformed("a boundary is not the end of its line");
  state_ = State::kHead;
  return true;
}

Result<bool> MultipartParser::ReadHead() {
  const std::string_view rest = std::string_view(waiting_).substr(begin_);
  const size_t end = rest.find("\r\n\r\n");
  if (std::min(end, rest.size()) > kMaxPartHeadBytes) return Malformed("a part's head is too long");
  if (end == std::string_view::npos) return false;
  ASSIGN_OR_RETURN(const PartHead head, ParseHead(rest.substr(0, end + kLineEnd.size())));
  if (++num_parts_ > kMaxParts) return Malformed("it has too many parts");
  RETURN_IF_ERROR(sink_->BeginPart(head));
  begin_ += end + 2 * kLineEnd.size();
  state_ = State::kContent;
  return true;
}

Result<bool> MultipartParser::PassContent() {
  const size_t found = waiting_.find(delimiter_, begin_);
  const bool ends = found != std::string::npos;
  const size_t kept = ends ? 0 : std::min(waiting_.size() - begin_, delimiter_.size() - 1);
  const size_t end = ends ? found : waiting_.size() - kept;
  if (end > begin_) {
    RETURN_IF_ERROR(sink_->TakePart(std::string_view(waiting_).substr(begin_, end - begin_)));
  }
  begin_ = end;
  if (!ends) return false;
  RETURN_IF_ERROR(sink_->EndPart());
  begin_ += delimiter_.size();
  state_ = State::kAfterDelimiter;
  return true;
}

}  // namespace ironscribe::api
